"""The Axolotl dialect: messages that say of each turn whether it is trained on."""

from typing import Any, ClassVar

from tilth.schemas.dialects.base import Dialect, Row, flat_row, held, judged_answers, put, refuse_leftovers, sort_fields
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.dialects.spelling import odd_items, written
from tilth.schemas.identity import Fields
from tilth.schemas.note import noted, without_note

_TRAIN, _WEIGHT = "train", "weight"
_NOTE = "axolotl"
_FIELDS = ("messages", "tools")


class Axolotl(Dialect):
    """Axolotl's `chat_template`: OpenAI's messages, with `train` or `train_detail` in the turns.

        {"messages": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hi!", "train": false}]}

    `train` is what others call `weight`: false is 0, true is 1. Without either, the shape is `openai`.
    """

    name: ClassVar[str] = "axolotl"
    summary: ClassVar[str] = "messages with role, content and train (Axolotl chat_template)"
    record_types: ClassVar[tuple[str, ...]] = ("chat",)
    needs: ClassVar[tuple[str, ...]] = ("messages",)
    way_out: ClassVar[str] = "--dialect axolotl"

    def recognise(self, row: Row) -> str | None:
        """Messages of which one says whether it is trained on."""
        messages = row.get("messages")
        turns = messages if isinstance(messages, list) else ()
        says = any(isinstance(turn, dict) and (_TRAIN in turn or "train_detail" in turn) for turn in turns)
        return "every row has messages that say what is trained on" if says else None

    def evidence(self, row: Row) -> frozenset[str]:
        """The messages, and what they say more than those of `openai`."""
        return frozenset({"messages", f"messages.{_TRAIN}"})

    def objection(self, row: Row) -> str | None:
        """The row compares answers or marks them as good or bad."""
        return judged_answers(self.name, row) if self.recognise(row) else None

    def decode(self, row: Row) -> Fields:
        """The messages with weights."""
        kept = sort_fields(row, "chat", _FIELDS)
        messages = row.get("messages")
        if not isinstance(messages, list):
            return noted(kept, _NOTE, {})
        odd = odd_items(messages, _decode, _encode)
        fields = put(kept, {"messages": {"messages": [_decode(message) for message in messages]}})
        return noted(fields, _NOTE, {"messages": odd} if odd else {})

    def encode(self, fields: Fields) -> dict[str, Any]:
        """The messages with `train` for their weights. Raises `LossError` for a weight that is neither 0 nor 1."""
        note, fields = without_note(held(self, fields), _NOTE)
        refuse_leftovers(self.name, fields, _FIELDS)
        content = {name: value for name, value in fields.items() if name in _FIELDS}
        if isinstance(content.get("messages"), list):
            odd = note.get("messages")
            content["messages"] = written(self.name, "messages", content["messages"], odd, _decode, _encode)
        return flat_row(self.name, content, fields, _FIELDS)


def _decode(message: Any) -> Any:
    if not (isinstance(message, dict) and isinstance(message.get(_TRAIN), bool)) or _WEIGHT in message:
        return message
    return {
        _WEIGHT if name == _TRAIN else name: int(value) if name == _TRAIN else value for name, value in message.items()
    }


def _encode(message: Any) -> Any:
    if not isinstance(message, dict) or message.get(_WEIGHT) is None:
        return message
    if message[_WEIGHT] not in (0, 1) or _TRAIN in message:
        raise LossError(Axolotl.name, [f"{_WEIGHT} (neither 0 nor 1)"])
    return {
        _TRAIN if name == _WEIGHT else name: bool(value) if name == _WEIGHT else value
        for name, value in message.items()
    }
