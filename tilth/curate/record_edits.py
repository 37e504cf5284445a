"""Edits in the texts of a record, with the offsets of its entities and answers moved along."""

from collections.abc import Callable, Sequence
from typing import Any

from tilth.curate.text_edits import Edit, apply, moved
from tilth.operation import Fields
from tilth.schemas.identity import NOT_CONTENT

EditText = Callable[[str, str], Sequence[Sequence[Edit]]]
"""What is to change in a text, given with its place in the record (`messages[1].content`): steps, each on what the one
before left."""
Place = Callable[[int, bool], int]
"""Where an offset into the old text lies in the new one; the flag is true for the end of a span."""
EditValue = Callable[[Any, str], Any]
"""What becomes of a whole value (a text, a number) given with its place; the value itself where that is nothing."""

_NOT_SAID = frozenset({"id", "type", "role"})
"""Names whose values are words of the record's own grammar, and never anybody's text."""


class OffsetError(Exception):
    """A span that does not fit its text, before or after the edits."""


class RecordEditor:
    """Edits the texts of records: those that people read, or with `deep` every text at any depth.

    Texts that people read are the texts of a record, the texts in its lists, and the `content` of its messages. Deep
    are the arguments of tool calls, parts of messages, `extra` and `meta` too, and the names in objects.
    """

    def __init__(self, edit: EditText, *, deep: bool = False, value: EditValue | None = None) -> None:
        self._edit, self._deep, self._whole = edit, deep, value

    def edited(self, record: Fields) -> Fields:
        """The record after the edits. Raises `OffsetError` when a span cannot follow."""
        spanned = {"ner": self._ner, "qa": self._qa}.get(str(record.get("type")), dict)(record)
        skipped = _NOT_SAID if self._deep else NOT_CONTENT | {"type"}
        done = {"ner": ("text", "entities", "tokens"), "qa": ("question", "context", "answers")}
        ready = done.get(str(record.get("type")), ())
        return {
            name: value if name in skipped or name in ready else self._value(value, name)
            for name, value in spanned.items()
        }

    def _value(self, value: Any, place: str) -> Any:
        if self._deep and isinstance(value, list | dict):
            return self._inside(value, place)
        if self._whole is not None and (new := self._whole(value, place)) is not value:
            return new
        if isinstance(value, str):
            return self._text(value, place)[0]
        if isinstance(value, list):
            return [self._item(one, f"{place}[{index}]") for index, one in enumerate(value)]
        return value

    def _item(self, one: Any, place: str) -> Any:
        if isinstance(one, dict) and isinstance(one.get("content"), str):
            return {**one, "content": self._text(one["content"], f"{place}.content")[0]}
        return self._text(one, place)[0] if isinstance(one, str) else one

    def _inside(self, value: Any, place: str) -> Any:
        if isinstance(value, list):
            return [self._value(one, f"{place}[{index}]") for index, one in enumerate(value)]
        edited: dict[str, Any] = {}
        for name, one in value.items():
            new, copy = self._text(name, f"{place} (name)")[0], 2
            while new in edited:  # two names may become one, and no value may go with that
                new, copy = f"{new} {copy}", copy + 1
            edited[new] = one if name in _NOT_SAID else self._value(one, f"{place}.{name}")
        return edited

    def _text(self, text: str, place: str) -> tuple[str, Place]:
        steps = [edits for edits in self._edit(text, place) if edits]
        for edits in steps:
            text = apply(edits, text)

        def follow(offset: int, is_end: bool) -> int:
            for edits in steps:
                offset = moved(offset, edits, is_end=is_end)
            return offset

        return text, follow

    def _ner(self, record: Fields) -> Fields:
        if not isinstance(record.get("text"), str):
            return record
        text, follow = self._text(record["text"], "text")
        if text == record["text"]:
            return record
        if record.get("tokens") is not None:
            raise OffsetError  # what the offsets of another tool's tokens mean is not known
        entities = record.get("entities")
        if not isinstance(entities, list):
            return {**record, "text": text}
        moved_ones = [_moved_entity(one, follow, record["text"], text) for one in entities]
        return {**record, "text": text, "entities": moved_ones}

    def _qa(self, record: Fields) -> Fields:
        edited = dict(record)
        old, follow = record.get("context"), None
        for name in ("question", "context"):
            if isinstance(record.get(name), str):
                edited[name], follow = self._text(record[name], name)
        answers = record.get("answers")
        if isinstance(answers, list):
            new = edited.get("context")
            is_same = new == old  # then answers stay where they are, and one that is not there is a text by itself
            edited["answers"] = [
                _moved_answer(one, follow, old, new)
                if isinstance(one, dict) and one.get("start") is not None and not (is_same and self._deep)
                else self._answer(one, f"answers[{index}]")
                for index, one in enumerate(answers)
            ]
        return edited

    def _answer(self, answer: Any, place: str) -> Any:
        if isinstance(answer, dict) and isinstance(answer.get("text"), str):
            return {**answer, "text": self._text(answer["text"], f"{place}.text")[0]}
        return answer


def _moved_entity(entity: Any, place: Place, old: str, new: str) -> Any:
    if not _is_span(entity, len(old)):
        raise OffsetError
    start, end = place(entity["start"], False), place(entity["end"], True)
    if not 0 <= start < end <= len(new):
        raise OffsetError
    return {**entity, "start": start, "end": end}


def _is_span(entity: Any, length: int) -> bool:
    start, end = (entity.get("start"), entity.get("end")) if isinstance(entity, dict) else (None, None)
    return isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= length


def _moved_answer(answer: dict[str, Any], place: Place | None, old: Any, new: Any) -> dict[str, Any]:
    """An answer cut out of the new context where it was cut out of the old one."""
    text, start = answer.get("text"), answer["start"]
    if not (isinstance(text, str) and isinstance(start, int) and isinstance(old, str) and place and start >= 0):
        raise OffsetError
    if old[start : start + len(text)] != text:
        raise OffsetError
    first, last = place(start, False), place(start + len(text), True)
    found = new[first:last]
    trimmed = found.lstrip()
    if not trimmed:
        raise OffsetError
    return {**answer, "text": trimmed.rstrip(), "start": first + len(found) - len(trimmed)}
