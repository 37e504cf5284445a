"""Rows of any block as columns: those that are columns as they are, all others value by value."""

from collections.abc import Iterable, Sequence
from typing import Any

from tilth.formats.arrow_block import ArrowBlock
from tilth.formats.block import Block, Row
from tilth.formats.bulk.arrays import as_texts
from tilth.formats.bulk.arrow_columns import columns_of
from tilth.formats.bulk.column import ColumnBlock, ValueColumn
from tilth.formats.bulk.surprise import Surprise
from tilth.schemas import dump_json

_INT64 = range(-(2**63), 2**63)


def as_columns(block: Block) -> ColumnBlock:
    """The same rows as columns. Where these were made of rows, a row may have its keys in another order."""
    try:
        if isinstance(block, ArrowBlock):
            return columns_of(block)
        if isinstance(block, ColumnBlock):
            _ = block.columns
            return block
    except Surprise:
        pass
    return _RowColumns(block)


class _RowColumns(ColumnBlock):
    """Columns that were made of rows."""

    def __init__(self, block: Block) -> None:
        rows = block.rows
        shapes = list(dict.fromkeys(map(tuple, rows)))
        keys = dict.fromkeys(key for shape in shapes for key in shape)
        super().__init__([_column(key, rows, is_everywhere=len(shapes) == 1) for key in keys], shapes, block.lines)
        self._rows = rows
        self._block = block

    def json_lines(self) -> bytes | memoryview:
        """The rows as JSON lines, each in its own order of keys."""
        return Block.json_lines(self._block)


def column_of_values(key: str, values: Sequence[Any], places: Iterable[int] | None, rows: int) -> ValueColumn:
    """A column of JSON values at some of so many rows; None for all rows."""
    kinds = set(map(type, values))
    at = list(range(rows)) if places is None else list(places)
    has_long = int in kinds and any(type(value) is int and value not in _INT64 for value in values)
    if kinds <= {str} and places is None:
        return ValueColumn(key, as_texts(values), None, frozenset(kinds))
    texts: list[str | None] = [None] * rows
    others: list[bytes | None] = [None] * rows
    for place, value in zip(at, values, strict=True):
        if type(value) is str:
            texts[place] = value
        else:
            others[place] = dump_json(value)
    text = as_texts(texts) if str in kinds else None
    json = as_texts(others) if kinds - {str} else None
    return ValueColumn(key, text, json, frozenset(kinds), has_long)


def _column(key: str, rows: Sequence[Row], *, is_everywhere: bool) -> ValueColumn:
    if is_everywhere:
        return column_of_values(key, [row[key] for row in rows], None, len(rows))
    places = [place for place, row in enumerate(rows) if key in row]
    return column_of_values(key, [rows[place][key] for place in places], places, len(rows))
