"""The steps of a pickle program, one by one: name and argument. Long arguments are skipped and not kept."""

import pickletools
from collections.abc import Iterator
from typing import Final

from tilth.artifacts.cursor import BrokenError, Cursor, TooLongError

MAX_OPCODES = 400_000
"""Steps that are followed: a state dict takes about 30 a tensor, and this many half a second."""
KEPT_BYTES = 512
"""Of a longer text only so much is kept: names are shorter."""

Argument = str | bytes | int | float | None
_TABLE: Final = {opcode.code.encode("latin-1"): opcode for opcode in pickletools.opcodes}
_LENGTH_FORMS: Final = {
    pickletools.TAKEN_FROM_ARGUMENT1: "<B",
    pickletools.TAKEN_FROM_ARGUMENT4: "<i",
    pickletools.TAKEN_FROM_ARGUMENT4U: "<I",
    pickletools.TAKEN_FROM_ARGUMENT8U: "<Q",
}
_NUMBER_FORMS: Final = {"uint1": "<B", "uint2": "<H", "int4": "<i", "uint4": "<I", "uint8": "<Q"}
_TWO_LINES: Final = ("GLOBAL", "INST")


def opcodes(cursor: Cursor) -> Iterator[tuple[str, Argument]]:
    """Name and argument of each opcode up to STOP. Raises `BrokenError` where the bytes are no pickle or end early."""
    for number in range(MAX_OPCODES):
        start = cursor.position
        known = _TABLE.get(cursor.take(1))
        if known is None:
            raise BrokenError(f"no pickle opcode at byte {start:,}")
        if number == 0 and known.name == "STOP":
            raise BrokenError("no pickle: it would make nothing")
        yield known.name, _argument(known, cursor)
        if known.name == "STOP":
            return
    raise TooLongError(f"only its first {MAX_OPCODES:,} steps were looked at")


def _argument(known: pickletools.OpcodeInfo, cursor: Cursor) -> Argument:
    if known.arg is None:
        return None
    if known.name in _TWO_LINES:
        return f"{_decoded(cursor.line())} {_decoded(cursor.line())}"
    if known.arg.n == pickletools.UP_TO_NEWLINE:
        return _decoded(cursor.line())
    if known.arg.name in _NUMBER_FORMS:
        return cursor.number(_NUMBER_FORMS[known.arg.name])
    if known.arg.name == "float8":
        return cursor.value(">d")
    length = cursor.number(_LENGTH_FORMS[known.arg.n])
    if length < 0:
        raise BrokenError(f"a negative length at byte {cursor.position:,}")
    kept = cursor.take(min(length, KEPT_BYTES))
    cursor.skip(length - len(kept))
    if known.arg.name in ("long1", "long4"):
        return int.from_bytes(kept, "little", signed=True)
    return kept if "bytes" in known.arg.name else _decoded(kept)


def _decoded(text: bytes) -> str:
    return text.decode("utf-8", errors="backslashreplace")
