"""A search that runs beside the screen, and the matches it has found so far."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable

from tilth.review.rows import Rows
from tilth.review.search import search


class Finder:
    """Matches of one query, in order of rows, growing while `run` goes through the file in another thread."""

    def __init__(self, rows: Rows, query: str, origin: int) -> None:
        self.query, self.origin = query, origin
        self.matches = array("Q")
        self.searched = 0
        self.is_awaited = True
        """Nobody has been taken to its first match yet."""
        self.is_done = False
        self._rows = rows

    def run(self, is_cancelled: Callable[[], bool], on_step: Callable[[], None]) -> None:
        """Go through the file to its end, or until it is cancelled."""
        for step in search(self._rows, self.query):
            if is_cancelled():
                return
            self.matches.extend(step.found)
            self.searched = step.searched
            on_step()
        self.is_done = True
        on_step()

    def first(self) -> int | None:
        """The first match from where the search began; once the file is through, the first of all if there is none."""
        place = bisect_left(self.matches, self.origin)
        if place < len(self.matches):
            return self.matches[place]
        return self.matches[0] if self.is_done and self.matches else None

    def after(self, row: int) -> int | None:
        """The next match behind a row, from the start again at the end."""
        if not self.matches:
            return None
        return self.matches[bisect_right(self.matches, row) % len(self.matches)]

    def before(self, row: int) -> int | None:
        """The match before a row, from the end again at the start."""
        if not self.matches:
            return None
        return self.matches[bisect_left(self.matches, row) - 1]

    def describe(self, row: int) -> str:
        """How many matches there are, and which one this is."""
        count = len(self.matches)
        more = "" if self.is_done else f" so far, {self.searched:,} rows searched"
        place = bisect_left(self.matches, row)
        if place < count and self.matches[place] == row:
            return f"match {place + 1:,} of {count:,}{more}"
        return f"{count:,} {'match' if count == 1 else 'matches'}{more}"
