"""Which columns a set of rows needs: gathered in one pass, so that a flat container can hold rows of any shape.

Rows are JSON objects whose keys may differ, and come in another order, from row to row. A container with columns
(CSV, Parquet) holds them exactly when it knows beforehand which keys there are, what lies under each, and which rows
have their keys in another order than the columns.
"""

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any

from tilth.errors import DataError
from tilth.formats.block import Row

MAX_COLUMNS = 10_000
"""More different keys than this are keys that hold data, and a table of them would be nearly all holes."""
_SHAPES_REMEMBERED = 10_000
_INT64 = range(-(2**63), 2**63)


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


class Columns:
    """The columns of a set of rows, in an order that as many rows as possible share."""

    def __init__(self) -> None:
        self.rows = 0
        self._columns: dict[str, Column] = {}
        self._order: list[str] = []
        self._seen_shapes: set[tuple[str, ...]] = set()
        self._forgot_shapes = False
        self._ordered_shapes: dict[tuple[str, ...], bool] = {}

    def see(self, rows: Sequence[Row]) -> None:
        """Take note of some rows."""
        shapes = dict.fromkeys(map(tuple, rows))  # in the order of the rows: it decides the order of the columns
        self.rows += len(rows)
        for shape in shapes:
            if shape not in self._seen_shapes:
                self._see_shape(shape)
        if len(shapes) == 1:
            for key in next(iter(shapes)):
                self._columns[key].see(list(map(itemgetter(key), rows)))
            return
        for key in {key for shape in shapes for key in shape}:
            self._columns[key].see([row[key] for row in rows if key in row])

    def ordered(self) -> list[Column]:
        """All columns, a key that came later beside the one that it follows in its row."""
        return [self._columns[key] for key in self._order]

    def is_everywhere(self, column: Column) -> bool:
        """Whether every row has the column's key."""
        return column.rows == self.rows

    def all_in_order(self) -> bool:
        """Whether every row is known to have its keys in the order of the columns."""
        return bool(self._order) and not self._forgot_shapes and all(map(self.in_order, self._seen_shapes))

    def in_order(self, keys: Iterable[str]) -> bool:
        """Whether the keys of a row come in the order of the columns."""
        shape = tuple(keys)
        known = self._ordered_shapes.get(shape)
        if known is None:
            position = {key: place for place, key in enumerate(self._order)} if shape else {}
            places = [position[key] for key in shape]
            known = places == sorted(places)
            if len(self._ordered_shapes) >= _SHAPES_REMEMBERED:
                self._ordered_shapes.clear()
            self._ordered_shapes[shape] = known
        return known

    def _see_shape(self, shape: tuple[str, ...]) -> None:
        if len(self._seen_shapes) >= _SHAPES_REMEMBERED:
            self._seen_shapes.clear()
            self._forgot_shapes = True
        self._seen_shapes.add(shape)
        before: str | None = None
        place: int | None = 0  # where a key goes that comes now; None when that has to be looked up
        for key in shape:
            if key in self._columns:
                place = None
            else:
                place = self._order.index(before) + 1 if place is None and before is not None else place or 0
                self._columns[key] = Column(key)
                self._order.insert(place, key)
                place += 1
            before = key
        if len(self._order) > MAX_COLUMNS:
            raise DataError(f"the rows have more than {MAX_COLUMNS} different keys", fix="an output in jsonl")


def reordered(row: dict[str, Any], keys: object) -> dict[str, Any] | None:
    """The row with its keys in the order given; None when that is no order of exactly these keys."""
    if not isinstance(keys, list) or len(keys) != len(row) or not all(isinstance(key, str) for key in keys):
        return None
    return {key: row[key] for key in keys} if set(keys) == row.keys() else None
