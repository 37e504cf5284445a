"""The dialogue dialect: a conversation as one text in a field, a line or a paragraph for each turn."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from tilth.schemas.dialects.base import Dialect, Row, flat_row, held, put, refuse_leftovers, sort_fields
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.dialects.speakers import plain_role, role_of
from tilth.schemas.dialects.turn_lines import turn_start
from tilth.schemas.dialects.turn_rule import TurnRule
from tilth.schemas.identity import Fields
from tilth.schemas.note import noted, without_note

_NAMES = ("conversation", "dialogue", "dialog", "transcript")
_NOTE, _DEFAULT_NAME = "dialogue", "conversation"
_BETWEEN = ("", ": ", "\n")  # what stands before a label, after it, and after the words


class Dialogue(Dialect):
    """Calls and chats as a text with labels: Lamini's insurance calls, SAMSum, DialogSum, exports of help desks.

        {"conversation": "User: Where is my parcel?\\n\\nBot: On its way.", "category": "delivery"}

    The field is called conversation, dialogue, dialog or transcript, and its text begins with a turn. Labels become
    `name`, and who is the assistant follows from them as in the transcript dialect. What stands between the words is
    noted in `meta`, so that the same text is written back.
    """

    name: ClassVar[str] = "dialogue"
    summary: ClassVar[str] = "a conversation as one text with a label before each turn (SAMSum, DialogSum, call logs)"
    record_types: ClassVar[tuple[str, ...]] = ("chat",)
    needs: ClassVar[tuple[str, ...]] = (_DEFAULT_NAME,)

    def recognise(self, row: Row) -> str | None:
        """One field of such a name holds turns, from its first line on."""
        name = _field(row)
        return None if name is None else f"every row has turns in {name}"

    def evidence(self, row: Row) -> frozenset[str]:
        """The field with the turns."""
        return frozenset({_field(row) or _DEFAULT_NAME})

    def decode(self, row: Row) -> Fields:
        """The turns as messages; a row without turns keeps what it has."""
        name = _field(row)
        if name is None:
            return sort_fields(row, "chat", ())
        turns = _turns(row[name]) or []
        kept = sort_fields(row, "chat", (name,))
        fields = put(kept, {name: {"messages": [turn.message for turn in turns]}})
        between = [list(turn.between) for turn in turns]
        usual = [list(each) for each in _usual(len(turns))]
        note = {} if between == usual else {"between": between}
        return noted(fields, _NOTE, note if name == _DEFAULT_NAME else {**note, "field": name})

    def encode(self, fields: Fields) -> dict[str, Any]:
        """The messages as text. Raises `LossError` for what no label can say, and for words that look like a turn."""
        fields = held(self, fields)
        note, fields = without_note(fields, _NOTE)
        refuse_leftovers(self.name, fields, ("messages",))
        if "messages" not in fields:
            return flat_row(self.name, {}, fields, ())
        messages = fields["messages"]
        lost = _losses(messages)
        if lost:
            raise LossError(self.name, lost)
        labels = [message["role"] if message.get("name") is None else message["name"] for message in messages]
        between = _between(note.get("between"), len(messages))
        text = "".join(
            f"{before}{label}{after}{message['content']}{behind}"
            for (before, after, behind), label, message in zip(between, labels, messages, strict=True)
        )
        if [turn.message for turn in _turns(text) or []] != [_said(message) for message in messages]:
            raise LossError(self.name, ["messages (written as text they would be read as other ones)"])
        name = note.get("field") if note.get("field") in _NAMES else _DEFAULT_NAME
        return flat_row(self.name, {str(name): text}, fields, _NAMES)


@dataclass
class _Turn:
    label: str
    between: tuple[str, str, str]
    content: str

    @property
    def message(self) -> dict[str, Any]:
        plain = plain_role(self.label)
        said: dict[str, Any] = {"role": plain or role_of(self.label), "content": self.content}
        return said if plain is not None else {**said, "name": self.label}


def _field(row: Row) -> str | None:
    """The field that holds turns, where exactly one does."""
    found = [name for name in _NAMES if isinstance(row.get(name), str) and _turns(row[name]) is not None]
    return found[0] if len(found) == 1 else None


def _turns(text: str) -> list[_Turn] | None:
    """The turns of a text that begins with one, or None for any other."""
    lines = text.split("\n")
    rule = TurnRule.of(lines)
    if rule is None:
        return None
    turns: list[_Turn] = []
    begun = place = 0  # where the words of the latest turn begin; where the line does
    before = ""
    for line in lines:
        start = turn_start(line)
        is_begun = start is not None and rule.begins(start, is_paragraph=not before.strip())
        if start is not None and is_begun and start.label is not None:
            head = _head(line, start.label, start.text)
            if head is None:
                return None
            if turns:
                _finish(turns[-1], text[begun:place])
            turns.append(_Turn(start.label, (*head, ""), ""))
            begun = place + sum(map(len, head)) + len(start.label)
        elif not turns:
            return None
        place += len(line) + 1
        before = line
    if turns:
        _finish(turns[-1], text[begun:])
    return turns or None


def _head(line: str, label: str, words: str) -> tuple[str, str] | None:
    """What stands before and after the label on the first line of a turn."""
    stripped = line.rstrip()
    head = line if not words else stripped[: len(stripped) - len(words)]
    place = head.find(label)
    if place < 0 or not stripped.endswith(words):
        return None
    return head[:place], head[place + len(label) :]


def _finish(turn: _Turn, words: str) -> None:
    turn.content = words.rstrip()
    turn.between = (*turn.between[:2], words[len(turn.content) :])


def _usual(count: int) -> list[tuple[str, str, str]]:
    """What is written between the words when nothing is noted."""
    return [(*_BETWEEN[:2], _BETWEEN[2] if index < count - 1 else "") for index in range(count)]


def _between(note: Any, count: int) -> list[tuple[str, str, str]]:
    if isinstance(note, list) and len(note) == count and all(map(_is_triple, note)):
        return [(str(before), str(after), str(behind)) for before, after, behind in note]
    return _usual(count)


def _is_triple(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 3 and all(isinstance(part, str) for part in value)


def _said(message: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in message.items() if value is not None}


def _losses(messages: Any) -> list[str]:
    if not (isinstance(messages, list) and messages):
        return ["messages (none)"]
    lost: list[str] = []
    for index, message in enumerate(messages):
        if not isinstance(message, dict):
            lost.append(f"messages[{index}] (no object)")
            continue
        if not isinstance(message.get("content"), str):
            lost.append(f"messages[{index}].content (no text)")
        others = [name for name in message if name not in ("role", "content", "name") and message[name] is not None]
        lost += [f"messages[{index}].{name}" for name in others]
    return lost
