"""Rows out of Arrow columns, to the exact value, and the refusal of what JSON has no place for."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tilth.errors import DataError
from tilth.formats.cells import ABSENT
from tilth.formats.columns import reordered
from tilth.formats.container import ReadSettings
from tilth.formats.strict_json import MAX_DEPTH, StrictJsonError, parse_block, parse_json

METADATA_KEY = b"tilth"
_Convert = Callable[[Any], Any]


class RowReader:
    """How the columns of one file become rows."""

    def __init__(self, schema: pa.Schema, settings: ReadSettings) -> None:
        self._settings = settings
        self.names: list[str] = list(schema.names)
        if len(set(self.names)) < len(self.names):
            twice = next(name for name in self.names if self.names.count(name) > 1)
            raise DataError(f'two columns are called "{twice}"', where=settings.name)
        notes = _notes(schema)
        absent, order = notes.get("null_means_absent"), notes.get("key_order")
        named = {name for name in absent if isinstance(name, str)} if isinstance(absent, list) else set()
        self._absent = named.intersection(self.names)
        self._order: str | None = order if isinstance(order, str) and order in self.names else None
        self._targets = [self._checked(field) for field in schema]
        self._converts = [_convert(target) for target in self._targets]

    def rows(self, batch: pa.RecordBatch, lines: Sequence[int]) -> list[dict[str, Any]]:
        """All rows of a batch. Raises `DataError` at the first one that cannot be."""
        columns = [self._values(batch, place, lines) for place in range(len(self.names))]
        if not self._absent and self._order is None:
            return [dict(zip(self.names, values, strict=True)) for values in zip(*columns, strict=True)]
        rows = []
        for line, values in zip(lines, zip(*columns, strict=True), strict=True):
            row = {name: value for name, value in zip(self.names, values, strict=True) if value is not ABSENT}
            rows.append(row if self._order is None else self._ordered(row, self._order, line))
        return rows

    def _checked(self, field: "pa.Field[Any]") -> pa.DataType:
        try:
            return _json_like(field.type, 1)
        except _NoJson as failure:
            fix = "a file without this column, or with its values as text"
            raise DataError(
                f'the column "{field.name}" holds {failure}', where=self._settings.name, fix=fix
            ) from failure

    def _values(self, batch: pa.RecordBatch, place: int, lines: Sequence[int]) -> list[Any]:
        column: Any = batch.column(place)
        target, convert = self._targets[place], self._converts[place]
        name = self.names[place]
        try:
            values = (column if column.type == target else pc.cast(column, target)).to_pylist()
        except (pa.ArrowException, ValueError) as failure:
            raise DataError(f'the column "{name}" cannot be read: {failure}', where=self._settings.name) from failure
        nothing = ABSENT if name in self._absent else None
        if convert is None:
            return values if nothing is None else [nothing if value is None else value for value in values]
        converted = _parsed_texts(values) if convert is _parsed else [_converted(convert, value) for value in values]
        for place, value in enumerate(converted):
            if value is None and values[place] is None:
                converted[place] = nothing
            elif isinstance(value, StrictJsonError):
                where = f"{self._settings.name}:{lines[place]}"
                raise DataError(f'the column "{name}": {value}', where=where) from value
        return converted

    def _ordered(self, row: dict[str, Any], order: str, line: int) -> dict[str, Any]:
        keys = row.pop(order, None)
        found = row if keys is None else reordered(row, keys)
        if found is None:
            reason = f'the column "{order}" does not name the keys of its row'
            raise DataError(reason, where=f"{self._settings.name}:{line}")
        return found


class _NoJson(Exception):  # noqa: N818 its message completes a sentence
    """What a column holds that has no JSON."""


def _notes(schema: pa.Schema) -> dict[str, Any]:
    """What Tilth wrote about the columns, in a file of its own."""
    raw = (schema.metadata or {}).get(METADATA_KEY)
    if raw is None:
        return {}
    try:
        notes = json.loads(raw)
    except ValueError:
        return {}
    return notes if isinstance(notes, dict) else {}


def _json_like(kind: pa.DataType, depth: int) -> pa.DataType:
    """The type to read a column as, so that every value of it is one of JSON's."""
    types = pa.types
    if depth > MAX_DEPTH:
        raise _NoJson(f"types nested more than {MAX_DEPTH} deep")
    if _is_json(kind) or types.is_boolean(kind) or types.is_integer(kind) or types.is_floating(kind):
        return kind
    if types.is_null(kind) or types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind):
        return kind
    if types.is_dictionary(kind):
        return _json_like(kind.value_type, depth + 1)
    if types.is_timestamp(kind) or types.is_date(kind) or types.is_time(kind) or types.is_decimal(kind):
        return pa.string()
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        inner = _json_like(kind.value_type, depth + 1)
        return kind if inner == kind.value_type else pa.list_(inner)
    if types.is_struct(kind):
        fields = [kind.field(place) for place in range(kind.num_fields)]
        inner_types = [_json_like(field.type, depth + 1) for field in fields]
        if len({field.name for field in fields}) < len(fields):
            raise _NoJson("objects with the same key twice")
        return pa.struct([field.with_type(inner) for field, inner in zip(fields, inner_types, strict=True)])
    raise _NoJson(f"values of the Arrow type {kind}, which JSON does not have")


def _is_json(kind: pa.DataType) -> bool:
    return isinstance(kind, pa.JsonType)


def _convert(kind: pa.DataType) -> _Convert | None:
    """What makes a JSON value of what Arrow gives for a type; None where it gives one already."""
    if _is_json(kind):
        return _parsed
    if pa.types.is_floating(kind):
        return _finite
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        inner = _convert(kind.value_type)
        return inner and _in_list(inner)
    if pa.types.is_struct(kind):
        fields = [kind.field(place) for place in range(kind.num_fields)]
        found = {field.name: convert for field in fields if (convert := _convert(field.type))}
        return _in_object(found) if found else None
    return None


def _parsed(text: str) -> Any:
    return parse_json(text.encode("utf-8"))


def _parsed_texts(texts: Sequence[str | None]) -> list[Any]:
    """The values of a whole column, which is quicker than one by one; a refusal where a text is no JSON."""
    return parse_block([b"null" if text is None else text.encode("utf-8") for text in texts])


def _converted(convert: _Convert, value: Any) -> Any:
    try:
        return None if value is None else convert(value)
    except StrictJsonError as refusal:
        return refusal


def _finite(value: float) -> float:
    if value - value != 0:  # an infinity, or no number at all
        raise StrictJsonError(f"{value}, which JSON does not have")
    return value


def _in_list(inner: _Convert) -> _Convert:
    return lambda values: [None if value is None else inner(value) for value in values]


def _in_object(inner: dict[str, _Convert]) -> _Convert:
    def convert(row: dict[str, Any]) -> dict[str, Any]:
        return {key: value if value is None or key not in inner else inner[key](value) for key, value in row.items()}

    return convert
