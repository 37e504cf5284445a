"""The ChatML dialect: a whole conversation as one text with marks for its turns."""

import re
from typing import Any, ClassVar

from tilth.schemas.dialects.base import Dialect, Row, flat_row, held, put, refuse_leftovers, sort_fields
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.identity import Fields
from tilth.schemas.note import noted, without_note

_START, _END = "<|im_start|>", "<|im_end|>"
_TURN = re.compile(r"<\|im_start\|>([^\n<]+)\n(.*?)<\|im_end\|>(\n?)", re.DOTALL)
_COLUMNS = ("text", "chatml")
_NOTE, _COLUMN, _BREAKS = "chatml", "column", "breaks"


class ChatMl(Dialect):
    """ChatML as one text, in a column `text` or `chatml`.

        {"text": "<|im_start|>user\\nHello<|im_end|>\\n<|im_start|>assistant\\nHi!<|im_end|>\\n"}

    A text whose marks do not make whole turns stays as it is, for validation to report.
    """

    name: ClassVar[str] = "chatml"
    summary: ClassVar[str] = "a conversation as one text with <|im_start|> and <|im_end|> (ChatML, rendered)"
    record_types: ClassVar[tuple[str, ...]] = ("chat",)
    needs: ClassVar[tuple[str, ...]] = ("text",)

    def recognise(self, row: Row) -> str | None:
        """A text that begins with a mark."""
        column = _column(row)
        return f"every row has {column} that begins with {_START}" if column else None

    def evidence(self, row: Row) -> frozenset[str]:
        """The column of the text."""
        return frozenset({_column(row) or "text"})

    def decode(self, row: Row) -> Fields:
        """The turns as messages."""
        column = _column(row)
        if column is None:
            return noted(sort_fields(row, "chat", ()), _NOTE, {})
        kept = sort_fields(row, "chat", (column,))
        note: dict[str, Any] = {} if column == "text" else {_COLUMN: column}
        turns = list(_TURN.finditer(row[column]))
        if "".join(turn.group() for turn in turns) != row[column]:
            return noted(put(kept, {column: {"messages": row[column]}}), _NOTE, note)
        breaks = [bool(turn.group(3)) for turn in turns]
        if not all(breaks):
            note[_BREAKS] = breaks
        messages = [{"role": turn.group(1), "content": turn.group(2)} for turn in turns]
        return noted(put(kept, {column: {"messages": messages}}), _NOTE, note)

    def encode(self, fields: Fields) -> dict[str, Any]:
        """The messages as one text. Raises `LossError` for what marks cannot say: tools, names, a mark in a text."""
        note, fields = without_note(held(self, fields), _NOTE)
        if "messages" not in fields:
            return flat_row(self.name, {}, fields, ())  # a row of another shape, carried along
        refuse_leftovers(self.name, fields, ("messages",))
        column = note.get(_COLUMN) if note.get(_COLUMN) in _COLUMNS else "text"
        messages = fields["messages"]
        is_read = isinstance(messages, str) and messages.startswith(_START)
        text = messages if is_read else _text(messages, note.get(_BREAKS))
        return flat_row(self.name, {str(column): text}, fields, (str(column),))


def _column(row: Row) -> str | None:
    return next((name for name in _COLUMNS if isinstance(row.get(name), str) and row[name].startswith(_START)), None)


def _text(messages: Any, breaks: Any) -> str:
    if not (isinstance(messages, list) and messages):
        raise LossError(ChatMl.name, ["messages (none)"])
    lost = [f"messages[{index}]{what}" for index, message in enumerate(messages) for what in _losses(message)]
    if lost:
        raise LossError(ChatMl.name, lost)
    ends = breaks if isinstance(breaks, list) and len(breaks) == len(messages) else [True] * len(messages)
    pairs = zip(messages, ends, strict=True)
    return "".join(
        f"{_START}{message['role']}\n{message['content']}{_END}" + ("\n" if end else "") for message, end in pairs
    )


def _losses(message: Any) -> list[str]:
    if not isinstance(message, dict):
        return [" (no message)"]
    lost = [f".{name}" for name, value in message.items() if value is not None and name not in ("role", "content")]
    role, content = message.get("role"), message.get("content")
    if not (isinstance(role, str) and role and not set("\n<") & set(role)):
        lost.append(".role (no word)")
    if not isinstance(content, str):
        lost.append(".content (no text)")
    elif _END in content:
        lost.append(".content (it has a mark in it)")
    return lost
