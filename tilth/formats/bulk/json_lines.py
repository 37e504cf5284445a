"""JSON lines made of columns: one join over a block, the same bytes that `dump_json` gives row by row."""

from collections.abc import Sequence

import pyarrow as pa

from tilth.formats.bulk.column import ColumnBlock, ValueColumn
from tilth.formats.bulk.escapes import escaped
from tilth.formats.bulk.texts import Part, content_of, first_given, or_empty, rows_joined
from tilth.kernels import without_first
from tilth.schemas import dump_json


def json_lines(block: ColumnBlock) -> pa.Buffer:
    """All rows of a block, each with its newline."""
    columns, rows = block.columns, len(block)
    first = next((place for place, column in enumerate(columns) if column.present == rows), None)
    parts: list[Part] = ["{"]
    if first is None:
        parts += _without_first_comma(columns, rows)
    else:
        # Around a key that every row has, it is plain on which side a key that some rows have needs its comma.
        for column in columns[:first]:
            parts.append(_optional(column, "", ","))
        for place, column in enumerate(columns[first:]):
            if column.present == rows:
                parts += [f"{',' if place else ''}{_name(column)}", *_value(column)]
            else:
                parts.append(_optional(column, ",", ""))
    return content_of(rows_joined([*parts, "}\n"], rows))


def spelt(column: ValueColumn) -> pa.StringArray:
    """Every value as JSON; null where the row does not have the key."""
    texts = None if column.text is None else rows_joined(['"', _escaped(column, column.text), '"'], len(column.text))
    return first_given(column.json, texts)


def _escaped(column: ValueColumn, texts: pa.StringArray) -> pa.StringArray:
    return texts if column.is_plain else escaped(texts)


def _value(column: ValueColumn) -> list[Part]:
    """The JSON of values that every row has."""
    if column.json is None and column.text is not None:
        return ['"', _escaped(column, column.text), '"']
    return [spelt(column)]


def _optional(column: ValueColumn, before: str, after: str) -> pa.StringArray:
    """Key and value with their comma, and nothing for a row without the key."""
    values = spelt(column)
    return or_empty(rows_joined([before + _name(column), values, after], len(values)))


def _without_first_comma(columns: Sequence[ValueColumn], rows: int) -> list[Part]:
    if not columns:
        return []
    pairs = rows_joined([_optional(column, ",", "") for column in columns], rows)
    return [without_first(pairs, 1)]


def _name(column: ValueColumn) -> str:
    return f"{dump_json(column.key).decode('utf-8')}:"
