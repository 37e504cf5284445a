"""Which combinations of keys the rows of a block have."""

from collections.abc import Sequence

import numpy as np

from tilth.formats.bulk.surprise import expect
from tilth.formats.bulk.texts import Places
from tilth.formats.key_order import KeyOrder, Shape

_LARGEST = 2**63


def keys_in_order(shapes: Sequence[Shape]) -> list[str]:
    """All keys, in an order in which those of every row come. Raises `Surprise` where there is none."""
    order = KeyOrder()
    for shape in shapes:
        order.see(shape)
    expect(all(map(order.in_order, shapes)))
    return list(order.keys)


def shapes_of(numbers: Places, row_of: Places, rows: int, names: list[str]) -> list[Shape]:
    """Every combination of keys, as they come.

    `numbers` are the keys of all rows, one row after the other, by their number in `names`. Raises `Surprise` for a
    key given twice.
    """
    counts = np.bincount(row_of, minlength=rows)
    begins = np.cumsum(counts) - counts
    shapes = []
    for row in _first_of_each(numbers, counts, begins, len(names)):
        shape = tuple(names[number] for number in numbers[begins[row] : begins[row] + counts[row]].tolist())
        expect(len(set(shape)) == len(shape))
        shapes.append(shape)
    return shapes


def _first_of_each(numbers: Places, counts: Places, begins: Places, names: int) -> list[int]:
    """The first row of each combination of keys."""
    width = int(counts.max())
    if (counts == width).all():
        table = numbers.reshape(-1, width)
        if (table == table[0]).all():
            return [0]
    base = names + 1
    if base**width < _LARGEST:
        weights = base ** np.arange(width)
        places = np.arange(len(numbers)) - np.repeat(begins, counts)
        codes = np.add.reduceat((numbers + 1) * weights[places], begins)
        return sorted(np.unique(codes, return_index=True)[1].tolist())
    first: dict[bytes, int] = {}
    for row, (begin, count) in enumerate(zip(begins.tolist(), counts.tolist(), strict=True)):
        first.setdefault(numbers[begin : begin + count].tobytes(), row)
    return list(first.values())
