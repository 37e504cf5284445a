"""Which rows hold a text, over a whole file, at reading speed: only a line that can match is parsed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tilth.review.rows import Rows, parse_row

_BLOCK_ROWS = 2_000
# In JSON a character can also be written as an escape: then only the parsed line tells whether it matches.
_ESCAPES = ("\\u", "\\/")


@dataclass(frozen=True, slots=True)
class Progress:
    """What one step of a search found, and how far it has come."""

    found: list[int]
    """Matching rows, in order."""
    searched: int
    """Rows gone through so far."""


def search(rows: Rows, query: str) -> Iterator[Progress]:
    """Rows whose values hold the query, ignoring case: the values of all fields, `meta` and unknown fields too.

    Steps come about every two thousand rows, so that a caller can show progress and stop. Rows as the file holds
    them are searched, not edits.
    """
    wanted = query.casefold()
    written = json.dumps(query, ensure_ascii=False)[1:-1].casefold()
    first = 0
    while True:
        while first >= len(rows) and rows.grow():
            pass
        after = min(first + _BLOCK_ROWS, len(rows))
        if after <= first:
            return
        found: list[int] = []
        if _can_match(rows.raw_span(first, after), written):
            found = [row for row in range(first, after) if _matches(rows.raw(row), written, wanted)]
        yield Progress(found, after)
        first = after


def _can_match(raw: bytes, written: str) -> bool:
    text = raw.decode("utf-8", errors="replace").casefold()
    return written in text or any(escape in text for escape in _ESCAPES)


def _matches(raw: bytes, written: str, wanted: str) -> bool:
    if not _can_match(raw, written):
        return False
    try:
        row = parse_row(raw)
    except ValueError:
        return wanted in raw.decode("utf-8", errors="backslashreplace").casefold()
    return any(wanted in value.casefold() for value in _values(row))


def _values(value: Any) -> Iterator[str]:
    """Every text in a value, and every number and word as it is written."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from _values(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _values(inner)
    else:
        yield value if isinstance(value, str) else json.dumps(value)
