"""The content id of every row, gathered row by row, so that exact copies can be told apart by their order."""

from threading import Lock

from tilth.review.event import RecordKey
from tilth.review.rows import Rows

_ID_BYTES = 16
_UNREADABLE = bytes(_ID_BYTES)


class Identities:
    """Ids of the first rows, 16 bytes each. Any thread may ask for more of them; nothing is read twice."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._ids = bytearray()
        self._lock = Lock()

    def __len__(self) -> int:
        """How many rows have been gone through."""
        return len(self._ids) // _ID_BYTES

    def reach(self, row: int) -> None:
        """Go through the rows up to and including `row`. Costs about 20 microseconds for each that is new."""
        with self._lock:
            for next_row in range(len(self), row + 1):
                found = self._rows.id(next_row)
                self._ids += _UNREADABLE if found is None else bytes.fromhex(found)

    def key(self, row: int) -> RecordKey | None:
        """The identity of a row among its copies; None for a row that cannot be read."""
        self.reach(row)
        record = self.id(row)
        return None if record is None else RecordKey(record, self.count(record, before=row))

    def count(self, record: str, *, before: int) -> int:
        """How many of the rows before one hold this record."""
        # A count over bytes: two ids of 128 bits side by side do not hold a third one across their border.
        return self._ids.count(bytes.fromhex(record), 0, before * _ID_BYTES)

    def id(self, row: int) -> str | None:
        """The id of a row that has been gone through."""
        own = bytes(self._ids[row * _ID_BYTES : (row + 1) * _ID_BYTES])
        return None if own == _UNREADABLE else own.hex()

    def find(self, key: RecordKey) -> int | None:
        """The row of a key, among the rows gone through."""
        place = -1
        for _ in range(key.occurrence + 1):
            place = self._ids.find(bytes.fromhex(key.record), place + 1)
            if place < 0:
                return None
        return place // _ID_BYTES

    def find_prefix(self, digits: str) -> int | None:
        """The first row, among those gone through, whose id begins with these hex digits."""
        whole = bytes.fromhex(digits[: len(digits) // 2 * 2])
        place = self._ids.find(whole)
        while place >= 0:
            row, within = divmod(place, _ID_BYTES)
            if within == 0 and (self.id(row) or "").startswith(digits):
                return row
            place = self._ids.find(whole, place + 1)
        return None
