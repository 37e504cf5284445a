"""Tables of FlatBuffers, the format of Arrow's own headers: every offset is checked before it is followed."""

import struct

from tilth.artifacts.cursor import BrokenError


class Table:
    """One table: fields by their slot, each absent or within the bytes."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data, self._at = data, at
        vtable = at - self._read("<i", at)
        self._slots = vtable + 4
        self._end = vtable + self._read("<H", vtable)

    @staticmethod
    def root(data: bytes) -> "Table":
        """The table that the bytes begin with."""
        if len(data) < 8:
            raise BrokenError("a header of fewer than 8 bytes")
        return Table(data, int(struct.unpack_from("<I", data)[0]))

    def number(self, slot: int, form: str, default: int = 0) -> int:
        """An integer field."""
        place = self._place(slot)
        return default if place is None else self._read(form, place)

    def table(self, slot: int) -> "Table | None":
        """A field that is a table."""
        place = self._place(slot)
        return None if place is None else Table(self._data, place + self._read("<I", place))

    def tables(self, slot: int, most: int) -> "list[Table]":
        """A field that is a list of tables."""
        place = self._place(slot)
        if place is None:
            return []
        start = place + self._read("<I", place)
        count = self._read("<I", start)
        if count > most:
            raise BrokenError(f"{count:,} entries in a header")
        places = [start + 4 + 4 * number for number in range(count)]
        return [Table(self._data, each + self._read("<I", each)) for each in places]

    def text(self, slot: int) -> str:
        """A text field, empty when absent."""
        place = self._place(slot)
        if place is None:
            return ""
        start = place + self._read("<I", place)
        length = self._read("<I", start)
        return self._data[start + 4 : start + 4 + min(length, 4096)].decode("utf-8", errors="replace")

    def _place(self, slot: int) -> int | None:
        entry = self._slots + 2 * slot
        if entry + 2 > self._end:
            return None
        offset = self._read("<H", entry)
        return self._at + offset if offset else None

    def _read(self, form: str, at: int) -> int:
        if not 0 <= at <= len(self._data) - struct.calcsize(form):
            raise BrokenError("an offset in a header leads out of it")
        return int(struct.unpack_from(form, self._data, at)[0])
