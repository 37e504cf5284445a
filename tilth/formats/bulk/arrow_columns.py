"""Columns of Arrow types as columns of texts, where the type tells how every value of it is spelt."""

from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from tilth.formats.arrow_block import ArrowBlock
from tilth.formats.bulk.arrays import Flags, is_given, numbers_of, repeated
from tilth.formats.bulk.column import ColumnBlock, ValueColumn
from tilth.formats.bulk.escapes import json_strings
from tilth.formats.bulk.literals import Literals, nested, scalars
from tilth.formats.bulk.presence import shapes_in
from tilth.formats.bulk.surprise import expect
from tilth.formats.bulk.texts import (
    Places,
    first_bytes,
    gathered,
    in_own_array,
    picked,
    split_at_commas,
)
from tilth.kernels import cast_to, kernel

_QUOTE = ord('"')
_OPENS = (ord("["), ord("{"))
_LARGEST_INT64 = 2**63 - 1


def columns_of(block: ArrowBlock) -> ColumnBlock:
    """The rows as columns of texts. Raises `Surprise` where single values have to be looked at."""
    reader, batch = block.reader, block.batch
    order = reader.order
    if order is not None:
        column = batch.column(reader.names.index(order))
        expect(column.null_count == len(column))
    columns = [
        _column(name, batch.column(place), reader.targets[place], null_is_absent=name in reader.absent)
        for place, name in enumerate(reader.names)
        if name != order
    ]
    expect(columns)
    return ColumnBlock(columns, shapes_in(columns, len(block)), block.lines)


def _column(key: str, values: Any, target: pa.DataType, *, null_is_absent: bool) -> ValueColumn:
    types = pa.types
    if types.is_dictionary(values.type):
        values = cast_to(values, target)
    nulls = values.null_count
    kind: Any = values.type
    count = len(values)
    if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind):
        column = ValueColumn(key, _as_text(values), None, _kinds(values, str))
    elif isinstance(kind, pa.JsonType):
        column = _json_column(key, _as_text(values.storage))
    elif types.is_boolean(kind):
        column = ValueColumn(key, None, _as_text(values), _kinds(values, bool))
    elif types.is_integer(kind):
        has_long = types.is_uint64(kind) and nulls < count and kernel("max", values).as_py() > _LARGEST_INT64
        column = ValueColumn(key, None, _as_text(values), _kinds(values, int), has_long)
    elif types.is_floating(kind):
        column = ValueColumn(key, None, _float_texts(values), _kinds(values, float))
    else:
        expect(types.is_null(kind))
        column = ValueColumn(key, None, pa.nulls(count, pa.string()), frozenset())
    if null_is_absent or not nulls:
        return column
    return _with_nulls(column, np.flatnonzero(~is_given(values)), count)


def _as_text(values: Any) -> pa.StringArray:
    return in_own_array(cast_to(values, pa.string()))


def _kinds(values: Any, kind: type) -> frozenset[type]:
    return frozenset({kind} if values.null_count < len(values) else ())


def _with_nulls(column: ValueColumn, places: Places, rows: int) -> ValueColumn:
    """The column with the value null where it has none."""
    pieces = [(places, repeated("null", len(places)))]
    if column.json is not None:
        there = np.flatnonzero(is_given(column.json))
        pieces.append((there, picked(column.json, there)))
    json = gathered(pieces, rows)
    text = column.text if str in column.kinds else None
    return ValueColumn(column.key, text, json, column.kinds | {type(None)}, column.has_long_integer)


def _float_texts(values: Any) -> pa.StringArray:
    """Floats as `dump_json` spells them."""
    there = cast_to(kernel("drop_null", values), pa.float64())
    if not len(there):
        return pa.nulls(len(values), pa.string())
    numbers = numbers_of(there)
    expect(np.isfinite(numbers).all())
    spelt = orjson.dumps(numbers, option=orjson.OPT_SERIALIZE_NUMPY)[1:-1]
    return gathered([(np.flatnonzero(is_given(values)), split_at_commas(spelt, len(numbers)))], len(values))


def _json_column(key: str, spelt: pa.StringArray) -> ValueColumn:
    """A column of JSON texts, told apart by how they begin."""
    starts = first_bytes(spelt)
    given = is_given(spelt)
    is_text: Flags = given & (starts == _QUOTE)
    is_nested: Flags = given & ((starts == _OPENS[0]) | (starts == _OPENS[1]))
    texts, rows = np.flatnonzero(is_text), len(spelt)
    strings = [(texts, json_strings(picked(spelt, texts)))] if len(texts) else []
    others: list[tuple[Places, pa.StringArray]] = []
    kinds: set[type] = {str} if strings else set()
    has_long = False
    for places, meaning in (
        (np.flatnonzero(given & ~is_text & ~is_nested), scalars),
        (np.flatnonzero(is_nested), nested),
    ):
        if len(places):
            told: Literals = meaning(picked(spelt, places))
            others.append((places, told.spelt))
            kinds |= told.kinds
            has_long |= told.has_long_integer
    return ValueColumn.of_pieces(key, strings, others, kinds, rows, has_long=has_long)
