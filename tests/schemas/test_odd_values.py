"""The example rows of every dialect with values that nobody expects: they come back, or it is another dialect's row."""

import copy
from collections.abc import Iterator
from contextlib import suppress
from itertools import combinations, cycle, islice, product
from typing import Any

import pytest

from tests.schemas.dialect_examples import examples
from tests.schemas.test_folding import there_and_back
from tilth.errors import TilthError
from tilth.schemas import LossError, dialect, dump_json
from tilth.schemas.dialects import dialects

ODD: list[Any] = [0, 0.0, False, None, "", [], {}, True, 1, "x", ["x"], {"a": 1}, [None], [""], [{}]]
PLAINLY_ODD = ODD[:7]
PAIRS = 150
Place = tuple[str | int, ...]


def places(value: Any, above: Place = ()) -> Iterator[Place]:
    """Where values lie in a row."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inner:
        yield (*above, name)
        yield from places(each, (*above, name))


def are_apart(one: Place, other: Place) -> bool:
    """Whether neither lies in the other."""
    shorter = min(len(one), len(other))
    return one[:shorter] != other[:shorter]


def with_value(row: dict[str, Any], place: Place, value: Any) -> dict[str, Any]:
    """The row with another value at a place."""
    changed = copy.deepcopy(row)
    holder: Any = changed
    for name in place[:-1]:
        holder = holder[name]
    holder[place[-1]] = copy.deepcopy(value)
    return changed


def odd_rows(row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The row with one value, or two, that are something else."""
    found = list(places(row))
    for place, value in product(found, ODD):
        yield with_value(row, place, value)
    pairs = [(one, other) for one, other in combinations(found, 2) if are_apart(one, other)][:PAIRS]
    for (one, other), first, second in product(pairs, PLAINLY_ODD, PLAINLY_ODD):
        yield with_value(with_value(row, one, first), other, second)


@pytest.mark.parametrize("name", [name for name, shape in dialects().items() if not shape.unfolds and name != "tilth"])
def test_a_value_that_nobody_expects_comes_back(name: str) -> None:
    shape, own = dialect(name), dialect("tilth")
    known = examples(shape)
    wider = [{"zz": 7, **row, "meta": {"k": 7}} for row in known]
    for row in (odd for example in (*known, *wider) for odd in odd_rows(example)):
        fields = own.decode(own.encode(shape.decode(copy.deepcopy(row))))
        try:
            back = shape.encode(fields)
        except LossError:
            assert shape.recognise(row) is None, row
        else:
            assert dump_json(back) == dump_json(row)


@pytest.mark.parametrize("name", [name for name, shape in dialects().items() if shape.unfolds])
def test_rows_that_belong_together_come_back_with_such_values_or_are_refused(name: str) -> None:
    shape = dialect(name)
    rows = [row for example in examples(shape) for row in (example if isinstance(example, list) else [example])]
    for odd in odd_rows({"rows": rows}):
        some = odd["rows"]
        if not isinstance(some, list) or not all(isinstance(row, dict) and shape.recognise(row) for row in some):
            continue
        if shape.folding() is None:
            for _, row in shape.unfold(enumerate(some, 1), None):
                shape.decode(row)
            continue
        try:
            back = there_and_back(shape, copy.deepcopy(some))
        except LossError:  # as a tree whose first message is nobody's
            continue
        assert dump_json(back) == dump_json(some)


def test_no_dialect_stumbles_over_what_another_has_read() -> None:
    """Each odd row is written in one of the other dialects, or refused."""
    others = cycle(dialects().values())
    for shape in dialects().values():
        rows = [row for example in examples(shape) for row in (example if isinstance(example, list) else [example])]
        for odd in islice(odd_rows({"rows": rows}), 0, None, 7):
            some = [row for row in odd["rows"] if isinstance(row, dict)] if isinstance(odd["rows"], list) else []
            with suppress(TilthError):
                for _, row in shape.unfold(enumerate(some, 1), None) if shape.unfolds else enumerate(some):
                    next(others).encode(shape.decode(row))
