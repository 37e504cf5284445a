"""Reading bz2 and xz to their real end: every stream in the file, and nothing behind the last that is not one.

The standard library's own readers take whatever follows the first stream, and is none, for the end of the data.
"""

import bz2
import io
import lzma
from typing import TYPE_CHECKING, BinaryIO, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

_CHUNK_BYTES = 1 << 18
XZ_MEMORY_BYTES = 256 * 1024 * 1024
"""An xz file names the memory that it wants: 65 MiB at its usual best, 4 GiB where it was made to hurt."""


class _Unpacker(Protocol):
    """What both libraries give for one stream."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = ..., /) -> bytes: ...


class Unpacked(io.RawIOBase):
    """The content of all compressed streams in a file, unpacked as it is asked for.

    Raises what the library raises for damaged data, and `EOFError` where it is cut short. Zeros behind a stream are
    padding.
    """

    def __init__(self, source: BinaryIO, unpacker: "Callable[[], _Unpacker]") -> None:
        self._source, self._new = source, unpacker
        self._unpacker = unpacker()
        self._is_at_end = False

    def readable(self) -> bool:
        """Always."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """So many bytes, or all; fewer only at the end."""
        pieces: list[bytes] = []
        missing = size
        while missing and not self._is_at_end:
            piece = self._next(missing)
            pieces.append(piece)
            missing -= len(piece) if size >= 0 else 0
        return b"".join(pieces)

    def _next(self, size: int) -> bytes:
        packed = b""
        if self._unpacker.eof:
            packed = self._unpacker.unused_data.lstrip(b"\0")
            while not packed and (more := self._source.read(_CHUNK_BYTES)):
                packed = more.lstrip(b"\0")
            if not packed:
                self._is_at_end = True
                return b""
            self._unpacker = self._new()
        elif self._unpacker.needs_input and not (packed := self._source.read(_CHUNK_BYTES)):
            raise EOFError("the stream has no end")
        return self._unpacker.decompress(packed, size)


def unpacked_bz2(source: BinaryIO) -> Unpacked:
    """The content of a bz2 file."""
    return Unpacked(source, bz2.BZ2Decompressor)


def unpacked_xz(source: BinaryIO) -> Unpacked:
    """The content of an xz file."""
    return Unpacked(source, lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, XZ_MEMORY_BYTES))
