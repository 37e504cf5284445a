"""Rows of any shape laid by until their columns are known: a pass for what columns there are, and one for values."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from tilth.formats._arrow_rows import METADATA_KEY
from tilth.formats.block import Block, Row
from tilth.formats.columns import Column, Columns
from tilth.formats.spool import RowSpool
from tilth.schemas import dump_json

_PLAIN_TYPES: dict[type, pa.DataType] = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}


class RowTable:
    """Rows laid by, with what is known about their columns. What every columnar container is written from."""

    def __init__(self) -> None:
        self._columns, self._spool = Columns(), RowSpool()
        self._order: str | None = None

    def append(self, block: Block) -> None:
        """Lay by the rows of a block."""
        self._columns.see(block.rows)
        self._spool.append(block)

    def schema(self) -> pa.Schema:
        """The columns, and the notes that let them be read back exactly."""
        columns = self._columns.ordered()
        keys = {column.key for column in columns}
        if not self._columns.order.all_in_order():
            self._order = ":order"
            while self._order in keys:
                self._order += ":"
        fields = [pa.field(column.key, self._type(column)) for column in columns]
        absent = [column.key for column in columns if not self._columns.is_everywhere(column)]
        if self._order is not None:
            fields.append(pa.field(self._order, pa.json_()))
        notes = {"version": 1, "null_means_absent": absent, "key_order": self._order}
        return pa.schema(fields, {METADATA_KEY: json.dumps(notes).encode("utf-8")})

    def batches(self, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        """All rows as columns of that schema."""
        pairs = list(zip(self._columns.ordered(), schema, strict=False))
        for block in self._spool.blocks():
            arrays = [_array(column.key, field.type, block.rows) for column, field in pairs]
            if self._order is not None:
                arrays.append(_json_array([self._order_text(row) for row in block.rows]))
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)

    def _type(self, column: Column) -> pa.DataType:
        """The plain type of a column, when all of its values have it and null means one thing only."""
        kinds = column.kinds - {type(None)}
        is_ambiguous = type(None) in column.kinds and not self._columns.is_everywhere(column)
        if len(kinds) != 1 or is_ambiguous or column.has_long_integer:
            return pa.json_()
        return _PLAIN_TYPES.get(next(iter(kinds)), pa.json_())

    def _order_text(self, row: Row) -> str | None:
        is_usual = self._columns.order.in_order(row) and bool(self._columns.ordered())
        return None if is_usual else dump_json(list(row)).decode("utf-8")


def _array(key: str, kind: pa.DataType, rows: Sequence[Row]) -> "pa.Array[Any]":
    if isinstance(kind, pa.JsonType):
        return _json_array([dump_json(row[key]).decode("utf-8") if key in row else None for row in rows])
    return pa.array([row.get(key) for row in rows], kind)


def _json_array(texts: Sequence[str | None]) -> "pa.Array[Any]":
    return pa.ExtensionArray.from_storage(pa.json_(), pa.array(texts, pa.string()))
