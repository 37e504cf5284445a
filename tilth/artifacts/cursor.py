"""Walking through bytes that may lie about themselves: little is taken, much is skipped, and nothing past the end."""

import struct
from typing import BinaryIO

MAX_TAKEN = 1 << 20
"""Bytes that one `take` may ask for: names, numbers and short texts are all that is ever kept."""
MAX_STEPS = 800_000
"""Reads after which a walk ends, whatever is still claimed: a second at most, and the same end on every machine.

The largest that is real is a SentencePiece vocabulary of 256,000 pieces, at three reads each.
"""
_CHUNK = 1 << 20
_STEPS_OF_A_CHUNK = 500
_HOPS_OF_A_STEP = 2
_LINE = 1 << 16
_STEPS_OF_A_LINE = 4


class BrokenError(ValueError):
    """Why bytes cannot be what they claim to be, in words for people."""


class TooLongError(BrokenError):
    """There is more to walk through than a look is worth."""


class Cursor:
    """A place in a stream of bytes that only moves forward.

    Reads raise `BrokenError` where the stream ends early, so that every walker says "cut short" the same way.
    """

    def __init__(self, stream: BinaryIO, size: int, start: int = 0) -> None:
        """`size` is where the stream ends, and `start` where it stands now, both counted from the file's first byte."""
        self._stream, self.size, self.position = stream, size, start
        self._steps = 0

    @property
    def left(self) -> int:
        """Bytes up to the end."""
        return self.size - self.position

    def take(self, count: int) -> bytes:
        """The next bytes."""
        if count > MAX_TAKEN:
            raise BrokenError(f"{count:,} bytes in one piece at byte {self.position:,}, where a short one belongs")
        self._step(1)
        found = self._stream.read(count) if count <= self.left else b""
        if len(found) != count:
            raise self.cut_short(count)
        self.position += count
        return found

    def skip(self, count: int) -> None:
        """Go on past so many bytes without keeping them."""
        if not 0 <= count <= self.left:
            raise self.cut_short(count)
        self._step(1)
        if self._stream.seekable():
            self._stream.seek(count, 1)
        else:
            for start in range(0, count, _CHUNK):
                self._step(_STEPS_OF_A_CHUNK)
                if not self._stream.read(min(_CHUNK, count - start)):
                    raise self.cut_short(count)
        self.position += count

    def value(self, form: str) -> int | float | bool:
        """The next number, of a `struct` format such as `<d`."""
        found: int | float | bool = struct.unpack(form, self.take(struct.calcsize(form)))[0]
        return found

    def number(self, form: str) -> int:
        """The next integer, of a `struct` format such as `<Q`."""
        return int(self.value(form))

    def line(self, kept: int = 4096) -> bytes:
        """Bytes up to the next newline, without it; of a longer line only its beginning."""
        found = b""
        while True:
            self._step(_STEPS_OF_A_LINE)
            piece = self._stream.readline(min(_LINE, self.left))
            self.position += len(piece)
            found = found or piece[:kept]
            if piece.endswith(b"\n"):
                return found.rstrip(b"\r\n")
            if not piece:
                raise self.cut_short(1)

    def skip_strings(self, count: int) -> int:
        """Go past so many texts with 64-bit lengths before them; returns the sum of their lengths.

        A vocabulary has some 100,000 of them: they are hopped over inside large pieces, 8 times as fast as one by one.
        """
        if count > self.left // 8:
            raise BrokenError(f"{count:,} texts are claimed, and only {self.left:,} bytes are left")
        total, at, hops, piece = 0, 0, 0, b""
        while count:
            if at + 8 > len(piece):
                self._skip_taken(at)
                self._step(hops // _HOPS_OF_A_STEP)
                piece, at, hops = self._peek(), 0, 0
                if len(piece) < 8:
                    raise self.cut_short(8)
            length = int.from_bytes(piece[at : at + 8], "little")
            at, total, count, hops = at + 8 + length, total + length, count - 1, hops + 1
            if at > len(piece):
                self._skip_taken(at)
                piece, at = b"", 0
        self._skip_taken(at)
        return total

    def cut_short(self, wanted: int) -> BrokenError:
        """The error for a stream that ends before what it announces."""
        return BrokenError(
            f"cut short: {wanted:,} bytes are announced at byte {self.position:,}, {self.left:,} are left"
        )

    def _step(self, steps: int) -> None:
        self._steps += steps
        if self._steps > MAX_STEPS:
            raise TooLongError(f"up to byte {self.position:,}, and no further")

    def _peek(self) -> bytes:
        self._step(_STEPS_OF_A_CHUNK)
        piece = self._stream.read(min(_CHUNK, self.left))
        self._stream.seek(-len(piece), 1)
        return piece

    def _skip_taken(self, count: int) -> None:
        if count:
            self.skip(count)
