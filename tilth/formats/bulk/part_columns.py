"""A part of every record, read from the columns of a block without a record being made."""

from typing import cast

import numpy as np
import pyarrow as pa

from tilth.formats.arrow_block import ArrowBlock
from tilth.formats.block import Block
from tilth.formats.bulk.arrays import Flags, repeated
from tilth.formats.bulk.column import ColumnBlock, ValueColumn
from tilth.formats.bulk.rows import as_columns
from tilth.formats.bulk.texts import bytes_of, chosen, in_own_array, or_empty, rows_joined
from tilth.schemas import Dialect, record_type


def part_column(block: Block, dialect: Dialect, name: str) -> pa.StringArray | None:
    """The part or field of that name in every row, where the columns surely say what the records would; else None."""
    if not isinstance(block, ArrowBlock | ColumnBlock) or not len(block):
        return None
    keys = dialect.keys()
    if keys is None:
        return None
    columns = {column.key: column for column in as_columns(block).columns}
    fields = record_type(keys.record_type).joins.get(name)
    if fields is None:
        column = columns.get(keys.of.get(name, ""))
        return column.text if column is not None and _is_text(column) else None
    found = [columns[key] for field in fields if (key := keys.of.get(field)) in columns]
    if not found or not all(map(_is_text, found)):
        return None
    if len(fields) == 1:
        return found[0].text if found[0].present == len(block) else None
    joined, *others = [or_empty(cast(pa.StringArray, column.text)) for column in found]
    for text in others:
        joined = _below(joined, text)
    return joined


def _is_text(column: ValueColumn) -> bool:
    return column.kinds == {str} and column.text is not None


def _below(texts: pa.StringArray, others: pa.StringArray) -> pa.StringArray:
    """Each text with the other one on a line below it, or the one of them that is not empty."""
    # Not by Arrow's own joining that skips nulls: where all are null it gives no row.
    is_between = _is_filled(texts) & _is_filled(others)
    if is_between.all():
        return rows_joined([texts, "\n", others], len(texts))
    ends = chosen(is_between, repeated("\n", len(texts)), repeated("", len(texts)))
    return rows_joined([texts, ends, others], len(texts))


def _is_filled(texts: pa.StringArray) -> Flags:
    return np.diff(bytes_of(in_own_array(texts))[1]) > 0
