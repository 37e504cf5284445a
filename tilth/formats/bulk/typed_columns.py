"""Columns of texts as Arrow columns of the types that hold every value of theirs exactly."""

import json
from functools import lru_cache
from typing import Any, cast

import pyarrow as pa

from tilth.formats._arrow_rows import METADATA_KEY
from tilth.formats.bulk.arrays import constant
from tilth.formats.bulk.column import ColumnBlock, ValueColumn
from tilth.formats.bulk.json_lines import spelt
from tilth.formats.bulk.order import order_texts
from tilth.formats.columns import Column, Columns
from tilth.formats.key_order import KeyOrder
from tilth.kernels import cast_to, kernel

_PLAIN_TYPES: dict[type, pa.DataType] = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
_JSON = pa.json_()


def schema_of(columns: Columns) -> pa.Schema:
    """The columns that rows need, and the notes that let them be read back exactly."""
    order = _order_name(columns.order) if not columns.order.all_in_order() else None
    ordered = columns.ordered()
    types = tuple((column.key, _type(column, columns)) for column in ordered)
    return _schema(types, tuple(column.key for column in ordered if not columns.is_everywhere(column)), order)


@lru_cache(maxsize=8)
def _schema(types: tuple[tuple[str, pa.DataType], ...], absent: tuple[str, ...], order: str | None) -> pa.Schema:
    fields = [pa.field(key, kind) for key, kind in types]
    if order is not None:
        fields.append(pa.field(order, _JSON))
    notes = {"version": 1, "null_means_absent": absent, "key_order": order}
    return pa.schema(fields, {METADATA_KEY: json.dumps(notes).encode("utf-8")})


def _order_name(order: KeyOrder) -> str:
    name = ":order"
    while name in order.keys:
        name += ":"
    return name


def _type(column: Column, columns: Columns) -> pa.DataType:
    """The plain type of a column, when all of its values have it and null means one thing only."""
    kinds = column.kinds - {type(None)}
    is_ambiguous = type(None) in column.kinds and not columns.is_everywhere(column)
    if len(kinds) != 1 or is_ambiguous or column.has_long_integer:
        return _JSON
    return _PLAIN_TYPES.get(next(iter(kinds)), _JSON)


def record_batch(block: ColumnBlock, schema: pa.Schema, order: KeyOrder) -> pa.RecordBatch:
    """The rows of a block in the columns of a schema, which has room for them."""
    found = {column.key: column for column in block.columns}
    fields = list(schema)
    keys = fields if _has_plain_order(schema) else fields[:-1]
    arrays = [_array(found.get(field.name), field.type, len(block)) for field in keys]
    if len(keys) < len(fields):
        arrays.append(_as_json(order_texts(block, order)))
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _has_plain_order(schema: pa.Schema) -> bool:
    """Whether no column of the schema names an order of keys."""
    notes = json.loads((schema.metadata or {})[METADATA_KEY])
    return notes["key_order"] is None


def _array(column: ValueColumn | None, kind: pa.DataType, rows: int) -> "pa.Array[Any]":
    """The values as a type that has all of them."""
    if isinstance(kind, pa.JsonType):
        return _as_json(pa.nulls(rows, pa.string()) if column is None else spelt(column))
    nulls: Any = pa.nulls
    if column is None:
        return cast("pa.Array[Any]", nulls(rows, kind))
    if pa.types.is_string(kind):
        return cast("pa.Array[Any]", nulls(rows, kind)) if column.text is None else column.text
    values: Any = pa.nulls(rows, pa.string()) if column.json is None else column.json
    if type(None) in column.kinds:
        values = kernel("if_else", kernel("equal", values, constant("null")), pa.nulls(1, pa.string())[0], values)
    return cast("pa.Array[Any]", cast_to(values, kind))


def _as_json(texts: pa.StringArray) -> "pa.Array[Any]":
    return pa.ExtensionArray.from_storage(_JSON, texts)
