"""The ShareGPT dialect: a list of turns with from and value."""

from typing import Any, ClassVar

from tilth.schemas.dialects.base import (
    Dialect,
    Row,
    flat_row,
    held,
    judged_answers,
    put,
    refuse_leftovers,
    sort_fields,
)
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.dialects.sharegpt_turn import decode_turn, encode_turn
from tilth.schemas.identity import Fields
from tilth.schemas.note import noted, without_note

_FIELDS = ("conversations", "tools")
_SYSTEM = "system"
_NOTE = "sharegpt"


class ShareGPT(Dialect):
    """ShareGPT, FastChat, LLaMA-Factory, Axolotl: one conversation per row.

        {"conversations": [{"from": "human", "value": "Hello"}, {"from": "gpt", "value": "Hi!"}]}

    A `system` field becomes the first message, a `function_call` a call of a tool and `observation` its result.
    Whatever a turn spells in another way (`user` for `human`, a call with other spaces) is noted in `meta`, so that
    the same turn is written back as it was, unless its message has changed in between.
    """

    name: ClassVar[str] = "sharegpt"
    summary: ClassVar[str] = "conversations with from and value (ShareGPT, FastChat, LLaMA-Factory)"
    record_types: ClassVar[tuple[str, ...]] = ("chat",)
    way_out: ClassVar[str] = "--dialect sharegpt"
    needs: ClassVar[tuple[str, ...]] = ("conversations",)

    def recognise(self, row: Row) -> str | None:
        """The turns are there."""
        return "every row has conversations" if "conversations" in row else None

    def objection(self, row: Row) -> str | None:
        """The row compares answers or marks them as good or bad, as LLaMA-Factory, Axolotl and TRL write it."""
        return judged_answers(self.name, row) if self.recognise(row) else None

    def decode(self, row: Row) -> Fields:
        """The turns as messages."""
        turns = row.get("conversations")
        has_system = _is_system(row.get(_SYSTEM), turns)
        known = (*_FIELDS, _SYSTEM) if has_system else _FIELDS
        kept = sort_fields(row, "chat", known, as_written=("conversations", _SYSTEM, "tools"))
        if not isinstance(turns, list):
            return noted(put(kept, {"conversations": {"messages": turns}}), _NOTE, {})
        messages = [decode_turn(turn) for turn in turns]
        usual = [_respelled(message) for message in messages]
        pairs = enumerate(zip(turns, usual, strict=True))
        odd = {str(index): _differing(turn, plain) for index, (turn, plain) in pairs if not _is_same(turn, plain)}
        if has_system:
            messages.insert(0, {"role": _SYSTEM, "content": kept[_SYSTEM]})
        note: dict[str, Any] = {"turns": odd} if odd else {}
        if has_system:
            note["system_field"] = True
        return noted(put(kept, {"conversations": {"messages": messages}, _SYSTEM: {}}), _NOTE, note)

    def encode(self, fields: Fields) -> dict[str, Any]:
        """The messages as turns. Raises `LossError` for a message that says and calls at once, and for ids of calls."""
        fields = held(self, fields)
        refuse_leftovers(self.name, fields, ("messages", "tools"))
        messages = fields.get("messages")
        note, fields = without_note(fields, _NOTE)
        content: dict[str, Any] = {}
        if isinstance(messages, list):
            if note.get("system_field") is True and (system := _plain_system(messages)) is not None:
                content[_SYSTEM] = system
                messages = messages[1:]
            content = {"conversations": _turns(messages, note.get("turns")), **content}
        elif "messages" in fields:
            content["conversations"] = messages
        if "tools" in fields:
            content["tools"] = fields["tools"]
        # An unknown field called system would be taken for the system prompt.
        known = (*_FIELDS, _SYSTEM) if _is_system((fields.get("extra") or {}).get(_SYSTEM), messages) else _FIELDS
        return flat_row(self.name, content, fields, known)


def _is_system(value: Any, turns: Any) -> bool:
    """Whether a field called system is a system prompt: text, beside turns."""
    return isinstance(value, str) and value != "" and isinstance(turns, list)


def _turns(messages: list[Any], odd: Any) -> list[Any]:
    turns: list[Any] = []
    lost: list[str] = []
    for index, message in enumerate(messages):
        spelling = odd.get(str(index)) if isinstance(odd, dict) else None
        if spelling is not None and (original := _spelled(message, spelling)) is not None:
            turns.append(original)
            continue
        try:
            turns.append(encode_turn(message))
        except LossError as failure:
            lost.extend(f"messages[{index}].{what}" for what in failure.lost)
    if lost:
        raise LossError(ShareGPT.name, lost)
    return turns


def _respelled(message: Any) -> Any:
    try:
        return encode_turn(message)
    except LossError:
        return None


def _is_same(turn: Any, usual: Any) -> bool:
    return turn == usual and (not isinstance(turn, dict) or list(turn) == list(usual))


def _differing(turn: Any, usual: Any) -> Any:
    """What to note of a turn that is spelled in another way: the names that differ or, if that says too little, all."""
    if not (isinstance(turn, dict) and isinstance(usual, dict)):
        return turn
    differing = {name: value for name, value in turn.items() if name not in usual or usual[name] != value}
    return differing if _is_same(turn, {**usual, **differing}) else turn


def _spelled(message: Any, spelling: Any) -> Any:
    """The turn in the noted spelling, or None when the message is no longer the one that was noted."""
    usual = _respelled(message)
    respelled = {**usual, **spelling} if isinstance(usual, dict) and isinstance(spelling, dict) else spelling
    return next((turn for turn in (spelling, respelled) if decode_turn(turn) == message), None)


def _plain_system(messages: list[Any]) -> str | None:
    first = messages[0] if messages else None
    if not (isinstance(first, dict) and first.keys() == {"role", "content"} and first["role"] == _SYSTEM):
        return None
    return first["content"] if isinstance(first["content"], str) and first["content"] else None
