"""Compressed streams by the suffix of their file: `.gz` and `.zst`, read and written piece by piece.

Nothing is unpacked as a whole, so a small file that unpacks to terabytes costs time and no memory.
"""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath
from typing import BinaryIO, Literal, cast

from tilth.errors import DataError
from tilth.formats.streams import Unclosed

Compression = Literal["gz", "zst"]
SUFFIXES: dict[str, Compression] = {".gz": "gz", ".zst": "zst"}


def compression_of(name: str) -> Compression | None:
    """The compression that a file name asks for by its last suffix."""
    return SUFFIXES.get(PurePath(name).suffix.lower())


@contextmanager
def decompressed(source: BinaryIO, compression: Compression | None, name: str) -> Iterator[BinaryIO]:
    """The stream that lies in `source`. Raises `DataError` while it is read, when it is damaged or cut short."""
    if compression is None:
        yield source
        return
    try:
        yield _reader(source, compression)
    except (EOFError, zlib.error, gzip.BadGzipFile) as failure:
        raise _damaged(compression, name) from failure
    except OSError as failure:
        if failure.errno is not None:  # the disk failed, not the data: Arrow's own errors carry no number
            raise
        raise _damaged(compression, name) from failure


@contextmanager
def compressed(sink: BinaryIO, compression: Compression | None) -> Iterator[BinaryIO]:
    """A stream that compresses into `sink`. Equal content gives equal bytes: no name and no time is written."""
    if compression is None:
        yield sink
    elif compression == "gz":
        with gzip.GzipFile(filename="", mode="wb", fileobj=sink, mtime=0, compresslevel=6) as packed:
            yield cast(BinaryIO, packed)
    else:
        import pyarrow as pa

        with pa.CompressedOutputStream(pa.PythonFile(Unclosed(sink), mode="w"), "zstd") as packed:
            yield cast(BinaryIO, packed)


def _reader(source: BinaryIO, compression: Compression) -> BinaryIO:
    if compression == "gz":
        return cast(BinaryIO, gzip.GzipFile(fileobj=source))
    import pyarrow as pa

    return cast(BinaryIO, pa.CompressedInputStream(pa.PythonFile(Unclosed(source), mode="r"), "zstd"))


def _damaged(compression: Compression, name: str) -> DataError:
    return DataError(f"the {compression} data is damaged or cut short", where=name)
