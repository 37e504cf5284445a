"""Functions over columns: what the nodes of an expression are compiled to."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from tilth.curate.expression.kinds import Kind, Type, kind_of
from tilth.curate.expression.rows import Rows, Values, WrongKindError, of_kinds
from tilth.curate.expression.syntax import Name, Node

Compute = Callable[[Rows], Values]


class WrongValueError(Exception):
    """A value in a row that is of another kind than the expression needs there."""

    def __init__(self, node: Node, row: int, found: Kind, why: str, converter: str = "") -> None:
        self.node, self.row, self.found, self.why, self.converter = node, row, found, why, converter
        super().__init__(why)


@dataclass(frozen=True)
class Column:
    """What a node gives for rows: a kind, and the function that computes it."""

    node: Node
    type: Type
    compute: Compute

    def checked(self, kinds: Collection[Kind], why: str, converter: str = "") -> "Column":
        """The same column, which raises `WrongValueError` for a value of another kind.

        What a record type declares is a promise that data may break, so that fields are looked at all the same.
        """
        if not isinstance(self.node, Name) and self.type.kind is not Kind.ANY:
            return self

        def compute(rows: Rows) -> Values:
            try:
                return of_kinds(self.compute(rows), kinds)
            except WrongKindError as failure:
                raise WrongValueError(self.node, rows.owner(failure.row), failure.found, why, converter) from failure

        return Column(self.node, Type(next(iter(kinds))) if len(kinds) == 1 else self.type, compute)


def constant(value: Any) -> Compute:
    """The same value in every row."""
    return lambda rows: [value] * rows.length


def each(apply: Callable[[Any], Any], compute: Compute) -> Compute:
    """A function of every value that is not null."""
    return lambda rows: [None if value is None else apply(value) for value in compute(rows)]


def both(apply: Callable[[Any, Any], Any], left: Compute, right: Compute) -> Compute:
    """A function of two values, neither of them null."""
    return lambda rows: [
        None if one is None or other is None else apply(one, other)
        for one, other in zip(left(rows), right(rows), strict=True)
    ]


def calculated(apply: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Arithmetic that gives null where there is no number: a division by zero, a result past all numbers."""

    def calculate(one: Any, other: Any) -> Any:
        try:
            found = apply(one, other)
        except (ZeroDivisionError, OverflowError):
            return None
        return found if found - found == 0 else None  # neither infinite nor NaN

    return calculate


def decided(parts: Sequence[Compute], deciding: bool) -> Compute:
    """`or` when true decides, `and` when false does; otherwise null where any is null (Kleene's logic)."""

    def compute(rows: Rows) -> Values:
        return [verdict(outcomes, deciding) for outcomes in zip(*(part(rows) for part in parts), strict=True)]

    return compute


def verdict(outcomes: Sequence[Any], deciding: bool) -> bool | None:
    """One outcome of many: the deciding one if it is among them, null if one of them is unknown."""
    if deciding in outcomes:
        return deciding
    return None if None in outcomes else not deciding


def alike(left: Column, right: Column, kinds: tuple[Kind, ...], why: str) -> Compute:
    """Pairs of values of which nothing was known: both of one kind in each row, or `WrongValueError`."""

    def compute(rows: Rows) -> Values:
        found: Values = []
        for row, (one, other) in enumerate(zip(left.compute(rows), right.compute(rows), strict=True)):
            if one is None or other is None:
                found.append(None)
                continue
            for column, value in ((left, one), (right, other)):
                if kind_of(value) not in kinds or kind_of(value) is not kind_of(one):
                    raise WrongValueError(column.node, rows.owner(row), kind_of(value), why)
            found.append((one, other))
        return found

    return compute
