"""Which rows have which keys, told by the columns."""

from collections.abc import Sequence

import numpy as np

from tilth.formats.bulk.arrays import Flags, is_given
from tilth.formats.bulk.column import ValueColumn
from tilth.formats.key_order import Shape

_MOST_BITS = 62


def shapes_in(columns: Sequence[ValueColumn], rows: int) -> list[Shape]:
    """Every combination of keys that a row has, as they come, each in the order of the columns."""
    optional = [column for column in columns if column.present < rows]
    if not optional:
        return [tuple(column.key for column in columns)]
    has = [_has_key(column, rows) for column in optional]
    shapes = []
    for row in _first_of_each(has):
        absent = {column.key for column, flags in zip(optional, has, strict=True) if not flags[row]}
        shapes.append(tuple(column.key for column in columns if column.key not in absent))
    return shapes


def _has_key(column: ValueColumn, rows: int) -> Flags:
    given = [is_given(part) for part in (column.text, column.json) if part is not None]
    if not given:  # no row of the block has the key
        return np.zeros(rows, np.bool_)
    return given[0] if len(given) == 1 else given[0] | given[1]


def _first_of_each(has: list[Flags]) -> list[int]:
    """The first row of each combination of flags."""
    if len(has) <= _MOST_BITS:
        codes = np.zeros(len(has[0]), np.int64)
        for place, flags in enumerate(has):
            codes |= flags.astype(np.int64) << place
        return sorted(np.unique(codes, return_index=True)[1].tolist())
    first: dict[bytes, int] = {}
    for row, flags in enumerate(np.stack(has, axis=1)):
        first.setdefault(flags.tobytes(), row)
    return list(first.values())
