"""A record as boxes of text to edit, and the boxes as a record again: nothing is lost on the way there and back.

A text box cannot show a control or zero-width character, and a terminal must not get one. In a box such a character
is written `⟨U+200B⟩`; typing that puts one in.
"""

import json
import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from tilth.errors import TilthError
from tilth.formats.strict_json import parse_json
from tilth.operation import Fields
from tilth.schemas import record_type
from tilth.schemas.safe_text import is_hidden

_WRITTEN = re.compile(r"⟨U\+([0-9A-F]{4,6})⟩")
_NOT_CONTENT = ("id", "type", "meta", "extra")
_OPEN = "⟨"


@dataclass(frozen=True, slots=True)
class Box:
    """One text to edit."""

    path: tuple[str | int, ...]
    """Where in the record it belongs; empty for the whole record."""
    label: str
    text: str
    is_json: bool
    """The text is JSON, because the value is no text."""
    was_absent: bool = False
    """The record has no such field: while the box is empty, it stays so."""


class BoxError(ValueError):
    """A box whose text is not what belongs there."""


def boxes(record: Fields) -> list[Box]:
    """A box per field; a conversation gives one per message."""
    found: list[Box] = []
    for name in _names(record):
        value = record.get(name)
        if _is_conversation(value):
            found += [_message_box(name, number, message) for number, message in enumerate(value or [])]
        elif isinstance(value, str):
            found.append(Box((name,), name, in_box(value), is_json=False))
        elif value is not None:
            found.append(Box((name,), f"{name} (JSON)", in_box(_pretty(value)), is_json=True))
        elif _may_be_text(record, name):
            found.append(Box((name,), f"{name} (none)", "", is_json=False, was_absent=True))
    return found


def whole_box(record: Fields) -> list[Box]:
    """The whole record in one box, as JSON: for what has no box of its own (turns, meta, unknown fields)."""
    content = {name: value for name, value in record.items() if name != "id"}
    return [Box((), "the record (JSON)", in_box(_pretty(content)), is_json=True)]


def from_boxes(record: Fields, edited: Sequence[Box], texts: Sequence[str]) -> Fields:
    """The record with the texts of its boxes put in. Raises `BoxError` for a box that does not hold what it should."""
    after = deepcopy(record)
    for box, text in zip(edited, texts, strict=True):
        if text == box.text:
            continue  # untouched boxes put nothing in: no way to change a value by looking at it
        value = _value(box, text)
        if not box.path:
            if not isinstance(value, dict):
                raise BoxError("a record is a JSON object")
            return value
        _put(after, box.path, value)
    return after


def in_box(text: str) -> str:
    """Text as a box shows it: hidden characters written out. `out_of_box` gives exactly the same text back."""
    written = text.replace(f"{_OPEN}U+", f"{_mark(_OPEN)}U+")
    return "".join(_mark(character) if is_hidden(character) else character for character in written)


def out_of_box(text: str) -> str:
    """The text that a box stands for."""
    return _WRITTEN.sub(lambda found: _character(found.group(1)) or found.group(), text)


def _names(record: Fields) -> list[str]:
    """Fields of the record type in their order, then what else the record has."""
    try:
        declared = list(record_type(str(record.get("type"))).field_names())
    except TilthError:
        declared = []
    return [*declared, *(name for name in record if name not in declared and name not in _NOT_CONTENT)]


def _may_be_text(record: Fields, name: str) -> bool:
    try:
        annotation = record_type(str(record.get("type"))).model_fields[name].annotation
    except (TilthError, KeyError):
        return False
    return annotation == (str | None)


def _is_conversation(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(each, dict) and isinstance(each.get("content"), str | None) for each in value)
        and all("role" in each for each in value)
    )


def _message_box(name: str, number: int, message: dict[str, Any]) -> Box:
    content = message.get("content")
    label = f"{name} {number + 1} {message['role']}" if name != "messages" else f"{number + 1} {message['role']}"
    return Box((name, number, "content"), label, in_box(content or ""), is_json=False, was_absent=content is None)


def _value(box: Box, text: str) -> Any:
    plain = out_of_box(text)
    if not box.is_json:
        return plain
    try:
        return parse_json(plain.encode("utf-8", "surrogatepass"))
    except ValueError as failure:
        raise BoxError(f"{box.label}: {failure}") from failure


def _put(record: Any, path: tuple[str | int, ...], value: Any) -> None:
    for step in path[:-1]:
        record = record[step]
    record[path[-1]] = value


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _mark(character: str) -> str:
    return f"⟨U+{ord(character):04X}⟩"


def _character(digits: str) -> str | None:
    code = int(digits, 16)
    return chr(code) if code <= 0x10FFFF else None
