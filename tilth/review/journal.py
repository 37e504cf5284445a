"""The decision journal: an append-only list of what people did to records, durable event by event.

The source file is never edited. What a record's state is follows from replaying its events (`tilth.review.standing`),
and an undo is one more event. `append` returns after the commit has reached the disk, so whatever a screen shows with
its number survives a kill and a power cut. Any number of processes and annotators may write to one journal at once.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from tilth.errors import DataError, TilthError, UsageError
from tilth.operation import Fields
from tilth.review.event import Action, Event, RecordKey
from tilth.review.journal_file import open_database

_EVENTS = "SELECT * FROM events WHERE number > ? ORDER BY number"
_LAST_THAT_COUNTS = """
SELECT * FROM events WHERE annotator = ? AND action != 'undo'
AND uuid NOT IN (SELECT undoes FROM events WHERE undoes IS NOT NULL) ORDER BY number DESC LIMIT 1
"""
_INSERT = "INSERT INTO events VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_MAX_ANNOTATOR = 100


def journal_path(source: Path) -> Path:
    """Where the journal of a file lies unless another place is given: beside it."""
    return source.with_name(source.name + ".review.sqlite")


class Journal:
    """An open journal. Use it as a context manager, or close it."""

    def __init__(self, path: str | Path, *, create: bool = True, allow_network: bool = False) -> None:
        """Open the journal at `path`, making it (mode 0600) unless `create` is off.

        Raises `UsageError` for a path that cannot be used, among them one on a network filesystem unless
        `allow_network`, and `DataError` for a file that is no journal.
        """
        self.path = Path(path)
        self._database = open_database(self.path, create=create, allow_network=allow_network)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file. Nothing is outstanding: every event was committed when `append` returned."""
        self._database.close()

    def append(
        self,
        action: Action,
        key: RecordKey,
        row: int,
        annotator: str,
        *,
        before: Fields | None = None,
        after: Fields | None = None,
        note: str | None = None,
        place: tuple[int, str] | None = None,
    ) -> Event:
        """Commit one event and give it back with its number; it is on the disk when this returns.

        `place` is the (row, record id) where the annotator continues; it is committed with the event. Raises
        `TilthError` when the event could not be committed: then it is not in the journal.
        """
        if action == "undo":
            raise UsageError("an undo names what it takes back", fix="Journal.undo")
        with self._transaction():
            return self._insert(action, key, row, check_annotator(annotator), before, after, note, None, place)

    def undo(self, annotator: str) -> Event | None:
        """Take back the annotator's last event that still counts; None when there is none left."""
        with self._transaction():
            last = self._database.execute(_LAST_THAT_COUNTS, (annotator,)).fetchone()
            if last is None:
                return None
            event = _event(last)
            place = (event.row, event.key.record)
            return self._insert("undo", event.key, event.row, annotator, None, None, None, event.uuid, place)

    def events(self, after: int = 0) -> Iterator[Event]:
        """The events with a number above `after`, in the order in which they were committed."""
        with _worded(self.path):
            rows = self._database.execute(_EVENTS, (after,))
            yield from map(_event, rows.fetchall())

    def place(self, annotator: str) -> tuple[int, str] | None:
        """The (row, record id) where the annotator was last, or None."""
        with _worded(self.path):
            found = self._database.execute(
                "SELECT row, record FROM places WHERE annotator = ?", (annotator,)
            ).fetchone()
        return None if found is None else (int(found[0]), str(found[1]))

    def remember_place(self, annotator: str, row: int, record: str) -> None:
        """Keep where the annotator is, without an event."""
        with self._transaction():
            self._set_place(annotator, (row, record))

    def _insert(
        self,
        action: Action,
        key: RecordKey,
        row: int,
        annotator: str,
        before: Fields | None,
        after: Fields | None,
        note: str | None,
        undoes: str | None,
        place: tuple[int, str] | None,
    ) -> Event:
        time = datetime.now(UTC).isoformat(timespec="milliseconds")
        values = (
            str(uuid4()),
            *key,
            row,
            annotator,
            time,
            action,
            _dump(before),
            _dump(after),
            _storable(note),
            undoes,
        )
        added = self._database.execute(_INSERT, values)
        if place is not None:
            self._set_place(annotator, place)
        return _event((added.lastrowid, *values))

    def _set_place(self, annotator: str, place: tuple[int, str]) -> None:
        self._database.execute("INSERT OR REPLACE INTO places VALUES (?, ?, ?)", (annotator, *place))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All or nothing. BEGIN IMMEDIATE takes the write lock before anything is read: no writer comes between."""
        with _worded(self.path):
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._database.execute("COMMIT")
            except BaseException:
                # A failed write may have rolled back already, and then there is no transaction to end.
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise


@contextmanager
def _worded(path: Path) -> Iterator[None]:
    """SQLite's failures in the user's words."""
    try:
        yield
    except sqlite3.OperationalError as failure:
        raise TilthError(f"the journal {path} did not take it: {failure}") from failure
    except sqlite3.DatabaseError as failure:
        raise DataError(f"the journal {path} is damaged: {failure}", fix="restore it from a copy") from failure


def check_annotator(name: str) -> str:
    """The name, fit to be stored. Raises `UsageError` for an empty, over-long or unprintable one."""
    if not name.strip() or len(name) > _MAX_ANNOTATOR or not name.isprintable():
        raise UsageError(f"the annotator's name is {name!r}", fix=f"1 to {_MAX_ANNOTATOR} printable characters")
    return name


def _event(row: tuple[Any, ...]) -> Event:
    number, uuid, record, occurrence, place, annotator, time, action, before, after, note, undoes = row
    key = RecordKey(record, occurrence)
    return Event(number, uuid, key, place, annotator, time, action, _load(before), _load(after), note, undoes)


def _dump(fields: Fields | None) -> str | None:
    # ASCII, because a record may hold a lone surrogate, which no UTF-8 can.
    return None if fields is None else json.dumps(fields, ensure_ascii=True, allow_nan=False)


def _load(text: str | None) -> Fields | None:
    if text is None:
        return None
    fields = json.loads(text)
    if not isinstance(fields, dict):
        raise DataError("the journal holds an edit that is no record")
    return fields


def _storable(note: str | None) -> str | None:
    return None if note is None else note.encode("utf-8", "replace").decode("utf-8")
