"""Which rows of a batch are not what their types promise: looked at before anybody reads a value."""

from typing import Any

import pyarrow as pa

from tilth.decoder.refusal import BrokenFile, first_line

_SHOWN_BYTES = 10_000


def bad_rows(batch: pa.RecordBatch) -> dict[int, tuple[str, str]]:
    """For each row whose text is not UTF-8: why it cannot be told, and what it holds.

    Raises `BrokenFile` for anything else that is wrong, which is not about single rows.
    """
    try:
        batch.validate(full=True)
    except pa.ArrowInvalid:
        found: dict[int, tuple[str, str]] = {}
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            for index, answer in _bad_values(name, column).items():
                found.setdefault(index, answer)
        if not found:
            raise
        return found
    return {}


def _bad_values(name: str, column: "pa.Array[Any]") -> dict[int, tuple[str, str]]:
    try:
        column.validate(full=True)
    except pa.ArrowInvalid as failure:
        content = _bytes(column)
        if content is None:
            raise BrokenFile(f'the column "{name}": {first_line(failure)}') from failure
        return {
            index: _answer(name, value)
            for index, value in enumerate(content.to_pylist())
            if value is not None and not _is_utf8(value)
        }
    return {}


def _bytes(column: "pa.Array[Any]") -> "pa.Array[Any] | None":
    """The bytes of a column of text; None where it is something else, or where not even its offsets hold."""
    text = column.storage if isinstance(column, pa.ExtensionArray) else column
    if pa.types.is_string(text.type):
        content = text.cast(pa.binary())
    elif pa.types.is_large_string(text.type):
        content = text.cast(pa.large_binary())
    elif pa.types.is_string_view(text.type):
        content = text.cast(pa.binary_view())
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


def _answer(name: str, value: bytes) -> tuple[str, str]:
    return f'the column "{name}" is not UTF-8', value[:_SHOWN_BYTES].decode("utf-8", "backslashreplace")
