"""The wire format of Protocol Buffers, field by field, without a schema and without a copy of what is large."""

from collections.abc import Iterator
from dataclasses import dataclass

from tilth.artifacts.cursor import BrokenError, Cursor

KEPT_BYTES = 4096
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


@dataclass(frozen=True)
class Field:
    """One field of a message: its number, and an integer or the room that its bytes take."""

    number: int
    integer: int | None
    begin: int
    end: int


def fields(cursor: Cursor, end: int) -> Iterator[Field]:
    """The fields of the message that lies from the cursor up to byte `end`.

    Whoever asks may read what a field holds (`text`, or `fields` again) before the next one is taken; what was not
    read is skipped. Raises `BrokenError` where the bytes are no message.
    """
    while cursor.position < end:
        key = varint(cursor)
        number, kind = key >> 3, key & 7
        if number == 0:
            raise BrokenError(f"no field at byte {cursor.position:,}")
        if kind == _VARINT:
            yield Field(number, varint(cursor), cursor.position, cursor.position)
            continue
        width = {_FIXED64: 8, _FIXED32: 4}.get(kind)
        if width is None and kind != _BYTES:
            raise BrokenError(f"a field of kind {kind} at byte {cursor.position:,}, which does not exist")
        length = varint(cursor) if width is None else width
        begin = cursor.position
        if length > end - begin:
            raise BrokenError(f"cut short: {length:,} bytes are announced at byte {begin:,}, {end - begin:,} are left")
        yield Field(number, None, begin, begin + length)
        if cursor.position > begin + length:
            raise BrokenError(f"a message inside another one ends after it, at byte {cursor.position:,}")
        if cursor.position < begin + length:
            cursor.skip(begin + length - cursor.position)


def text(cursor: Cursor, field: Field) -> str:
    """The text of a field that was just given, or its beginning."""
    return cursor.take(min(field.end - field.begin, KEPT_BYTES)).decode("utf-8", errors="replace")


def varint(cursor: Cursor) -> int:
    """An integer of up to ten bytes."""
    value = 0
    for shift in range(0, 70, 7):
        byte = cursor.take(1)[0]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value
    raise BrokenError(f"an integer without an end at byte {cursor.position:,}")
