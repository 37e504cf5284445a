"""NumPy arrays (`.npy`, `.npz`): header and size; an array of objects is a pickle, and is told as one."""

import re
from math import prod
from typing import NamedTuple

from tilth.artifacts.archive import opened_archive
from tilth.artifacts.artifact import Artifact, Kind
from tilth.artifacts.cursor import BrokenError, Cursor
from tilth.artifacts.pickles import follow, judge
from tilth.artifacts.probe import Probe

_ARRAY = Kind("numpy", "one array of numbers, such as token ids or embeddings", "begins with \\x93NUMPY")
_ARRAYS = Kind("numpy-archive", "several arrays of numbers under names", "a zip of .npy members")
_OBJECTS = Kind("numpy-objects", "an array of Python objects: a pickle with a header", "the same, with dtype object")

_MAGIC = b"\x93NUMPY"
_LONGEST_HEADER = 10_000  # NumPy's own limit for files that are not trusted
_HEADER = re.compile(
    r"\{'descr': (.{1,2000}), 'fortran_order': (True|False), 'shape': \(((?:\d{1,19}, ?)*(?:\d{1,19})?)\), ?\}\s*",
    re.DOTALL,
)
_WIDTH = re.compile(r"'[<>|=]([a-zA-Z])(\d{1,6})(?:\[.*\])?'")
_MEMBERS_TOLD = 50


class _ArrayHeader(NamedTuple):
    dtype: str
    shape: tuple[int, ...]
    bytes: int | None
    """None where it cannot be told, as for structures and objects."""

    @property
    def holds_objects(self) -> bool:
        return "O" in self.dtype.replace("object", "O")


class NumpyFile:
    """Recognises NumPy's two file formats."""

    kinds = (_ARRAY, _ARRAYS, _OBJECTS)

    def match(self, probe: Probe) -> Artifact | None:
        """The magic of `.npy`, or a zip with members of that suffix."""
        if probe.head.startswith(_MAGIC):
            return _one(probe)
        if probe.head.startswith(b"PK\x03\x04") and probe.suffix == ".npz":
            return _several(probe)
        return None


def _one(probe: Probe) -> Artifact:
    cursor = probe.cursor()
    try:
        header = _read_header(cursor)
    except BrokenError as failure:
        artifact = _ARRAY.found()
        artifact.broken.append(str(failure))
        return artifact
    artifact = (_OBJECTS if header.holds_objects else _ARRAY).found()
    _tell(artifact, header)
    if header.holds_objects:
        told = follow(cursor)
        artifact.tell("imports", list(told.imports))
        artifact.unsafe += judge(told).unsafe
    elif header.bytes is not None and header.bytes != cursor.left:
        artifact.broken.append(f"its array needs {header.bytes:,} bytes, and {cursor.left:,} are there")
    return artifact


def _several(probe: Probe) -> Artifact:
    artifact = _ARRAYS.found()
    names = []
    try:
        with opened_archive(probe) as archive:
            artifact.tell("arrays", len(archive.sizes))
            for member in list(archive.sizes)[:_MEMBERS_TOLD]:
                with archive.cursor(member) as cursor:
                    header = _read_header(cursor)
                    names.append(f"{member.removesuffix('.npy')} {header.dtype} {list(header.shape)}")
                    if header.holds_objects:
                        artifact.unsafe += [f"{member}: {sentence}" for sentence in judge(follow(cursor)).unsafe]
    except BrokenError as failure:
        artifact.broken.append(str(failure))
    artifact.tell("names", names)
    return artifact


def _read_header(cursor: Cursor) -> _ArrayHeader:
    if cursor.take(6) != _MAGIC:
        raise BrokenError("a member that is no NumPy array")
    version = cursor.number("<B")
    cursor.skip(1)
    length = cursor.number("<H" if version == 1 else "<I")
    if length > _LONGEST_HEADER:
        raise BrokenError(f"its header claims {length:,} bytes; NumPy reads at most {_LONGEST_HEADER:,}")
    found = _HEADER.fullmatch(cursor.take(length).decode("utf-8", errors="replace"))
    if found is None:
        raise BrokenError("its header does not describe an array")
    shape = tuple(int(size) for size in found[3].replace(" ", "").split(",") if size)
    width = _WIDTH.fullmatch(found[1])
    return _ArrayHeader(found[1].strip("'")[:200], shape, prod(shape) * _item_bytes(width) if width else None)


def _item_bytes(width: re.Match[str]) -> int:
    return int(width[2]) * (4 if width[1] == "U" else 1)


def _tell(artifact: Artifact, header: _ArrayHeader) -> None:
    artifact.tell("dtype", header.dtype)
    artifact.tell("shape", " x ".join(map(str, header.shape)) or "one number")
    artifact.tell("numbers", prod(header.shape) if not header.holds_objects else None)
