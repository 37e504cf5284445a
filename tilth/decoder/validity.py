"""Which rows of a batch are not what their types promise: looked at before anybody reads a value."""

from typing import Any

import pyarrow as pa

from tilth.decoder.refusal import BrokenFile, Refusal, first_line
from tilth.decoder.times import holds_untellable, untellable
from tilth.kernels import cast_to

_SHOWN_BYTES = 10_000

BadRows = dict[int, tuple[str, str]]
"""For each row that cannot be told, by its place in the batch: why, and what it holds."""


def bad_rows(batch: pa.RecordBatch) -> BadRows:
    """Rows with text that is not UTF-8, or with a time beyond the calendar.

    Raises `BrokenFile` or `Refusal` for anything else that is wrong, which is not about single rows.
    """
    found: BadRows = {}
    try:
        batch.validate(full=True)
    except pa.ArrowInvalid as failure:
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            _add(found, _not_utf8(name, column))
        if not found:
            raise BrokenFile(first_line(failure)) from failure
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        _add(found, beyond_calendar(name, column))
    return found


def beyond_calendar(name: str, column: "pa.Array[Any]") -> BadRows:
    """The rows with a time that cannot be told. Raises `Refusal` where such a time lies deeper than in the column."""
    if holds_untellable(column):
        raise Refusal(f'the column "{name}" holds a time that no calendar has in its lists or objects')
    outside = untellable(column)
    if outside is None:
        return {}
    numbers = cast_to(column, pa.int32() if column.type.bit_width == 32 else pa.int64())
    return {
        index: (f'the column "{name}" holds a time that no calendar has', f"{column.type}: {numbers[index]}")
        for index, is_outside in enumerate(outside.to_pylist())
        if is_outside
    }


def _add(found: BadRows, more: BadRows) -> None:
    for index, answer in more.items():
        found.setdefault(index, answer)


def _not_utf8(name: str, column: "pa.Array[Any]") -> BadRows:
    try:
        column.validate(full=True)
    except pa.ArrowInvalid as failure:
        content = _bytes(column)
        if content is None:
            raise BrokenFile(f'the column "{name}": {first_line(failure)}') from failure
        return {
            index: (f'the column "{name}" is not UTF-8', _shown(value))
            for index, value in enumerate(content.to_pylist())
            if value is not None and not _is_utf8(value)
        }
    return {}


def _bytes(column: "pa.Array[Any]") -> "pa.Array[Any] | None":
    """The bytes of a column of text; None where it is something else, or where not even its offsets hold."""
    text = column.storage if isinstance(column, pa.ExtensionArray) else column
    content: pa.Array[Any]
    if pa.types.is_string(text.type):
        content = cast_to(text, pa.binary())
    elif pa.types.is_large_string(text.type):
        content = cast_to(text, pa.large_binary())
    elif pa.types.is_string_view(text.type):
        content = cast_to(text, pa.binary_view())
    else:
        return None
    try:
        content.validate(full=True)
    except pa.ArrowInvalid:
        return None
    return content


def _is_utf8(value: bytes) -> bool:
    try:
        value.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _shown(value: bytes) -> str:
    return value[:_SHOWN_BYTES].decode("utf-8", "backslashreplace")
