"""Which columns a set of rows needs: gathered in one pass, so that a flat container can hold rows of any shape.

Rows are JSON objects whose keys may differ, and come in another order, from row to row. A container with columns
(CSV, Parquet) holds them exactly when it knows beforehand which keys there are, what lies under each, and which rows
have their keys in another order than the columns.
"""

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any, Protocol

from tilth.formats.block import Row
from tilth.formats.key_order import KeyOrder, Shape

_INT64 = range(-(2**63), 2**63)


class SeenColumn(Protocol):
    """What lies under one key in a block of rows, as somebody has seen it already."""

    @property
    def key(self) -> str:
        """The key."""
        ...

    @property
    def kinds(self) -> frozenset[type]:
        """The kinds of its values."""
        ...

    @property
    def present(self) -> int:
        """How many rows have it."""
        ...

    @property
    def has_long_integer(self) -> bool:
        """Whether an integer needs more than 64 bits."""
        ...


class Column:
    """What was seen under one key."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.kinds: set[type] = set()
        self.rows = 0
        """Rows that have the key."""
        self.has_long_integer = False
        """Whether an integer needs more than 64 bits."""

    def see(self, values: Sequence[Any]) -> None:
        """Take note of the values of some rows."""
        kinds = set(map(type, values))
        self.kinds |= kinds
        self.rows += len(values)
        if int in kinds and not self.has_long_integer:
            self.has_long_integer = any(type(value) is int and value not in _INT64 for value in values)

    def note(self, kinds: Iterable[type], rows: int, *, has_long_integer: bool) -> None:
        """Take note of the values of some rows, of which all is known already."""
        self.kinds |= set(kinds)
        self.rows += rows
        self.has_long_integer |= has_long_integer


class Columns:
    """The columns of a set of rows, in an order that as many rows as possible share."""

    def __init__(self) -> None:
        self.rows = 0
        self.order = KeyOrder()
        self._columns: dict[str, Column] = {}

    def see(self, rows: Sequence[Row]) -> None:
        """Take note of some rows."""
        shapes = dict.fromkeys(map(tuple, rows))  # in the order of the rows: it decides the order of the columns
        self.rows += len(rows)
        for shape in shapes:
            self.order.see(shape)
        if len(shapes) == 1:
            for key in next(iter(shapes)):
                self.column(key).see(list(map(itemgetter(key), rows)))
            return
        for key in {key for shape in shapes for key in shape}:
            self.column(key).see([row[key] for row in rows if key in row])

    def see_columns(self, shapes: Iterable[Shape], columns: Iterable[SeenColumn], rows: int) -> None:
        """Take note of rows that are columns already."""
        for shape in shapes:
            self.order.see(shape)
        for column in columns:
            self.column(column.key).note(column.kinds, column.present, has_long_integer=column.has_long_integer)
        self.rows += rows

    def column(self, key: str) -> Column:
        """The column of a key."""
        found = self._columns.get(key)
        if found is None:
            found = self._columns[key] = Column(key)
        return found

    def ordered(self) -> list[Column]:
        """All columns in their order."""
        return [self._columns[key] for key in self.order.keys]

    def is_everywhere(self, column: Column) -> bool:
        """Whether every row has the column's key."""
        return column.rows == self.rows


def reordered(row: dict[str, Any], keys: object) -> dict[str, Any] | None:
    """The row with its keys in the order given; None when that is no order of exactly these keys."""
    if not isinstance(keys, list) or len(keys) != len(row) or not all(isinstance(key, str) for key in keys):
        return None
    return {key: row[key] for key in keys} if set(keys) == row.keys() else None
