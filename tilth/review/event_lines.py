"""Decisions as JSON Lines: a journal that can be sent to a colleague, merged, and read in a diff."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tilth.errors import DataError
from tilth.formats import Dataset, write_rows
from tilth.review.event import Event, RecordKey
from tilth.review.journal import Journal

_NAMES = ("uuid", "record", "occurrence", "row", "annotator", "time", "action", "before", "after", "note", "undoes")
_NEEDED = ("uuid", "record", "annotator", "time", "action")


def read_events(path: Path) -> Iterator[Event]:
    """The events of a journal, or of a file that `write_events` wrote (told by its suffix), in their order.

    Raises `DataError` for a line that is no event.
    """
    if path.suffix != ".jsonl":
        with Journal(path, create=False, allow_network=True) as journal:
            yield from journal.events()
        return
    number = 0
    for batch in Dataset.open(path, dialect="tilth", record_type="text").batches():
        for row, origin in zip(batch.rows, batch.origins, strict=True):
            number += 1
            yield _event(dict(row), number, str(origin))


def write_events(events: Iterable[Event], path: Path, *, overwrite: bool = False) -> int:
    """Write events one a line; returns how many."""
    return write_rows(path, map(_line, events), overwrite=overwrite)


def _line(event: Event) -> dict[str, Any]:
    values = {**event.fields(), "record": event.key.record, "occurrence": event.key.occurrence}
    return {name: values[name] for name in _NAMES if values[name] is not None}


def _event(row: dict[str, Any], number: int, where: str) -> Event:
    missing = [name for name in _NEEDED if not isinstance(row.get(name), str)]
    if missing or set(row) - set(_NAMES):
        found = f"{missing[0]} is missing" if missing else f"{sorted(set(row) - set(_NAMES))[0]} is no part of one"
        raise DataError(f"this is no review event: {found}", where=where, fix="a journal of tilth review")
    key = RecordKey(row.pop("record"), row.pop("occurrence", 0))
    return Event(number, row.pop("uuid"), key, row.pop("row", 0), **row)
