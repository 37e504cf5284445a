"""Fields of records that hold numbers, found out while the rows go by."""

import re
from array import array
from collections.abc import Iterator, Mapping
from typing import Any

from tilth.schemas.identity import NOT_CONTENT

_MOST_FIELDS = 40
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")
"""A number as text (CSV knows no other). One with leading zeros is a name: `007`."""
_BESIDE = ("quality", "signals")
"""What is told in `meta` in numbers."""


class NumberFields:
    """The values of each field all of whose values are numbers, or texts that spell one."""

    def __init__(self) -> None:
        self.values: dict[str, array[float]] = {}
        self._others: set[str] = set()

    def add(self, record: Mapping[str, Any]) -> None:
        """Take in one record."""
        for name, value in _fields(record):
            if value is None or value == "" or name in self._others:
                continue
            number = _number(value)
            if number is None:
                self._others.add(name)
                self.values.pop(name, None)
            elif name in self.values or len(self.values) < _MOST_FIELDS:
                self.values.setdefault(name, array("d")).append(number)


def _fields(record: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield from ((name, value) for name, value in record.items() if name != "type" and name not in NOT_CONTENT)
    extra, meta = record.get("extra"), record.get("meta")
    if isinstance(extra, dict):
        yield from ((name, value) for name, value in extra.items() if name != "id")
    if isinstance(meta, dict):
        for told in _BESIDE:
            inner = meta.get(told)
            if isinstance(inner, dict):
                numbers = ((name, value) for name, value in inner.items() if isinstance(value, int | float))
                yield from ((f"meta.{told}.{name}", value) for name, value in numbers)


def _number(value: Any) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:
            return None
        return number if number - number == 0 else None  # neither infinite nor NaN
    if isinstance(value, str) and len(value) < 40 and _NUMBER.fullmatch(value):
        return float(value)
    return None
