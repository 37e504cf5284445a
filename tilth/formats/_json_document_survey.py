"""What lies in the object that a JSON document begins with: seen in one pass, and nothing of it parsed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tilth.formats._json_document_items import Place, moved
from tilth.formats._json_document_scan import CLOSE_LIST, COMMA, OPEN_LIST, OPEN_OBJECT, Marks, Skeleton

Places = NDArray[np.int64]
_LISTS_KEPT = 100


@dataclass
class ListMember:
    """A list of objects that is a member of the object."""

    key_at: int
    """Byte offset behind the comma or brace before its key."""
    begin: Place
    """The first byte behind its opening bracket."""
    end: int = 0
    """Byte offset of its closing bracket."""


class Survey:
    """Takes the text from the object's brace on, piece by piece, until it is closed."""

    def __init__(self, begin: Place) -> None:
        self._skeleton = Skeleton()
        self._here = begin  # the first byte of the piece at hand
        self._key_at = begin.byte_offset + 1
        self._is_open, self._items = False, 0  # whether a list is, and how many commas it had so far
        self._new: ListMember | None = None  # opened by the last mark of the piece before
        self._open: ListMember | None = None  # a list of objects that is not closed yet
        self.members = 1
        self.lists = 0
        self.lengths: set[int] = set()
        """How many items the lists have; one for an empty list too."""
        self.objects: list[ListMember] = []
        """The lists that begin with an object, the first hundred."""
        self.closed_at: Place | None = None
        """The bracket that closes the object."""
        self.closed_by = 0

    def see(self, piece: bytes) -> None:
        """Take note of the next piece."""
        marks = self._skeleton.marks(piece)
        if len(closing := np.flatnonzero(marks.depths <= 0)):
            last = int(closing[0])
            self.closed_at = moved(self._here, piece[: int(marks.places[last])])
            self.closed_by = int(marks.codes[last])
            marks = Marks(marks.places[:last], marks.codes[:last], marks.depths[:last])
        if len(marks.codes):
            self._see_lists(piece, marks)
        self._here = moved(self._here, piece)

    def _see_lists(self, piece: bytes, marks: Marks) -> None:
        codes, depths = marks.codes, marks.depths
        if self._new is not None and codes[0] == OPEN_OBJECT:
            self._keep(self._new)
        self._new = None
        keys = marks.places[(codes == COMMA) & (depths == 1)] + 1
        commas = np.cumsum((codes == COMMA) & (depths == 2))
        begins = np.flatnonzero((codes == OPEN_LIST) & (depths == 2))
        ends = np.flatnonzero((codes == CLOSE_LIST) & (depths == 1))
        self._see_lengths(commas, begins, ends)
        self._end_open(marks, ends, 0)
        self.lists += len(begins)
        holds_objects = codes[np.minimum(begins + 1, len(codes) - 1)] == OPEN_OBJECT
        is_last = begins + 1 == len(codes)
        for index in begins[holds_objects | is_last][: _LISTS_KEPT - len(self.objects)].tolist():
            place = int(marks.places[index])
            before = int(np.searchsorted(keys, place))
            key_at = self._here.byte_offset + int(keys[before - 1]) if before else self._key_at
            found = ListMember(key_at, moved(self._here, piece[: place + 1]))
            if index + 1 == len(codes):
                self._new = found
            else:
                self._keep(found)
                self._end_open(marks, ends, index)
        self.members += len(keys)
        if len(keys):
            self._key_at = self._here.byte_offset + int(keys[-1])

    def _see_lengths(self, commas: Places, begins: Places, ends: Places) -> None:
        """Take note of how many items the lists have that end in this piece."""
        counted = commas[ends]
        # Each list begins after the one before it ended; one that was open before began with none of these commas.
        begun = np.concatenate([[-self._items], commas[begins]]) if self._is_open else commas[begins]
        ended = min(len(counted), len(begun))
        self.lengths.update(np.unique(counted[:ended] - begun[:ended] + 1).tolist())
        self._is_open = len(begun) > len(counted)
        self._items = int(commas[-1] - begun[-1]) if self._is_open else 0

    def _end_open(self, marks: Marks, ends: Places, index: int) -> None:
        behind = ends[np.searchsorted(ends, index) :]
        if self._open is not None and len(behind):
            self._open.end = self._here.byte_offset + int(marks.places[behind[0]])
            self._open = None

    def _keep(self, found: ListMember) -> None:
        if len(self.objects) < _LISTS_KEPT:
            self.objects.append(found)
            self._open = found
