"""The TRL prompt-completion dialect: what comes first, and what a model is to add."""

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
from tilth.schemas.identity import Fields
from tilth.schemas.note import noted, without_note
from tilth.schemas.recast import RecastError, fold_input, recast, unfold_input

_NOTE, _TURNS = "trl", "completion_turns"


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
    way_out: ClassVar[str] = "--dialect trl-prompt-completion"
    fields: ClassVar[tuple[str, ...]] = ("prompt", "completion", "tools")

    def recognise(self, row: Row) -> str | None:
        """Both fields are there."""
        return "every row has prompt and completion" if "prompt" in row and "completion" in row else None

    def objection(self, row: Row) -> str | None:
        """The row marks its completion as good or bad: TRL's unpaired preference."""
        return judged_answers(self.name, row) if self.recognise(row) else None

    def decode(self, row: Row) -> Fields:
        """Text as an instruction, messages as a chat."""
        prompt, completion = row.get("prompt"), row.get("completion")
        if isinstance(prompt, list) and isinstance(completion, list):
            return _decode_chat(row, prompt, completion)
        names = {"prompt": "instruction", "completion": "output"}
        # An upstream `tools`, `instruction` or `output` beside a text prompt is just another unknown field.
        kept = sort_fields(row, "instruction", tuple(names))
        return unfold_input({names.get(name, name): value for name, value in kept.items()})

    def encode(self, fields: Fields) -> dict[str, Any]:
        """An instruction as text, a chat as messages split before the assistant's last turns."""
        fields = held(self, fields)
        if fields["type"] == "instruction" and fields.get("system"):
            fields = _recast(fields)  # text has no place for a system prompt; messages have
        if fields["type"] == "instruction":
            fields = _folded(fields)
            refuse_leftovers(self.name, fields, ("instruction", "output"))
            names = {"instruction": "prompt", "output": "completion"}
            content = {names[name]: value for name, value in fields.items() if name in names}
            if len(content) == 2 and all(isinstance(value, list) for value in content.values()):
                raise LossError(self.name, ["instruction (no text)"])  # lists would be read as messages
            return flat_row(self.name, content, fields, tuple(names.values()))
        refuse_leftovers(self.name, fields, ("messages", "tools"))
        return _encode_chat(self.name, fields)


def _recast(fields: Fields) -> Fields:
    try:
        return recast(fields, "chat")
    except RecastError as failure:
        raise LossError(TrlPromptCompletion.name, failure.lost) from failure


def _folded(fields: Fields) -> Fields:
    try:
        folded = fold_input(fields)
    except RecastError as failure:
        raise LossError(TrlPromptCompletion.name, failure.lost) from failure
    return {name: value for name, value in folded.items() if name != "system" or value}


def _decode_chat(row: Row, prompt: list[Any], completion: list[Any]) -> Fields:
    kept = sort_fields(row, "chat", TrlPromptCompletion.fields, as_written=TrlPromptCompletion.fields)
    messages = [*prompt, *completion]
    fields = put(kept, {"prompt": {"messages": messages}, "completion": {}})
    is_usual = len(completion) == _answer_turns(messages)
    return noted(fields, _NOTE, {} if is_usual else {_TURNS: len(completion)})


def _encode_chat(name: str, fields: Fields) -> dict[str, Any]:
    note, fields = without_note(fields, _NOTE)
    messages, turns = fields.get("messages"), note.get(_TURNS)
    if not isinstance(messages, list):
        raise LossError(name, ["messages (no list)"])
    if not (type(turns) is int and 0 <= turns <= len(messages)):
        turns = _answer_turns(messages)
    split = len(messages) - turns
    content = {"prompt": messages[:split], "completion": messages[split:]}
    content.update((key, fields[key]) for key in ("tools",) if key in fields)
    return flat_row(name, content, fields, TrlPromptCompletion.fields)


def _answer_turns(messages: list[Any]) -> int:
    """How many turns at the end are the assistant's alone."""
    turns = 0
    for message in reversed(messages):
        if not (isinstance(message, dict) and message.get("role") == "assistant"):
            break
        turns += 1
    return turns
