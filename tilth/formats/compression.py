"""Compressed streams: `.bz2`, `.gz`, `.xz` and `.zst`, read and written piece by piece.

Nothing is unpacked as a whole, so a small file that unpacks to terabytes costs time and no memory. A file is read to
its end, also where it is several compressed ones, one behind the other.
"""

import bz2
import gzip
import lzma
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath
from typing import BinaryIO, Literal, cast

from tilth.errors import DataError
from tilth.formats.streams import Unclosed
from tilth.formats.unpacking import XZ_MEMORY_BYTES, unpacked_bz2, unpacked_xz

Compression = Literal["bz2", "gz", "xz", "zst"]
SUFFIXES: dict[str, Compression] = {".bz2": "bz2", ".gz": "gz", ".xz": "xz", ".zst": "zst"}
_STARTS: dict[Compression, tuple[bytes, ...]] = {
    # The digit is the block size, and the next six bytes are pi, or the root of it where there is no block.
    "bz2": tuple(b"BZh%d" % size + then for size in range(1, 10) for then in (b"1AY&SY", b"\x17\x72\x45\x38\x50\x90")),
    "gz": (b"\x1f\x8b\x08",),
    "xz": (b"\xfd7zXZ\x00",),
    # The second is that of a frame to be skipped, with which parallel compressors begin.
    "zst": (b"\x28\xb5\x2f\xfd", *(bytes([0x50 + low, 0x2A, 0x4D, 0x18]) for low in range(16))),
}
_TOO_MUCH_MEMORY = ("Memory usage limit exceeded", "requires too much memory")


def compression_of(name: str) -> Compression | None:
    """The compression that a file name asks for by its last suffix."""
    return SUFFIXES.get(PurePath(name).suffix.lower())


def compression_in(start: bytes, path: str, name: str) -> Compression | None:
    """The compression of a file that begins with `start`, which its name may leave open but has to have right.

    Raises `DataError` when the suffix says another one, or when there is none.
    """
    said = compression_of(path)
    says = f"and its name says {said}"
    found = next((each for each, starts in _STARTS.items() if start.startswith(starts)), None)
    if said is not None and found is None:
        raise DataError(f"this is not compressed, {says}", where=name, fix=f"a name without .{said}")
    if said is not None and found != said:
        raise DataError(f"this is {found} data, {says}", where=name, fix=f"a name that ends in .{found}")
    return found


@contextmanager
def decompressed(source: BinaryIO, compression: Compression | None, name: str) -> Iterator[BinaryIO]:
    """The stream that lies in `source`. Raises `DataError` while it is read, when it is damaged or cut short."""
    if compression is None:
        yield source
        return
    try:
        yield _reader(source, compression)
    except (EOFError, zlib.error, gzip.BadGzipFile, lzma.LZMAError) as failure:
        raise _damaged(compression, name, failure) from failure
    except OSError as failure:
        if failure.errno is not None:  # the disk failed, not the data: errors about the data carry no number
            raise
        raise _damaged(compression, name, failure) from failure


@contextmanager
def compressed(sink: BinaryIO, compression: Compression | None) -> Iterator[BinaryIO]:
    """A stream that compresses into `sink`. Equal content gives equal bytes: no name and no time is written."""
    if compression is None:
        yield sink
    elif compression == "gz":
        with gzip.GzipFile(filename="", mode="wb", fileobj=sink, mtime=0, compresslevel=6) as packed:
            yield cast(BinaryIO, packed)
    elif compression == "bz2":
        with bz2.BZ2File(sink, "wb") as packed_bz2:
            yield cast(BinaryIO, packed_bz2)
    elif compression == "xz":
        with lzma.LZMAFile(sink, "wb") as packed_xz:
            yield cast(BinaryIO, packed_xz)
    else:
        import pyarrow as pa

        with pa.CompressedOutputStream(pa.PythonFile(Unclosed(sink), mode="w"), "zstd") as packed_zst:
            yield cast(BinaryIO, packed_zst)


def _reader(source: BinaryIO, compression: Compression) -> BinaryIO:
    if compression == "gz":
        return cast(BinaryIO, gzip.GzipFile(fileobj=source))
    if compression == "bz2":
        return cast(BinaryIO, unpacked_bz2(source))
    if compression == "xz":
        return cast(BinaryIO, unpacked_xz(source))
    import pyarrow as pa

    return cast(BinaryIO, pa.CompressedInputStream(pa.PythonFile(Unclosed(source), mode="r"), "zstd"))


def _damaged(compression: Compression, name: str, failure: Exception) -> DataError:
    if any(words in str(failure) for words in _TOO_MUCH_MEMORY):
        limit = f"more than {(XZ_MEMORY_BYTES if compression == 'xz' else 128 << 20) >> 20} MiB of memory"
        return DataError(f"the {compression} data asks for {limit} to be unpacked", where=name)
    return DataError(f"the {compression} data is damaged or cut short", where=name)
