"""Going back in a stream that only goes forward."""

import io
import tempfile
from typing import BinaryIO, cast

_MEMORY_BYTES = 8 * 1024 * 1024


class Rereadable(io.RawIOBase):
    """A stream of which everything read is laid by, on disk when it is much, so that it can be read again."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        # It lives as long as this object does, and has no name to be left behind.
        self._kept = cast(BinaryIO, tempfile.SpooledTemporaryFile(_MEMORY_BYTES, prefix="tilth-"))  # noqa: SIM115
        self._kept_bytes = self._place = 0
        self._is_keeping = True

    def readable(self) -> bool:
        """Always."""
        return True

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go back to a place that was read before."""
        self._place = offset
        return offset

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes, and none only at the end."""
        if self._place < self._kept_bytes:
            self._kept.seek(self._place)
            piece = self._kept.read(size)
        else:
            piece = self._source.read(size)
            if self._is_keeping:
                self._kept.seek(self._kept_bytes)
                self._kept.write(piece)
                self._kept_bytes += len(piece)
        self._place += len(piece)
        return piece

    def let_go(self) -> None:
        """Lay nothing by any more: from here on the stream is read forward only."""
        self._is_keeping = False


def rereadable(source: BinaryIO) -> "BinaryIO | Rereadable":
    """The stream itself where going back costs nothing, and one that lays by what was read where it does."""
    return source if isinstance(source, io.BufferedReader | io.BytesIO) else Rereadable(source)
