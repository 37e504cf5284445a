"""A stream lent to somebody who closes what he is given."""

import io
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class Unclosed(io.RawIOBase):
    """A stream that stays open when Arrow is done with it: it closes what it wraps, and the stream is the caller's."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        """Whether it can be read: as far as the stream itself can."""
        return True

    def writable(self) -> bool:
        """Whether it can be written: as far as the stream itself can."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Bytes from the stream."""
        return self._stream.read(size)

    def write(self, data: "ReadableBuffer", /) -> int:
        """Bytes into the stream."""
        return self._stream.write(data)


class Prefixed(io.RawIOBase):
    """A stream with the bytes in front that somebody has read of it already."""

    def __init__(self, start: bytes, rest: BinaryIO) -> None:
        self._start, self._rest = start, rest

    def readable(self) -> bool:
        """Whether it can be read: always."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes; fewer than asked for only at the end."""
        taken = self._start if size < 0 else self._start[:size]
        self._start = self._start[len(taken) :]
        return taken + self._rest.read(size if size < 0 else size - len(taken)) if len(taken) != size else taken
