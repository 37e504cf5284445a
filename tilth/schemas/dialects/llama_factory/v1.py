"""LLaMA-Factory's newer format: messages of parts, each with its weight in the loss."""

from typing import Any, ClassVar

from tilth.schemas.dialects.base import Dialect, Row, flat_row, held, put, refuse_leftovers, sort_fields
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.dialects.spelling import odd_items, written
from tilth.schemas.dialects.tool_calls import calls_text, read_calls, said_calls
from tilth.schemas.identity import Fields
from tilth.schemas.note import noted, without_note

_FIELDS = ("messages", "tools")
_NOTE = "llama-factory-v1"
_WEIGHTS = {"loss_weight": "weight"}
_CALL = "tool_call"


class LlamaFactoryV1(Dialect):
    """LLaMA-Factory v1: the content of a message is a list of parts with a type and a value.

        {"messages": [
          {"role": "user", "content": [{"type": "text", "value": "Hello"}], "loss_weight": 0.0},
          {"role": "assistant", "content": [{"type": "text", "value": "Hi!"}], "loss_weight": 1.0}]}

    One part of text is read as that text, parts of calls at the end as tool calls, `loss_weight` as `weight`.
    """

    name: ClassVar[str] = "llama-factory-v1"
    summary: ClassVar[str] = "messages of parts with type and value, and loss_weight (LLaMA-Factory v1)"
    record_types: ClassVar[tuple[str, ...]] = ("chat",)
    needs: ClassVar[tuple[str, ...]] = ("messages",)

    def recognise(self, row: Row) -> str | None:
        """Messages of parts with a value."""
        messages = row.get("messages")
        is_parts = isinstance(messages, list) and bool(messages) and all(has_parts(message) for message in messages)
        return "every row has messages of parts with type and value" if is_parts else None

    def evidence(self, row: Row) -> frozenset[str]:
        """The messages, and what they say otherwise than those of `openai`."""
        return frozenset({"messages", "messages.content.value"})

    def decode(self, row: Row) -> Fields:
        """The messages with texts and tool calls."""
        kept = sort_fields(row, "chat", _FIELDS)
        messages = row.get("messages")
        if not isinstance(messages, list):
            return noted(kept, _NOTE, {})
        odd = odd_items(messages, read_message, write_message)
        fields = put(kept, {"messages": {"messages": [read_message(message) for message in messages]}})
        return noted(fields, _NOTE, {"messages": odd} if odd else {})

    def encode(self, fields: Fields) -> dict[str, Any]:
        """The messages as parts. Raises `LossError` for parts that are more than a text, and for ids of calls."""
        note, fields = without_note(held(self, fields), _NOTE)
        refuse_leftovers(self.name, fields, _FIELDS)
        content = {name: value for name, value in fields.items() if name in _FIELDS}
        if isinstance(content.get("messages"), list):
            odd = note.get("messages")
            content["messages"] = written(self.name, "messages", content["messages"], odd, read_message, write_message)
        return flat_row(self.name, content, fields, _FIELDS)


def has_parts(message: Any) -> bool:
    """Whether the content of a message is a list of parts with type and value."""
    parts = message.get("content") if isinstance(message, dict) else None
    return isinstance(parts, list) and bool(parts) and all(_is_part(part) for part in parts)


def _is_part(part: Any) -> bool:
    if not (isinstance(part, dict) and part.keys() == {"type", "value"}):
        return False
    return isinstance(part["type"], str) and isinstance(part["value"], str)


def read_message(message: Any) -> Any:
    """The message with text and tool calls. Never raises."""
    if not has_parts(message) or "weight" in message or message.get("tool_calls"):
        return message
    parts = message["content"]
    first_call = next((place for place, part in enumerate(parts) if part["type"] == _CALL), len(parts))
    calls: list[Any] = [read_calls(part["value"]) for part in parts[first_call:] if part["type"] == _CALL]
    if len(calls) != len(parts) - first_call or not all(calls):
        calls, first_call = [], len(parts)
    texts = [{"type": part["type"], "text": part["value"]} for part in parts[:first_call]]
    is_text = len(texts) == 1 and texts[0]["type"] == "text"
    said: Any = texts[0]["text"] if is_text else texts or None
    tool_calls = {"tool_calls": [call for found in calls for call in found or ()]} if calls else {}
    named = {_WEIGHTS.get(name, name): value for name, value in message.items()}
    return put(named, {"content": {"content": said, **tool_calls}})


def write_message(message: Any) -> Any:
    """The message with parts. Raises `LossError` for what they cannot say."""
    if not isinstance(message, dict):
        return message
    lost = [f"{name} (the name has a meaning there)" for name in _WEIGHTS if name in message]
    parts = _parts(message.get("content"))
    if parts is None:
        lost.append("content (parts of more than a text)")
    elif not parts and not message.get("tool_calls"):
        lost.append("content (there is none)")
    if message.get("tool_calls"):
        calls, more = said_calls(message["tool_calls"])
        lost += more
        parts = [*(parts or ()), *({"type": _CALL, "value": calls_text(call)} for call in calls)]
    if lost:
        raise LossError(LlamaFactoryV1.name, lost)
    names = {old: new for new, old in _WEIGHTS.items()}
    called = {"tool_calls"} if message.get("tool_calls") else set()
    named = {names.get(name, name): value for name, value in message.items() if name not in called}
    # A message that does nothing but call may have no content to put the calls into.
    return {name: parts if name == "content" else value for name, value in {**named, "content": parts}.items()}


def _parts(content: Any) -> list[dict[str, Any]] | None:
    if content is None:
        return []
    if isinstance(content, str):
        return [{"type": "text", "value": content}]
    parts = content if isinstance(content, list) else [None]
    said = [part for part in parts if isinstance(part, dict) and part.keys() == {"type", "text"}]
    return [{"type": part["type"], "value": part["text"]} for part in said] if len(said) == len(parts) else None
