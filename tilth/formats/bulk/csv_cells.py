"""The rule of `tilth.formats.cells` for a whole column: any value in a cell of text, and back."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa

from tilth.formats.bulk.arrays import Flags, as_texts, codes_of, is_given
from tilth.formats.bulk.column import ValueColumn
from tilth.formats.bulk.formula_cells import safe_numbers, safe_texts
from tilth.formats.bulk.literals import Literals, nested, scalars
from tilth.formats.bulk.surprise import Surprise
from tilth.formats.bulk.texts import (
    Places,
    bytes_of,
    exchanged,
    first_bytes,
    first_given,
    or_empty,
    picked,
)
from tilth.formats.cells import JSON_STARTS, from_cell, to_cell
from tilth.kernels import kernel
from tilth.schemas import dump_json

_INT64 = range(-(2**63), 2**63)


def _table(starts: str) -> Flags:
    """For each byte whether it is one of these."""
    table = np.zeros(256, np.bool_)
    table[[ord(start) for start in starts]] = True
    return table


_DOUBTFUL = _table("".join(JSON_STARTS))
_NUMBER = _table("-0123456789")
_BRACKET = _table("[{")


def cells_of(column: ValueColumn, *, is_safe: bool = False) -> pa.StringArray:
    """The cell of each value; the empty text for a row without the key. With `is_safe` none is like a formula."""
    coded = None if column.text is None else _coded(column.text)
    spelt = column.json
    if is_safe:
        coded = coded if coded is None or column.text is None else safe_texts(column.text, coded)
        spelt = spelt if spelt is None else safe_numbers(spelt)
    return or_empty(first_given(spelt, coded))


def _coded(texts: pa.StringArray) -> pa.StringArray:
    """Texts as they are, but for those that would be read as something else."""
    starts = first_bytes(texts)
    doubtful = np.flatnonzero((_DOUBTFUL[starts] | (starts == 0)) & is_given(texts))  # 0: perhaps the empty text
    if not len(doubtful):
        return texts
    # Often a few texts that come again and again, such as NA or a date.
    some = kernel("dictionary_encode", picked(texts, doubtful))
    coded = as_texts(map(to_cell, some.dictionary.to_pylist()))
    return exchanged(texts, doubtful, picked(coded, codes_of(some)))


def column_of(key: str, cells: pa.StringArray) -> ValueColumn:
    """What the cells of a column mean. None of them is null."""
    return _Meanings(key, cells).column()


class _Meanings:
    """The cells of a column, sorted by what they mean."""

    def __init__(self, key: str, cells: pa.StringArray) -> None:
        self.key, self.cells = key, cells
        self.texts: list[tuple[Places, pa.StringArray]] = []
        self.others: list[tuple[Places, pa.StringArray]] = []
        self.kinds: set[type] = set()
        self.has_long_integer = False

    def column(self) -> ValueColumn:
        """All of them in one column."""
        starts = first_bytes(self.cells)
        offsets = bytes_of(self.cells)[1]
        is_empty = offsets[1:] == offsets[:-1]
        is_doubtful = _DOUBTFUL[starts] & ~is_empty
        self._add_texts(np.flatnonzero(~is_doubtful & ~is_empty), None)
        left = is_doubtful
        for is_one, meaning in ((_NUMBER[starts], scalars), (_BRACKET[starts], nested)):
            if self._add_literals(np.flatnonzero(left & is_one), meaning):
                left = left & ~is_one
        self._add_one_by_one(np.flatnonzero(left))
        return ValueColumn.of_pieces(
            self.key, self.texts, self.others, self.kinds, len(self.cells), has_long=self.has_long_integer
        )

    def _add_texts(self, places: Places, texts: pa.StringArray | None) -> None:
        if len(places):
            self.texts.append((places, picked(self.cells, places) if texts is None else texts))
            self.kinds.add(str)

    def _add_literals(self, places: Places, meaning: Callable[[pa.StringArray], Literals]) -> bool:
        """Whether all of these cells have this meaning; then they are added."""
        if not len(places):
            return True
        try:
            spelt, kinds, has_long_integer = meaning(picked(self.cells, places))
        except Surprise:
            return False
        self.others.append((places, spelt))
        self.kinds |= kinds
        self.has_long_integer |= has_long_integer
        return True

    def _add_one_by_one(self, places: Places) -> None:
        """Cells whose meaning has to be found with care; each different one once."""
        if not len(places):
            return
        some = kernel("dictionary_encode", picked(self.cells, places))
        values = [from_cell(cell) for cell in some.dictionary.to_pylist() if cell is not None]
        self.kinds |= set(map(type, values))
        self.has_long_integer |= any(type(value) is int and value not in _INT64 for value in values)
        is_text = np.array([isinstance(value, str) for value in values], np.bool_)
        spelt = [value if isinstance(value, str) else dump_json(value).decode("utf-8") for value in values]
        numbers = codes_of(some)
        told = picked(as_texts(spelt), numbers)
        of_text = is_text[numbers]
        self._add_texts(places[of_text], picked(told, np.flatnonzero(of_text)))
        if not of_text.all():
            self.others.append((places[~of_text], picked(told, np.flatnonzero(~of_text))))
