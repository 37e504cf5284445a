"""What is fuzzed: each reader with good files of its kind and what a file is put through."""

import bz2
import gzip
import io
import lzma
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tests.formats.hostile import FIXED_ROWS, block, written
from tests.fuzz.documents import document_seeds
from tilth.errors import TilthError
from tilth.formats import ReadSettings, Reject
from tilth.formats.compression import decompressed
from tilth.formats.opening import format_named, known_formats

_ROWS = [{**row, "answer": str(row.get("answer", ""))[:40]} for row in FIXED_ROWS]
_PLAIN = [{"instruction": 'Say "hi".', "n": number, "output": None if number else "hi"} for number in range(3)]


@dataclass(frozen=True)
class Fuzzed:
    """One reader under test."""

    seeds: list[bytes]
    read: Callable[[bytes], None]
    """Puts one input through; anything but a `TilthError` that comes out is a failure."""


def readers() -> dict[str, Fuzzed]:
    """Every reader by name: the installed formats that read from a stream, and the compressions."""
    found = {name: Fuzzed(_seeds(name), _reading(name)) for name in known_formats() if _seeds(name)}
    for packed, pack in {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}.items():
        found[packed.removeprefix(".")] = Fuzzed([pack(b'{"a": 1}\n' * 50), pack(b"x")], _unpacking(packed))
    return found


def _seeds(name: str) -> list[bytes]:
    kept = Path(__file__).parent / "seeds"
    seeds = [path.read_bytes() for path in sorted(kept.glob(f"{name}.*"))] + document_seeds(name)
    try:
        return [*seeds, written(name, block(_ROWS)), written(name, block(_PLAIN))]
    except TilthError:
        return seeds


def _reading(name: str) -> Callable[[bytes], None]:
    container = format_named(name)

    def read(content: bytes) -> None:
        rejects: list[Reject] = []
        for on_error in (None, rejects.append):
            settings = ReadSettings("file", reject=on_error, max_depth=64, max_line_bytes=4096)
            try:
                if container.envelope(_stream(content), settings) is not None:
                    pass
                for found in container.read(_stream(content), settings):
                    assert len(found.rows) == len(found.lines)
            except TilthError as failure:
                assert str(failure)

    def _stream(content: bytes) -> BinaryIO:
        if not container.needs_seek:
            return io.BytesIO(content)
        # Lives until its last reader lets go of it; some readers hand the file itself to others.
        file = tempfile.TemporaryFile(dir="/dev/shm" if Path("/dev/shm").is_dir() else None)  # noqa: SIM115
        file.write(content)
        file.seek(0)
        return file  # type: ignore[return-value]

    return read


def _unpacking(packed: str) -> Callable[[bytes], None]:
    compression = packed.removeprefix(".")

    def read(content: bytes) -> None:
        try:
            with decompressed(io.BytesIO(content), compression, "file") as plain:  # type: ignore[arg-type]
                while plain.read(65536):
                    pass
        except TilthError as failure:
            assert str(failure)

    return read
