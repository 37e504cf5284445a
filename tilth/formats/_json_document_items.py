"""Cutting a long JSON text into its items: those of a list, or values that follow one another."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from tilth.formats._json_document_scan import CLOSE_LIST, CLOSE_OBJECT, COMMA, Marks, Skeleton

SPACE = b" \t\r\n"
"""What JSON takes for white space."""
CHUNK_BYTES = 1 << 20
_SHOWN_BYTES = 200
_NEWLINE = 10


@dataclass(frozen=True)
class Place:
    """A place in a file."""

    line: int
    byte_offset: int


@dataclass(frozen=True)
class Items:
    """Consecutive items, each without the white space around it."""

    texts: list[bytes]
    lines: list[int]
    """The line at which each begins."""
    offsets: list[int]
    """Where in the file each begins."""


@dataclass(frozen=True)
class LongItem:
    """An item that is longer than allowed: only its beginning was kept."""

    place: Place
    start: bytes


class Cutter:
    """Items in the order of the text, read from a stream as they are asked for, and never much more than one.

    Of a list, the stream stands behind its opening bracket, and what stands between two commas is an item, be it
    nothing. Of values that follow one another, each ends with its own last bracket.
    """

    def __init__(self, source: BinaryIO, begin: Place, max_bytes: int, *, is_list: bool) -> None:
        self._source, self._max_bytes, self._is_list = source, max_bytes, is_list
        self._skeleton = Skeleton()
        self._begin = begin
        self._waiting: list[bytes] = []  # what was read of the item that begins there
        self._waiting_bytes = 0
        self._skipped: Place | None = None  # up to where an item was read that is too long to be kept
        self.closed_by: int | None = None
        """The bracket that ended the reading, as its code; None while none did."""
        self._is_empty = True

    def __iter__(self) -> Iterator[Items | LongItem]:
        while not self._is_closed() and (chunk := self._source.read(CHUNK_BYTES)):
            cuts = self._cuts(self._skeleton.marks(chunk))
            if self._skipped is not None and len(cuts):
                yield LongItem(self._begin, self._waiting[0])
                behind = int(cuts[0]) + self._is_list
                self._begin = moved(self._skipped, chunk[:behind])
                self._skipped, self._waiting, self._waiting_bytes = None, [], 0
                chunk, cuts = chunk[behind:], cuts[1:] - behind
            if len(cuts):
                text = b"".join([*self._waiting, chunk])
                items, behind = self._cut(text, cuts + self._waiting_bytes)
                self._waiting, self._waiting_bytes = [], 0
                if items.texts != [b""] or not (self._is_empty and self._is_closed()):
                    yield items
                self._is_empty = False
                chunk = text[behind:]
            self._wait(chunk)

    def rest(self) -> tuple[Place, bytes]:
        """What was read behind the last item, without the white space around it."""
        text = b"".join(self._waiting)
        lead = len(text) - len(text.lstrip(SPACE))
        return moved(self._begin, text[:lead]), text[lead:].rstrip(SPACE)

    @property
    def is_long(self) -> bool:
        """Whether what was read behind the last item is too long to be kept."""
        return self._skipped is not None

    def _is_closed(self) -> bool:
        return self.closed_by is not None

    def _cuts(self, marks: Marks) -> NDArray[np.int64]:
        """Where items end: at the comma or bracket behind each in a list, else behind their own last bracket."""
        below = np.flatnonzero(marks.depths < 0)
        end = int(below[0]) + 1 if len(below) else None
        if end is not None:
            self.closed_by = int(marks.codes[end - 1])
        places, codes, depths = marks.places[:end], marks.codes[:end], marks.depths[:end]
        if self._is_list:
            return np.asarray(places[((depths == 0) & (codes == COMMA)) | (depths < 0)])
        return np.asarray(places[(depths == 0) & ((codes == CLOSE_LIST) | (codes == CLOSE_OBJECT))]) + 1

    def _cut(self, text: bytes, cuts: NDArray[np.int64]) -> tuple[Items, int]:
        """The items that end at the cuts, and where the next one begins."""
        behind = cuts + self._is_list
        starts = np.concatenate([[0], behind[:-1]])
        slices = [text[start:end] for start, end in zip(starts.tolist(), cuts.tolist(), strict=True)]
        begins = starts + [len(each) - len(each.lstrip(SPACE)) for each in slices]
        newlines = np.flatnonzero(np.frombuffer(text, np.uint8) == _NEWLINE)
        lines = np.searchsorted(newlines, begins) + self._begin.line
        offsets = begins + self._begin.byte_offset
        last = int(behind[-1])
        self._begin = moved(self._begin, text[:last])
        return Items([each.strip(SPACE) for each in slices], lines.tolist(), offsets.tolist()), last

    def _wait(self, chunk: bytes) -> None:
        self._waiting.append(chunk)
        self._waiting_bytes += len(chunk)
        if self._skipped is not None:
            self._skipped = moved(self._skipped, chunk)
        elif self._waiting_bytes > self._max_bytes:
            self._skipped = moved(self._begin, b"".join(self._waiting))
        if self._skipped is not None:
            self._waiting = [b"".join(self._waiting)[:_SHOWN_BYTES]]


def moved(place: Place, text: bytes) -> Place:
    """The place behind a text that begins at `place`."""
    return Place(place.line + text.count(b"\n"), place.byte_offset + len(text))
