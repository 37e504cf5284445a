"""How the values of each Arrow type become values that JSON has: the exact value, or a refusal, and nothing between."""

import re
import uuid
from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa

from tilth.formats.strict_json import MAX_DEPTH, StrictJsonError, parse_block, parse_json

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

Convert = Callable[[Any], Any]
"""Makes a JSON value of what Arrow gives. Raises `StrictJsonError` for what JSON does not have; never sees None."""


class NoJson(Exception):  # noqa: N818 its message completes a sentence
    """What a column holds that has no JSON."""


def json_like(kind: pa.DataType, depth: int = 1) -> pa.DataType:
    """The type to read a column as, so that `converter` makes JSON of every value of it. Raises `NoJson`."""
    types = pa.types
    if depth > MAX_DEPTH:
        raise NoJson(f"types nested more than {MAX_DEPTH} deep")
    if _is_plain(kind) or _is_bytes(kind) or isinstance(kind, pa.JsonType | pa.UuidType):
        return kind
    if types.is_dictionary(kind):
        return json_like(kind.value_type, depth + 1)
    if _is_written_out(kind):
        return pa.string()
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        inner = json_like(kind.value_type, depth + 1)
        return kind if inner == kind.value_type else pa.list_(inner)
    if types.is_struct(kind):
        return _struct([(field.name, json_like(field.type, depth + 1)) for field in _fields(kind)])
    if types.is_map(kind):
        key, item = json_like(kind.key_type, depth + 1), json_like(kind.item_type, depth + 1)
        return (
            pa.map_(key, item) if types.is_string(kind.key_type) else pa.list_(_struct([("key", key), ("value", item)]))
        )
    raise NoJson(f"values of the Arrow type {kind}, which JSON does not have")


def holds_bytes(kind: pa.DataType) -> bool:
    """Whether values of the type are bytes, or have bytes in them."""
    if isinstance(kind, pa.BaseExtensionType):
        return False
    return _is_bytes(kind) or any(holds_bytes(kind.field(place).type) for place in range(kind.num_fields))


def written_out(kind: pa.DataType) -> list[pa.DataType]:
    """The types in a type of which the values become text, because JSON has no such values."""
    if isinstance(kind, pa.BaseExtensionType):
        return []
    if pa.types.is_dictionary(kind):
        return written_out(kind.value_type)
    inner = [each for place in range(kind.num_fields) for each in written_out(kind.field(place).type)]
    return [kind] if _is_written_out(kind) else inner


def converter(kind: pa.DataType) -> Convert | None:
    """What makes a JSON value of what Arrow gives for a type; None where it gives one already."""
    if isinstance(kind, pa.JsonType):
        return _parsed
    if isinstance(kind, pa.UuidType):
        return _uuid_text
    if _is_bytes(kind):
        return _text
    if pa.types.is_floating(kind):
        return _finite
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        inner = converter(kind.value_type)
        return inner and _in_list(inner)
    if pa.types.is_map(kind):
        return _as_object(converter(kind.item_type))
    if pa.types.is_struct(kind):
        found = {field.name: convert for field in _fields(kind) if (convert := converter(field.type))}
        return _in_object(found) if found else None
    return None


def converted(kind: pa.DataType, convert: Convert, values: Sequence[Any]) -> list[Any]:
    """All values of a column that `converter` gave `convert` for; a `StrictJsonError` in the place of a refused one."""
    if isinstance(kind, pa.JsonType):  # a whole column is quicker than one by one
        return parse_block([b"null" if text is None else text.encode("utf-8") for text in values])
    return [None if value is None else _or_refusal(convert, value) for value in values]


def _is_plain(kind: pa.DataType) -> bool:
    types = pa.types
    is_number = types.is_integer(kind) or types.is_floating(kind)
    is_text = types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind)
    return is_number or is_text or types.is_boolean(kind) or types.is_null(kind)


def _is_written_out(kind: pa.DataType) -> bool:
    types = pa.types
    return types.is_timestamp(kind) or types.is_date(kind) or types.is_time(kind) or types.is_decimal(kind)


def _is_bytes(kind: pa.DataType) -> bool:
    types = pa.types
    return types.is_binary(kind) or types.is_large_binary(kind) or types.is_binary_view(kind)


def _fields(kind: Any) -> list["pa.Field[Any]"]:
    return [kind.field(place) for place in range(kind.num_fields)]


def _struct(fields: list[tuple[str, pa.DataType]]) -> pa.DataType:
    if len({name for name, _ in fields}) < len(fields):
        raise NoJson("objects with the same key twice")
    return pa.struct(fields)


def _or_refusal(convert: Convert, value: Any) -> Any:
    try:
        return convert(value)
    except StrictJsonError as refusal:
        return refusal


def _parsed(text: str) -> Any:
    return parse_json(text.encode("utf-8"))


def _uuid_text(value: uuid.UUID) -> str:
    return str(value)


def _text(value: bytes) -> str:
    """Text that its writer did not call text, as Impala and older Hive do; nothing that only happens to be UTF-8."""
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError as failure:
        raise StrictJsonError("bytes that are no text") from failure
    if _CONTROL.search(text):
        raise StrictJsonError("bytes that are no text")
    return text


def _finite(value: float) -> float:
    if value - value != 0:  # an infinity, or no number at all
        raise StrictJsonError(f"{value}, which JSON does not have")
    return value


def _in_list(inner: Convert) -> Convert:
    return lambda values: [None if value is None else inner(value) for value in values]


def _in_object(inner: dict[str, Convert]) -> Convert:
    def convert(row: dict[str, Any]) -> dict[str, Any]:
        return {key: value if value is None or key not in inner else inner[key](value) for key, value in row.items()}

    return convert


def _as_object(inner: Convert | None) -> Convert:
    def convert(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = {key: value if value is None or inner is None else inner(value) for key, value in pairs}
        if len(found) < len(pairs):
            raise StrictJsonError("a map with the same key twice")
        return found

    return convert
