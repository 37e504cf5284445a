"""What lies in the object that a JSON document begins with: seen in one pass, and nothing of it parsed."""

from dataclasses import dataclass

import numpy as np

from tilth.formats._json_document_items import Place, moved
from tilth.formats._json_document_scan import CLOSE_LIST, COMMA, OPEN_LIST, OPEN_OBJECT, Marks, Skeleton

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
        self._items = 0  # commas so far in the list that is open
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
        begun = 0  # commas before the list that is open, as this piece counts them
        is_edge = ((codes == OPEN_LIST) & (depths == 2)) | ((codes == CLOSE_LIST) & (depths == 1))
        for index in np.flatnonzero(is_edge).tolist():
            place = int(marks.places[index])
            if codes[index] == OPEN_LIST:
                self.lists += 1
                self._open = None
                self._items, begun = 0, int(commas[index])
                is_last = index + 1 == len(codes)
                if is_last or codes[index + 1] == OPEN_OBJECT:
                    before = int(np.searchsorted(keys, place))
                    key_at = self._here.byte_offset + int(keys[before - 1]) if before else self._key_at
                    found = ListMember(key_at, moved(self._here, piece[: place + 1]))
                    if is_last:
                        self._new = found
                    else:
                        self._keep(found)
            else:
                self.lengths.add(self._items + int(commas[index]) - begun + 1)
                if self._open is not None:
                    self._open.end = self._here.byte_offset + place
        self._items += int(commas[-1]) - begun
        self.members += len(keys)
        if len(keys):
            self._key_at = self._here.byte_offset + int(keys[-1])

    def _keep(self, found: ListMember) -> None:
        if len(self.objects) < _LISTS_KEPT:
            self.objects.append(found)
            self._open = found
