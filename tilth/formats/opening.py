"""Opening what a user names for reading: only a real file, with the format its name or a flag says."""

import io
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path, PurePath
from typing import BinaryIO, cast

from tilth import plugins
from tilth.errors import DataError, NoRowsError, TilthError, UsageError
from tilth.formats.compression import compression_in, compression_of, decompressed
from tilth.formats.container import Format
from tilth.formats.encodings import wide_encoding
from tilth.formats.magic import SNIFFED_BYTES, container_of, fix_for, is_json_document, is_json_lines
from tilth.formats.transcoding import transcoded

_CHUNK_BYTES = 1 << 20
_BUFFERED_BYTES = 1 << 16  # what is read in larger pieces is not copied on its way
_BUILT_IN_SUFFIXES = {
    ".arrow": "arrow",
    ".arrows": "arrow-stream",
    ".csv": "csv",
    ".db": "sqlite",
    ".json": "json",
    ".feather": "feather",
    ".ipc": "arrow",
    ".jsonl": "jsonl",
    ".markdown": "markdown",
    ".md": "markdown",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".sqlite": "sqlite",
    ".sqlite3": "sqlite",
    ".srt": "srt",
    ".txt": "txt",
    ".vtt": "vtt",
    ".xlsm": "xlsx",
    ".xlsx": "xlsx",
    ".yaml": "yaml",
    ".yml": "yaml",
}


_PACKED = (".gzip", ".zip", ".tar", ".tgz", ".7z", ".rar", ".bzip2", ".zstd", ".lz4")
"""Suffixes of archives, and of compressions by another name."""


def format_named(name: str) -> Format:
    """The installed format of that name."""
    found = plugins.load("tilth.formats", name)
    if not (isinstance(found, type) and issubclass(found, Format)):
        raise TilthError(f"the entry point {name} in tilth.formats is not a format")
    return found()


def format_of(path: str, *, flag: str = "--from") -> Format:
    """The format that the suffix of a file name says, a suffix of compression aside.

    `flag` is what says it where the suffix does not.
    """
    if (found := _format_by_suffix(path)) is not None:
        return found
    suffix = _suffix(path)
    says = f"its suffix {suffix} belongs to no format" if suffix else "it has no suffix"
    names = known_formats()
    if flag == "--to":
        names = [*(name for name in names if format_named(name).is_written), "hf", "save-to-disk"]
    fix = f"{flag} {' | '.join(names)}"
    if suffix in _PACKED:
        plain = path[: path.lower().rindex(suffix)]
        says = f"{suffix} is no compression of one file that Tilth knows"
        known = f"{plain}{'' if has_format(plain) else '.jsonl'}.gz, or .bz2, .xz, .zst"
        fix = known if flag == "--to" else f"its content, unpacked; or {known}"
    if suffix in (".xls", ".xlsb", ".ods"):
        fix = "save it as .xlsx or .csv in a spreadsheet program"
    raise UsageError(f"cannot tell the format: {says}", where=path, fix=fix)


def has_format(path: str) -> bool:
    """Whether the suffix of a file name says its format."""
    return _format_by_suffix(path) is not None


def known_formats() -> list[str]:
    """Names of all installed formats."""
    return list(plugins.installed("tilth.formats"))


@contextmanager
def opened(path: str, format: Format, encoding: str = "utf-8", name: str = "") -> Iterator[BinaryIO]:
    """The plain bytes of a regular file as UTF-8, whatever its compression and encoding.

    `name` is what messages call the file. Raises `UsageError` for what is no file (a folder, a pipe, a device) and
    `DataError` when the first bytes show that the file is something else than its name says.
    """
    name = name or path
    with _regular_file(path, name) as file:
        compression = compression_in(file.peek(SNIFFED_BYTES)[:SNIFFED_BYTES], path, name)
        with decompressed(file, compression, name) as plain:
            _refuse_other_container(name, plain.read(SNIFFED_BYTES), format, encoding)
        file.seek(0)
        with decompressed(file, compression, name) as plain:
            if format.needs_seek and compression is not None:
                with spooled(plain) as whole:
                    yield whole
            else:
                yield plain if format.needs_seek else transcoded(plain, encoding, name)


@contextmanager
def spooled(source: BinaryIO) -> Iterator[BinaryIO]:
    """The whole stream in a temporary file that can be gone through in any order."""
    with tempfile.TemporaryFile(prefix="tilth-") as file:
        shutil.copyfileobj(source, file, _CHUNK_BYTES)
        file.seek(0)
        yield cast(BinaryIO, file)


def _suffix(path: str) -> str:
    name = PurePath(path)
    return (PurePath(name.stem) if compression_of(path) else name).suffix.lower()


def _format_by_suffix(path: str) -> Format | None:
    suffix = _suffix(path)
    if suffix in _BUILT_IN_SUFFIXES:
        return format_named(_BUILT_IN_SUFFIXES[suffix])
    others = [name for name in known_formats() if name not in _BUILT_IN_SUFFIXES.values()]
    return next((found for found in map(format_named, others) if suffix in found.suffixes), None)


@contextmanager
def _regular_file(path: str, name: str) -> Iterator[io.BufferedReader]:
    try:
        # Not blocking: opening a named pipe that nobody writes into would wait for ever.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError as failure:
        if Path(path).is_symlink():
            raise UsageError(f"this is a link to {Path(path).readlink()}, which is not there", where=name) from failure
        raise UsageError("there is no such file", where=name, fix=_nearest_file(path)) from failure
    except (OSError, ValueError) as failure:
        reason = failure.strerror if isinstance(failure, OSError) and failure.strerror else str(failure)
        raise UsageError(f"cannot be opened: {reason[:1].lower()}{reason[1:]}", where=name) from failure
    with os.fdopen(handle, "rb", buffering=0) as file:
        mode = os.fstat(handle).st_mode
        if not stat.S_ISREG(mode):
            kind = "a folder" if stat.S_ISDIR(mode) else "a named pipe" if stat.S_ISFIFO(mode) else "a device or socket"
            raise UsageError(f"this is {kind}, and a file is needed", where=name)
        if os.fstat(handle).st_size == 0:
            raise NoRowsError(name)
        os.set_blocking(handle, True)
        yield io.BufferedReader(file, _BUFFERED_BYTES)


def _nearest_file(path: str) -> str:
    folder = Path(path).parent
    try:
        names = [entry.name for entry in os.scandir(folder)]
    except OSError:
        return ""
    close = get_close_matches(Path(path).name, names, 1, cutoff=0.8)
    return str(folder / close[0]) if close else ""


def _refuse_other_container(name: str, start: bytes, format: Format, encoding: str) -> None:
    container = container_of(start)
    is_its_own = bool(format.magic) and start.startswith(format.magic)
    if container is not None and container.lower() != format.name and container != format.contents and not is_its_own:
        raise DataError(f"this is {container}, not {format.name}", where=name, fix=fix_for(container))
    if not start.startswith(format.magic):
        raise DataError(f"this is not {format.name}, whatever its name says", where=name)
    if format.name == "jsonl" and is_json_document(start):
        raise DataError("this is one JSON document, not one object a line", where=name, fix="--from json")
    if format.name in ("csv", "tsv") and is_json_lines(start):
        raise DataError(f"this is JSON Lines, not {format.name}", where=name, fix="--from jsonl")
    is_text = not format.needs_seek
    if is_text and encoding.lower().replace("_", "-") == "utf-8" and (wide := wide_encoding(start)) is not None:
        raise DataError(f"this is {wide[:6].upper()} text, not UTF-8", where=name, fix=f"--encoding {wide}")
