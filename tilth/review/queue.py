"""The order in which rows are reviewed when a list of suspicions says it, and why each row is in the list."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tilth.errors import DataError, UsageError
from tilth.review.event import RecordKey
from tilth.review.identities import Identities
from tilth.schemas.safe_text import safe_text


@dataclass(frozen=True)
class Queued:
    """A row that waits to be looked at."""

    key: RecordKey
    why: tuple[str, ...]
    """One line for each reason, safe to show."""


@dataclass(frozen=True)
class Queue:
    """Rows of a file in the order of a list."""

    rows: Sequence[int]
    why: Mapping[int, Sequence[str]]
    missing: int
    """Entries whose record is not in the file."""


def read_queue(path: Path) -> list[Queued]:
    """The entries of a list as `tilth suspects` writes it, or of rows set aside; in the order of the file.

    Raises `DataError`, with the line, for an entry without an id.
    """
    if not path.is_file():
        raise UsageError("there is no such list", where=str(path), fix="tilth suspects FILE -o suspects.jsonl")
    with path.open("rb") as file:
        return [_queued(line, f"{path}:{number}") for number, line in enumerate(file, start=1) if line.strip()]


def placed(entries: Sequence[Queued], identities: Identities, rows: int) -> Queue:
    """Where the entries lie in a file of so many rows: found by content, so that the list outlives a sorted file."""
    if rows:
        identities.reach(rows - 1)
    wanted = {entry.key.record for entry in entries}
    places: dict[RecordKey, int] = {}
    copies: dict[str, int] = {}
    for row in range(rows):
        record = identities.id(row)
        if record in wanted:
            places[RecordKey(record, copies.setdefault(record, 0))] = row
            copies[record] += 1
    order: list[int] = []
    why: dict[int, list[str]] = {}
    for entry in entries:
        if (place := places.get(entry.key)) is not None:
            if place not in why:
                order.append(place)
            why.setdefault(place, []).extend(entry.why)
    return Queue(order, why, sum(entry.key not in places for entry in entries))


def _queued(line: bytes, where: str) -> Queued:
    try:
        told = json.loads(line)
        record, copy = told["id"], told.get("copy") or 0
    except (ValueError, KeyError, TypeError, AttributeError) as failure:
        raise _no_entry(where) from failure
    if not isinstance(record, str) or not isinstance(copy, int):
        raise _no_entry(where)
    reasons = told.get("reasons") if isinstance(told.get("reasons"), list) else [told]
    return Queued(RecordKey(record, copy), tuple(_words(reasons)))


def _words(reasons: Sequence[Any]) -> Iterator[str]:
    for reason in reasons:
        if isinstance(reason, dict) and "code" in reason:
            score = reason.get("score")
            at = f" {score:.3g}" if isinstance(score, int | float) else ""
            detail = f": {reason['detail']}" if reason.get("detail") else ""
            operation = f"{reason['operation']} " if reason.get("operation") else ""
            yield safe_text(f"{operation}{reason['code']}{at}{detail}", one_line=True)


def _no_entry(where: str) -> DataError:
    return DataError(
        "the line names no record", where=where, fix="a list as tilth suspects FILE -o LIST.jsonl writes it"
    )
