"""The TRL prompt-completion dialect: what comes first, and what a model is to add."""

from typing import Any, ClassVar

from tilth.schemas.dialects.base import Dialect, Row, flat_row, refuse_leftovers, refuse_other_type, sort_fields
from tilth.schemas.record import Fields

_NOTE = "trl_completion_turns"


class TrlPromptCompletion(Dialect):
    """TRL's prompt and completion: text is an instruction and its output, messages are a chat.

        {"prompt": "The sky is", "completion": " blue."}
        {"prompt": [{"role": "user", "content": "Hello"}], "completion": [{"role": "assistant", "content": "Hi!"}]}

    In a chat, the completion is what the assistant says after everybody else; where a row splits elsewhere, its
    `meta` notes how many turns the completion has.
    """

    name: ClassVar[str] = "trl-prompt-completion"
    summary: ClassVar[str] = "prompt and completion, as text or as messages (TRL)"
    record_types: ClassVar[tuple[str, ...]] = ("instruction", "chat")
    needs: ClassVar[tuple[str, ...]] = ("prompt", "completion")
    fields: ClassVar[tuple[str, ...]] = ("prompt", "completion", "tools")

    def recognise(self, row: Row) -> str | None:
        """Both fields are there."""
        return "every row has prompt and completion" if "prompt" in row and "completion" in row else None

    def decode(self, row: Row) -> Fields:
        """Text as an instruction, messages as a chat."""
        prompt, completion = row.get("prompt"), row.get("completion")
        if isinstance(prompt, list) and isinstance(completion, list):
            return _decode_chat(row, prompt, completion)
        names = {"prompt": "instruction", "completion": "output"}
        # An upstream `tools`, `instruction` or `output` beside a text prompt is just another unknown field.
        kept = sort_fields(row, "instruction", tuple(names))
        return {names.get(name, name): value for name, value in kept.items()}

    def encode(self, fields: Fields) -> dict[str, Any]:
        """An instruction as text, a chat as messages split before the assistant's last turns."""
        refuse_other_type(self, fields)
        if fields["type"] == "instruction":
            refuse_leftovers(self.name, fields, ("instruction", "output"))
            names = {"instruction": "prompt", "output": "completion"}
            content = {names[name]: value for name, value in fields.items() if name in names}
            return flat_row(self.name, content, fields, tuple(names.values()))
        refuse_leftovers(self.name, fields, ("messages", "tools"))
        return _encode_chat(self.name, fields)


def _decode_chat(row: Row, prompt: list[Any], completion: list[Any]) -> Fields:
    kept = sort_fields(row, "chat", TrlPromptCompletion.fields)
    messages = [*prompt, *completion]
    fields: Fields = {"type": "chat", "messages": messages}
    fields.update((name, value) for name, value in kept.items() if name not in ("type", "prompt", "completion"))
    if len(completion) != _answer_turns(messages):
        fields["meta"] = {**kept.get("meta", {}), _NOTE: len(completion)}
    return fields


def _encode_chat(name: str, fields: Fields) -> dict[str, Any]:
    messages, meta = fields.get("messages"), dict(fields.get("meta") or {})
    turns = meta.pop(_NOTE, None)
    if not isinstance(messages, list):
        messages = []
    if not (isinstance(turns, int) and 0 <= turns <= len(messages)):
        turns = _answer_turns(messages)
    split = len(messages) - turns
    content = {"prompt": messages[:split], "completion": messages[split:]}
    content.update((key, fields[key]) for key in ("tools",) if key in fields)
    without_note = {key: value for key, value in fields.items() if key != "meta" or _NOTE not in (value or {})}
    if meta and "meta" not in without_note:
        without_note["meta"] = meta
    return flat_row(name, content, without_note, TrlPromptCompletion.fields)


def _answer_turns(messages: list[Any]) -> int:
    """How many turns at the end are the assistant's alone."""
    turns = 0
    for message in reversed(messages):
        if not (isinstance(message, dict) and message.get("role") == "assistant"):
            break
        turns += 1
    return turns
