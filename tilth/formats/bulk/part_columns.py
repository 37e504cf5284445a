"""A part of every record, read from the columns of a block without a record being made."""

from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tilth.formats.arrow_block import ArrowBlock
from tilth.formats.block import Block
from tilth.formats.bulk.arrays import as_flags, constant
from tilth.formats.bulk.column import ColumnBlock, ValueColumn
from tilth.formats.bulk.rows import as_columns
from tilth.formats.bulk.texts import bytes_of, in_own_array
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
    texts = [_null_where_empty(cast(pa.StringArray, column.text)) for column in found]
    together = cast(Any, pc.binary_join_element_wise)(*texts, constant("\n"), null_handling="skip")
    return cast(pa.StringArray, together)


def _is_text(column: ValueColumn) -> bool:
    return column.kinds == {str} and column.text is not None


def _null_where_empty(texts: pa.StringArray) -> pa.StringArray:
    sizes = np.diff(bytes_of(in_own_array(texts))[1])
    if sizes.all():
        return texts
    return cast(pa.StringArray, pc.if_else(as_flags(sizes == 0), pa.nulls(len(texts), pa.string()), texts))
