"""Which rows the list holds and which of them is on screen."""

from bisect import bisect_left
from collections.abc import Sequence

from tilth.review.session import Filter, Session


class Selection:
    """Rows of a session: all of them, or those that had a status when they were asked for."""

    def __init__(self, session: Session, row: int) -> None:
        self._session = session
        self.filter: Filter = "queue" if session.filtered("queue") else "all"
        self.rows: Sequence[int] = session.filtered(self.filter)
        self.index = 0
        self.go_to(row)

    @property
    def row(self) -> int:
        """The row on screen."""
        return self.rows[self.index]

    @property
    def next_row(self) -> int:
        """The row below, or the same at the end."""
        return self.rows[min(self.index + 1, len(self.rows) - 1)]

    @property
    def is_at_end(self) -> bool:
        """True on the last row."""
        return self.index == len(self.rows) - 1

    def move_to(self, index: int) -> None:
        """The row at a place in the list, or the nearest there is."""
        self.index = min(max(index, 0), len(self.rows) - 1)

    def go_to(self, row: int) -> None:
        """A row of the file; when the list does not hold it, the list holds all rows again."""
        place = self._place(row)
        if place == len(self.rows) or self.rows[place] != row:
            self.filter, self.rows = "all", range(len(self._session.rows))
            place = row
        self.move_to(place)

    def narrow(self, wanted: Filter) -> bool:
        """Hold the rows that have a status now. They stay while they are decided; False when there are none."""
        row, rows = self.row, self._session.filtered(wanted)
        if not len(rows):
            return False
        self.filter, self.rows = wanted, rows
        place = self._place(row)
        self.move_to(place if wanted != "queue" or place < len(rows) else 0)
        return True

    def refresh(self) -> None:
        """Hold the rows that have become known since."""
        if self.filter == "all":
            self.rows = range(len(self._session.rows))

    def describe(self) -> str:
        """What the list is narrowed to; empty when it holds everything."""
        if self.filter == "all":
            return ""
        only = "" if self.filter == "queue" else "only "
        return f"{only}{self.filter}: {self.index + 1:,} of {len(self.rows):,}"

    def _place(self, row: int) -> int:
        """Where a row is among those that the list holds, or would be; at the end of a queue that does not have it."""
        if self.filter != "queue":
            return bisect_left(self.rows, row)
        return self.rows.index(row) if row in self.rows else len(self.rows)
