"""The order in which rows are visited: of two that repeat each other, the one that is visited first stays."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tilth.errors import UsageError
from tilth.operation import Dataset

Rows = NDArray[np.int64]


def by_number(data: Dataset, field: str) -> Rows:
    """The highest number in the field first; rows without one come last."""
    return _falling([_number(text) for text in _values(data, field)], field, "a number", "0.75")


def by_date(data: Dataset, field: str) -> Rows:
    """The latest date in the field first; rows without one come last."""
    return _falling([_moment(text) for text in _values(data, field)], field, "a date", "2024-05-01T12:30Z")


def by_source(data: Dataset, field: str | None, priority: Sequence[str]) -> Rows:
    """The first source that is named first; sources that are not named come last.

    Without a field a row's source is the file that it came from, which its path, its name or its stem names.
    """
    rank = {name: place for place, name in enumerate(priority)}
    found: list[int] = []
    for value in _values(data, field) if field else _files(data):
        names = (value, Path(value).name, Path(value).name.split(".")[0]) if value else ()
        found.append(min((rank[name] for name in names if name in rank), default=len(rank)))
    if rank and found and min(found) == len(rank):
        raise UsageError(
            f"dedup: no row is from {', '.join(priority)}", fix="--source-field, to say which field names the source"
        )
    return np.argsort(np.array(found, np.int64), kind="stable")


def _values(data: Dataset, field: str) -> Iterator[str | None]:
    for (texts,) in data.columns(field):
        yield from texts.to_pylist()


def _files(data: Dataset) -> Iterator[str]:
    for batch in data.batches():
        yield from batch.files


def _falling(values: Sequence[float | None], field: str, kind: str, example: str) -> Rows:
    if values and all(value is None for value in values):
        raise UsageError(f"dedup: {field} is {kind} in no row", fix=f"a field that holds {kind}, such as {example}")
    height = np.array([-np.inf if value is None else value for value in values], np.float64)
    return np.argsort(-height, kind="stable")


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return None if value != value else value


def _moment(text: str | None) -> float | None:
    """Seconds since 1970: of an ISO 8601 date, in UTC where it names no zone, or as the number that stands there."""
    try:
        found = datetime.fromisoformat((text or "").strip())
    except ValueError:
        return _number(text)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
