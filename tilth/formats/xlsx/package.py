"""The zip archive that a workbook is, opened so that a small file cannot unpack to a large one."""

import posixpath
import zipfile
from dataclasses import dataclass
from typing import BinaryIO

from tilth.formats.xlsx.xml_events import BrokenWorkbook, elements

# Workbooks unpack to 5 to 30 times their size, and deflate ends at 1032. Apache POI draws its line at 100 as well.
_MAX_RATIO = 100
_GRACE_BYTES = 8 * 1024 * 1024
_MAX_PART_BYTES = 4 * 1024**3
_MAX_SMALL_PART_BYTES = 16 * 1024 * 1024
# Each entry of the directory costs half a kilobyte of memory; a workbook has some hundred.
_MAX_DIRECTORY_BYTES = 4 * 1024 * 1024
_TAIL_BYTES = 22 + 65535 + 20 + 56
_DIRECTORY_END, _DIRECTORY_END_64 = b"PK\x05\x06", b"PK\x06\x06"
_ENCRYPTED = 0x1


@dataclass(frozen=True)
class Relation:
    """What one part of a workbook says of another."""

    kind: str
    """The last word of its type: `worksheet`, `sharedStrings`, `styles`."""
    part: str


class Package:
    """The parts of a workbook by name."""

    def __init__(self, source: BinaryIO) -> None:
        _refuse_large_directory(source)
        self._zip = zipfile.ZipFile(source)
        self._parts: dict[str, zipfile.ZipInfo] = {}
        self._double: set[str] = set()
        for info in self._zip.infolist():
            name = info.filename.lower()  # names of parts are the same in capitals and without
            if name in self._parts:
                self._double.add(name)
            self._parts[name] = info

    def __contains__(self, part: str) -> bool:
        return part.lower() in self._parts

    def open(self, part: str, *, is_small: bool = False) -> "PartStream":
        """A part that is read piece by piece. Raises `BrokenWorkbook` when there is none, or more than one.

        Of one that is always small in workbooks, far less is read than of one that holds cells.
        """
        info = self._parts.get(part.lower())
        if info is None:
            raise BrokenWorkbook(f"the part {part} is missing")
        if part.lower() in self._double:
            raise BrokenWorkbook(f"the part {part} is there twice")
        if info.flag_bits & _ENCRYPTED:
            raise BrokenWorkbook("its parts are encrypted")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise BrokenWorkbook(f"the part {part} is compressed in a way that workbooks are not")
        return PartStream(self._zip, info, _MAX_SMALL_PART_BYTES if is_small else _MAX_PART_BYTES)

    def relations(self, part: str) -> dict[str, Relation]:
        """The parts that a part names, by their identifier in it; none where it names none."""
        folder, name = posixpath.split(part)
        listing = posixpath.join(folder, "_rels", name + ".rels")
        found: dict[str, Relation] = {}
        if listing in self:
            with self.open(listing, is_small=True) as stream:
                for element, attributes in elements(stream, {"Relationship"}):
                    if element and attributes.get("TargetMode") != "External":
                        target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", "")))
                        kind = attributes.get("Type", "").rpartition("/")[2]
                        found[attributes.get("Id", "")] = Relation(kind, target.lstrip("/"))
        return found


class PartStream:
    """The bytes of a part, counted."""

    def __init__(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> None:
        self._file = archive.open(info)
        self._name, self._packed, self._limit = info.filename, info.compress_size, limit
        self._read = 0

    def __enter__(self) -> "PartStream":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def read(self, size: int) -> bytes:
        """The next bytes. Raises `BrokenWorkbook` when the part unpacks to more than its size allows."""
        chunk = self._file.read(size)
        self._read += len(chunk)
        is_bomb = self._read > _GRACE_BYTES and self._read > _MAX_RATIO * self._packed
        if is_bomb or self._read > self._limit:
            raise BrokenWorkbook(f"the part {self._name} unpacks to far more than a workbook of its size holds")
        return chunk


def _refuse_large_directory(source: BinaryIO) -> None:
    """Raise `BrokenWorkbook` for an archive whose directory would not fit into memory: `zipfile` reads it whole."""
    size = source.seek(0, 2)
    source.seek(max(0, size - _TAIL_BYTES))
    tail = source.read(_TAIL_BYTES)
    source.seek(0)
    end, end_64 = tail.rfind(_DIRECTORY_END), tail.rfind(_DIRECTORY_END_64)
    lengths = [int.from_bytes(tail[end + 12 : end + 16], "little")] if end >= 0 else []
    if end_64 >= 0:
        lengths = [length for length in lengths if length != 0xFFFFFFFF]
        lengths.append(int.from_bytes(tail[end_64 + 40 : end_64 + 48], "little"))
    if max(lengths, default=0) > _MAX_DIRECTORY_BYTES:
        raise BrokenWorkbook("it lists far more parts than a workbook has")
