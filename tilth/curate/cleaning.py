"""Records with their texts cleaned, and their offsets moved along."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from tilth.curate.text_edits import Edit, Rule, apply, edits_of, moved
from tilth.operation import Fields

_NOT_CONTENT = frozenset({"id", "type", "meta", "extra"})
Place = Callable[[int, bool], int]
"""Where an offset into the old text lies in the new one; the flag is true for the end of a span."""


class OffsetError(Exception):
    """A span that does not fit its text, before or after cleaning."""


class Cleaner:
    """Applies rules to records and counts what they did."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = rules
        self.texts_changed: Counter[str] = Counter()
        self.rows_changed = self.rows_left_alone = 0

    def clean(self, record: Fields) -> Fields | None:
        """The record with clean texts; None when it is clean already, or its offsets cannot follow."""
        done: Counter[str] = Counter()
        try:
            cleaned = self._record(record, done)
        except OffsetError:
            self.rows_left_alone += 1
            return None
        if cleaned == record:
            return None
        self.rows_changed += 1
        self.texts_changed += done
        return cleaned

    def facts(self) -> dict[str, Any]:
        """Rows changed, texts changed by each rule, and rows left alone for their offsets."""
        by_rule = {rule: self.texts_changed[rule] for rule in self.rules}
        return {
            "rows_changed": self.rows_changed,
            "texts_changed": by_rule,
            "rows_left_alone": self.rows_left_alone,
        }

    def _record(self, record: Fields, done: Counter[str]) -> Fields:
        if record.get("type") == "ner":
            return self._ner(record, done)
        if record.get("type") == "qa":
            return self._qa(record, done)
        return {name: value if name in _NOT_CONTENT else self._value(value, done) for name, value in record.items()}

    def _value(self, value: Any, done: Counter[str]) -> Any:
        """Texts, lists of texts (labels), and the `content` of messages; everything else stays."""
        if isinstance(value, str):
            return self._text(value, done)[0]
        if isinstance(value, list):
            return [
                {**one, "content": self._text(one["content"], done)[0]}
                if isinstance(one, dict) and isinstance(one.get("content"), str)
                else self._text(one, done)[0]
                if isinstance(one, str)
                else one
                for one in value
            ]
        return value

    def _text(self, text: str, done: Counter[str]) -> tuple[str, Place]:
        steps: list[list[Edit]] = []
        for rule in self.rules:
            if edits := edits_of(rule, text):
                steps.append(edits)
                text = apply(edits, text)
                done[rule] += 1

        def place(offset: int, is_end: bool) -> int:
            for edits in steps:
                offset = moved(offset, edits, is_end=is_end)
            return offset

        return text, place

    def _ner(self, record: Fields, done: Counter[str]) -> Fields:
        if not isinstance(record.get("text"), str):
            return record
        text, place = self._text(record["text"], done)
        if text == record["text"]:
            return record
        if record.get("tokens") is not None:
            raise OffsetError  # what the offsets of another tool's tokens mean is not known
        return {
            **record,
            "text": text,
            "entities": [_moved_entity(one, place, record["text"], text) for one in record["entities"]],
        }

    def _qa(self, record: Fields, done: Counter[str]) -> Fields:
        cleaned = dict(record)
        old, place = record.get("context"), None
        for name in ("question", "context"):
            if isinstance(record.get(name), str):
                cleaned[name], place = self._text(record[name], done)
        answers = record.get("answers")
        if isinstance(answers, list):
            new = cleaned.get("context")
            cleaned["answers"] = [
                _moved_answer(one, place, old, new)
                if isinstance(one, dict) and one.get("start") is not None
                else self._answer(one, done)
                for one in answers
            ]
        return cleaned

    def _answer(self, answer: Any, done: Counter[str]) -> Any:
        if isinstance(answer, dict) and isinstance(answer.get("text"), str):
            return {**answer, "text": self._text(answer["text"], done)[0]}
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
