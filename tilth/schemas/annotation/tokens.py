"""Tokens of a text: those that a tool recorded, found again in the text, or words and punctuation where none did.

Tokens say how a text was shown to whoever annotated it, and are no part of what it says: they are noted in `meta`, in
the spelling they came in, and every dialect that writes tokens finds them there.
"""

from collections.abc import Collection, Sequence
from typing import Any

from tilth.schemas.annotation.words import Borders, words
from tilth.schemas.identity import Fields
from tilth.schemas.note import with_note, without_note

_NOTE, _LIST = "tokens", "list"


def with_tokens(fields: Fields, tokens: Sequence[Any]) -> Fields:
    """The record with a note of its tokens: texts in the order of the text, or objects with `start` and `end`."""
    return with_note(fields, _NOTE, {_LIST: list(tokens)})


def without_tokens(fields: Fields) -> tuple[list[Any] | None, Fields]:
    """The tokens as they were recorded (None where nobody did), and the record without the note of them."""
    note, rest = without_note(fields, _NOTE)
    tokens = note.get(_LIST)
    if isinstance(tokens, list):
        return tokens, rest
    own = rest.get(_NOTE)
    return (
        (own, {name: value for name, value in rest.items() if name != _NOTE}) if isinstance(own, list) else (None, rest)
    )


def strange_tokens(fields: Fields) -> list[str]:
    """The loss that a record's own field `tokens` is where its text is not made of them, in the words of a loss."""
    own, text = fields.get(_NOTE), fields.get("text")
    if own is None or (isinstance(own, list) and isinstance(text, str) and recorded_borders(text, own) is not None):
        return []
    return [f"{_NOTE} (they are not those of the text)"]


def borders(text: str, tokens: Sequence[Any] | None, cuts: Collection[int]) -> list[Borders]:
    """The borders of a text's tokens: as recorded where that still fits the text, else of its words.

    `cuts` are the places where spans begin and end; see `words`.
    """
    found = recorded_borders(text, tokens) if tokens is not None else None
    return words(text, cuts) if found is None else found


def recorded_borders(text: str, tokens: Sequence[Any]) -> list[Borders] | None:
    """Where recorded tokens stand in a text; None when they are not all of it in order, white space aside."""
    found: list[Borders] = []
    place = 0
    for token in tokens:
        here = _text_borders(text, token, place) if isinstance(token, str) else _object_borders(text, token, place)
        if here is None or not (here[0] == place or text[place : here[0]].isspace()):
            return None
        found.append(here)
        place = here[1]
    return found if not text[place:].strip() else None


def _text_borders(text: str, token: str, place: int) -> Borders | None:
    if not token:
        return None
    while not text.startswith(token, place):
        if not text[place : place + 1].isspace():
            return None
        place += 1
    return place, place + len(token)


def _object_borders(text: str, token: Any, place: int) -> Borders | None:
    if not isinstance(token, dict):
        return None
    start, end = token.get("start"), token.get("end")
    if not (type(start) is int and type(end) is int and place <= start < end <= len(text)):
        return None
    return (start, end) if token.get("text", text[start:end]) == text[start:end] else None
