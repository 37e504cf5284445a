"""One annotator's sitting over one file: where they are, how each record stands, and what they decide.

The screens draw what a session says; a session knows nothing of screens.
"""

from array import array
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from tilth.errors import DataError
from tilth.operation import Fields
from tilth.review.event import Action, Event, RecordKey
from tilth.review.identities import Identities
from tilth.review.journal import Journal, check_annotator, journal_path
from tilth.review.queue import Queue, placed, read_queue
from tilth.review.rows import Reading, Rows, Seen
from tilth.review.standing import Standing, Standings

Filter = Literal["all", "queue", "undecided", "accepted", "rejected", "edited", "skipped", "noted"]
_FIRST_ROWS = 5_000  # gone through before the first screen, so that a small file is known at once


class Session:
    """A file, its journal and an annotator. Use it as a context manager."""

    def __init__(
        self,
        path: Path,
        annotator: str,
        *,
        journal: Path | None = None,
        reading: Reading | None = None,
        queue: Path | None = None,
        allow_network: bool = False,
    ) -> None:
        queued = read_queue(queue) if queue is not None else None
        self.path, self.annotator = path, check_annotator(annotator)
        self.rows = Rows(path, reading or Reading())
        try:
            self.journal = Journal(journal or journal_path(path), allow_network=allow_network)
        except BaseException:
            self.rows.close()
            raise
        self.identities = Identities(self.rows)
        self.standings = Standings(self.journal.events())
        self._placed: dict[int, RecordKey] = {}
        self._counts = Counter(self.standings.of(key, annotator).status for key in self.standings)
        self._touched = {key.record for key in self.standings}
        self._touched_now: set[str] = set()  # in this sitting: their copies were not counted from the first row on
        self._copies: Counter[str] = Counter()
        self._settled = 0
        self.decided_now = 0
        """Events that this sitting has committed."""
        while len(self.rows) < _FIRST_ROWS and self.rows.grow():
            pass
        if not len(self.rows):
            self.close()
            raise DataError("the file has no rows", where=str(path))
        self.queue: Queue | None = None
        """The order of the review, where a list gave one."""
        if queued is not None:
            while self.rows.grow():
                pass
            self.queue = placed(queued, self.identities, len(self.rows))
        self._place_by_hints()
        self.start_row = self._start_row()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file and the journal. Every decision is on the disk already."""
        self.journal.close()
        self.rows.close()

    # What is known ------------------------------------------------------------------------------------

    def seen(self, row: int) -> Seen:
        """The record in a row, or why there is none."""
        return self.rows.seen(row)

    def key(self, row: int) -> RecordKey | None:
        """The key under which the row's record has events; None when nobody has touched it."""
        key = self._placed.get(row)
        # A hint from an earlier sitting counts only while the row still holds that record.
        return key if key is not None and self.seen(row).id == key.record else None

    def standing(self, row: int) -> Standing:
        """How this annotator left the record in a row."""
        key = self.key(row)
        return Standing() if key is None else self.standings.of(key, self.annotator)

    def others(self, row: int) -> dict[str, Standing]:
        """How the other annotators left it; empty while this one is undecided, so that nobody is led."""
        key = self.key(row)
        if key is None or not self.standing(row).is_decided:
            return {}
        everybody = self.standings.all_of(key)
        return {name: left for name, left in everybody.items() if name != self.annotator and left.status != "undecided"}

    def suspicions(self, row: int) -> Sequence[str]:
        """Why the queue has this row, one line for each reason."""
        return self.queue.why.get(row, ()) if self.queue is not None else ()

    def record(self, row: int) -> Fields | None:
        """The record as it stands for this annotator: their edit, or what the file holds."""
        standing = self.standing(row)
        return standing.edit if standing.is_edited else self.seen(row).record

    @property
    def counts(self) -> dict[str, int]:
        """Records by status; `undecided` counts what is left of the file, skipped records included."""
        decided = {status: self._counts[status] for status in ("accepted", "rejected", "edited", "skipped")}
        left = len(self.rows) - sum(self._counts[status] for status in ("accepted", "rejected", "edited"))
        return {**decided, "undecided": max(left, 0)}

    def filtered(self, wanted: Filter) -> Sequence[int]:
        """The rows with a status, in order, as they are now."""
        if wanted == "all":
            return range(len(self.rows))
        if wanted == "queue":
            return self.queue.rows if self.queue is not None else ()
        if wanted == "undecided":
            decided = {row for row in list(self._placed) if self.standing(row).is_decided}
            return array("Q", (row for row in range(len(self.rows)) if row not in decided))
        standings = ((row, self.standing(row)) for row in sorted(self._placed))
        if wanted == "noted":
            return array("Q", (row for row, standing in standings if standing.note))
        return array("Q", (row for row, standing in standings if standing.status == wanted))

    def find(self, wanted: str) -> int | None:
        """The row of a number (from 1), or of a record id or its beginning; None when there is no such row yet."""
        digits = wanted.strip().replace(",", "")
        if digits.isascii() and digits.isdigit() and 0 < int(digits) <= len(self.rows):
            return int(digits) - 1
        start = wanted.strip().lower()
        is_id = len(start) >= 2 and all(character in "0123456789abcdef" for character in start)
        return self.identities.find_prefix(start) if is_id else None

    # What is done -------------------------------------------------------------------------------------

    def decide(
        self, row: int, action: Action, *, next_row: int, after: Fields | None = None, note: str | None = None
    ) -> Event:
        """Commit a decision about a row; it is on the disk when this returns.

        `next_row` is where the annotator continues, also after a crash. Raises `DataError` for a row that cannot be
        read, and `TilthError` when the journal did not take the decision: then nothing has happened.
        """
        key = self.identities.key(row)
        if key is None:
            raise DataError("a row that cannot be read cannot be decided", where=f"{self.path}:{self.rows.line(row)}")
        before = self.record(row) if action == "edit" else None
        place = (next_row, self.seen(next_row).id or "")
        event = self.journal.append(
            action, key, row, self.annotator, before=before, after=after, note=note, place=place
        )
        self.decided_now += 1
        self.catch_up()
        return event

    def undo(self) -> Event | None:
        """Take back this annotator's last action, of this sitting or an earlier one; None when there is none."""
        event = self.journal.undo(self.annotator)
        if event is not None:
            self.decided_now += 1
            self.catch_up()
        return event

    def catch_up(self) -> bool:
        """Take in what has been committed since, by this session and by others; True when there was something."""
        news = list(self.journal.events(after=self.standings.last_number))
        for event in news:
            before = self.standings.of(event.key, self.annotator).status if event.key in self.standings else None
            self.standings.add(event)
            if event.key.record not in self._touched:
                self._touched_now.add(event.key.record)
                self._touched.add(event.key.record)
            if before is not None:
                self._counts[before] -= 1
            self._counts[self.standings.of(event.key, self.annotator).status] += 1
            self._place(event)
        return bool(news)

    def remember_place(self, row: int) -> None:
        """Keep where the annotator stopped looking, for the next sitting."""
        self.journal.remember_place(self.annotator, row, self.seen(row).id or "")

    def settle(self, rows: int) -> bool:
        """Go through some more rows and put every decision where its record lies now; False when all are through.

        The hints of earlier sittings are right as long as nobody changed the file. This makes them right in any case.
        """
        if self.rows.grow():  # first all rows, so that the list is whole; then, for much longer, their ids
            return True
        if self._settled >= len(self.rows):
            return False
        end = min(self._settled + rows, len(self.rows))
        if end:
            self.identities.reach(end - 1)
        for row in range(self._settled, end):
            self._settle_row(row)
        self._settled = end
        return True

    @property
    def is_settled(self) -> bool:
        """True once every row of the file has been gone through."""
        return self.rows.is_complete and self._settled >= len(self.rows)

    @property
    def unmatched(self) -> int:
        """Decisions whose record is no longer in the file; known once settled."""
        return len(set(self.standings) - set(self._placed.values())) if self.is_settled else 0

    # Where things lie ---------------------------------------------------------------------------------

    def _settle_row(self, row: int) -> None:
        record = self.identities.id(row)
        if record is None or record not in self._touched:
            self._placed.pop(row, None)
            return
        if record not in self._copies and record in self._touched_now:
            self._copies[record] = self.identities.count(record, before=row)
        key = RecordKey(record, self._copies[record])
        self._copies[record] += 1
        if key in self.standings:
            self._placed[row] = key
        else:
            self._placed.pop(row, None)

    def _place_by_hints(self) -> None:
        for key in self.standings:
            last = max(self.standings.all_of(key).values(), key=lambda standing: standing.number)
            if last.row < len(self.rows) or not self.rows.is_complete:
                self._placed[last.row] = key

    def _place(self, event: Event) -> None:
        """Put a new event where its record lies: at its hint, or where the ids say."""
        if event.row < len(self.rows) and self.seen(event.row).id == event.key.record:
            self._placed[event.row] = event.key
        elif (row := self.identities.find(event.key)) is not None:
            self._placed[row] = event.key

    def _start_row(self) -> int:
        """Where the annotator continues: their place while it holds the same record, else the first undecided row.

        With a queue, the first in it that is undecided.
        """
        if self.queue is not None and len(self.queue.rows):
            waiting = (row for row in self.queue.rows if not self.standing(row).is_decided)
            return next(waiting, self.queue.rows[0])
        place = self.journal.place(self.annotator)
        if place is None:
            return 0
        row, record = place
        while row >= len(self.rows) and self.rows.grow():
            pass
        if row < len(self.rows) and self.seen(row).id == (record or None):
            return row
        return next((row for row in range(len(self.rows)) if not self.standing(row).is_decided), 0)
