"""Rows linked by id and parent_id as conversations, and conversations as such rows."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tilth.errors import DataError
from tilth.schemas.dialects.spelling import is_same
from tilth.schemas.exact_json import canonical_json

TURNS, AT = "turns", "at"
"""An unfolded row: the rows that a conversation goes through, and their places in the file where these say more."""

Row = Mapping[str, Any]


def conversations(rows: Iterable[tuple[int, Row]], own: str = "id") -> Iterator[tuple[int, Row]]:
    """Each way from a first row to a last one, in the order of the last ones. `own` is the field of a row's id.

    A row whose parent is not there, or is reached only in a circle, is a first one.
    """
    listed = list(rows)
    places: dict[bytes, int] = {}
    for place, (_, row) in enumerate(listed):
        if _is_id(row.get(own)):
            places.setdefault(canonical_json(row[own]), place)
    parents = [
        places.get(canonical_json(row.get("parent_id"))) if _is_id(row.get("parent_id")) else None for _, row in listed
    ]
    answered = {parent for place, parent in enumerate(parents) if parent is not None and parent != place}
    ways = [_way(place, parents) for place in range(len(listed)) if place not in answered]
    seen = {place for way in ways for place in way}
    ways += [[place] for place in range(len(listed)) if place not in seen]  # rows that only reply to each other
    new = list(dict.fromkeys(place for way in ways for place in way))
    is_plain = new == list(range(len(listed))) and len(places) == len(listed)
    for way in ways:
        turns = {TURNS: [dict(listed[place][1]) for place in way]}
        yield listed[way[0]][0], turns if is_plain else {**turns, AT: way}


class Threads:
    """Writes each exchange as a row, once: rows of conversations that begin alike are the same rows."""

    def __init__(self, own: str = "id") -> None:
        self._own = own
        self._written: dict[bytes, Row] = {}
        self._waiting: dict[int, Row] = {}
        self._made = 0

    def add(self, row: Row) -> Iterable[Row]:
        """Take a conversation; gives its new rows. Where rows have places, they wait for all the others."""
        turns, places = row.get(TURNS), row.get(AT)
        if not isinstance(turns, list):
            return [row]
        if isinstance(places, list) and len(places) == len(turns):
            for place, turn in zip(places, turns, strict=True):
                self._check_same(self._waiting.setdefault(place, turn), turn)
            return []
        return list(self._new(turns))

    def close(self) -> Iterable[Row]:
        """The rows that had places, in order."""
        return [self._waiting[place] for place in sorted(self._waiting)]

    def _new(self, turns: list[dict[str, Any]]) -> Iterator[Row]:
        before: Any = ""  # no parent; null would make a coded column of it in CSV, which H2O LLM Studio reads most
        for turn in turns:
            if not _is_id(turn.get(self._own)):
                self._made += 1
                turn = {**turn, self._own: f"row-{self._made}", "parent_id": before}
                yield turn
            elif (key := canonical_json(turn[self._own])) in self._written:
                self._check_same(self._written[key], turn)
            else:
                self._written[key] = turn
                yield turn
            before = turn[self._own]

    def _check_same(self, written: Row, turn: Row) -> None:
        if not is_same(written, turn):
            raise DataError(
                f"two conversations share the row {turn.get(self._own)} and say it differently",
                fix="--to-dialect openai, where each conversation stands for itself",
            )


def _way(place: int, parents: list[int | None]) -> list[int]:
    way = [place]
    while (parent := parents[way[-1]]) is not None and parent not in way:
        way.append(parent)
    return way[::-1]


def _is_id(value: Any) -> bool:
    return value is not None and value != ""
