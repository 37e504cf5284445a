"""Columns as the values that they mean, without encodings in which a few bytes stand for many."""

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from tilth.decoder.refusal import BrokenFile
from tilth.kernels import cast_to, kernel


def plain_schema(schema: pa.Schema) -> pa.Schema:
    """The schema after `plain_batch`. Raises `BrokenFile` when a name in it, however deep, is not UTF-8."""
    try:
        _read_names(schema)
    except UnicodeDecodeError as failure:
        raise BrokenFile(f"the name of a column is not UTF-8: {failure.object[:100]!r}") from failure
    plain = pa.schema([field.with_type(_plain(field.type)) for field in schema])
    return plain.with_metadata(schema.metadata) if schema.metadata else plain


def plain_batch(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """The batch with the columns of that schema, which `plain_schema` gave for it."""
    if batch.schema.equals(schema):
        return batch
    columns = [_as(column, field.type) for column, field in zip(batch.columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _read_names(fields: Iterable["pa.Field[Any]"]) -> None:
    for field in fields:
        _ = field.name
        kind: Any = field.type
        _read_names(map(kind.field, range(kind.num_fields)))


def _as(column: "pa.Array[Any]", kind: pa.DataType) -> "pa.Array[Any]":
    if column.type == kind:
        return column
    if pa.types.is_run_end_encoded(column.type):
        column = kernel("run_end_decode", column)
    if isinstance(column, pa.DictionaryArray) and _is_view(column.type.value_type):
        # Arrow has no kernel that looks up views, which is how polars writes its categories.
        column = pa.DictionaryArray.from_arrays(column.indices, cast_to(column.dictionary, kind))
    return column if column.type == kind else cast_to(column, kind)


def _plain(kind: Any) -> Any:
    types = pa.types
    if types.is_dictionary(kind) and _is_view(kind.value_type):
        return pa.large_string() if types.is_string_view(kind.value_type) else pa.large_binary()
    if types.is_dictionary(kind) or types.is_run_end_encoded(kind):
        return _plain(kind.value_type)
    if types.is_map(kind):
        return pa.map_(_plain(kind.key_type), _plain(kind.item_type))
    if types.is_struct(kind):
        return pa.struct(
            [kind.field(place).with_type(_plain(kind.field(place).type)) for place in range(kind.num_fields)]
        )
    if types.is_list_view(kind) or types.is_large_list_view(kind) or types.is_large_list(kind):
        return pa.large_list(_plain_item(kind))
    if types.is_list(kind):
        return pa.list_(_plain_item(kind))
    if types.is_fixed_size_list(kind):
        return pa.list_(_plain_item(kind), kind.list_size)
    return kind


def _is_view(kind: Any) -> bool:
    return pa.types.is_string_view(kind) or pa.types.is_binary_view(kind)


def _plain_item(kind: Any) -> "pa.Field[Any]":
    item: pa.Field[Any] = kind.value_field
    return item.with_type(_plain(item.type))
