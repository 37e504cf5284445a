"""The OpenAI preference dialect: input, preferred_output and non_preferred_output."""

from typing import Any, ClassVar

from tilth.schemas.dialects.base import Dialect, Row, flat_row, held, put, refuse_leftovers, sort_fields
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.dialects.preference_forms import in_messages
from tilth.schemas.identity import Fields
from tilth.schemas.note import noted, without_note

_INPUT, _OUTPUTS = "input", {"preferred_output": "chosen", "non_preferred_output": "rejected"}
_NOTE = "openai"


class OpenAIPreference(Dialect):
    """OpenAI, Azure, Together: a conversation, and two ways to go on.

        {"input": {"messages": [{"role": "user", "content": "Is 9 a prime?"}]},
         "preferred_output": [{"role": "assistant", "content": "No."}],
         "non_preferred_output": [{"role": "assistant", "content": "Yes."}]}

    Whatever else stands in `input` (`parallel_tool_calls`) is noted in `meta`. Texts of a preference are written as
    messages.
    """

    name: ClassVar[str] = "openai-preference"
    summary: ClassVar[str] = "input, preferred_output and non_preferred_output (OpenAI, Azure, Together)"
    record_types: ClassVar[tuple[str, ...]] = ("preference",)
    needs: ClassVar[tuple[str, ...]] = (_INPUT, *_OUTPUTS)

    def recognise(self, row: Row) -> str | None:
        """The three parts are there, each with its messages."""
        is_whole = all(name in row for name in self.needs) and _has_messages(row)
        return "every row has input and both outputs" if is_whole else None

    def decode(self, row: Row) -> Fields:
        """The messages of the input as the prompt, the outputs as the answers."""
        if not _has_messages(row):
            return sort_fields(row, "preference", ())
        given = row[_INPUT]
        kept = sort_fields(row, "preference", self.needs, as_written=(_INPUT, *_OUTPUTS))
        said = {"prompt": given["messages"], **{name: given[name] for name in ("tools",) if name in given}}
        outputs = {name: {part: kept[name]} for name, part in _OUTPUTS.items() if name in kept}
        fields = put(kept, {_INPUT: said, **outputs})
        beside = {name: value for name, value in given.items() if name not in ("messages", "tools")}
        return noted(fields, _NOTE, beside)

    def encode(self, fields: Fields) -> dict[str, Any]:
        """The preference as messages. Raises `LossError` for margin and ratings, which have no place there."""
        beside, fields = without_note(held(self, fields), _NOTE)
        if "prompt" not in fields and all(name in (fields.get("extra") or {}) for name in self.needs):
            return flat_row(self.name, {}, fields, ())  # an input of another shape, carried along
        fields = in_messages(self.name, fields)
        content = {"prompt", "chosen", "rejected", "tools"}
        refuse_leftovers(self.name, {name: value for name, value in fields.items() if value is not None}, content)
        given = {"messages": fields["prompt"]}
        if fields.get("tools") is not None:
            given["tools"] = fields["tools"]
        if taken := [name for name in beside if name in given]:
            raise LossError(self.name, [f"meta.{_NOTE}.{name} (the name has a meaning there)" for name in taken])
        row = {_INPUT: {**given, **beside}}
        row.update((name, fields[part]) for name, part in _OUTPUTS.items())
        return flat_row(self.name, row, fields, self.needs)


def _has_messages(row: Row) -> bool:
    """Whether there is a list of messages in the input, and in each output that there is."""
    given = row.get(_INPUT)
    outputs = [row[name] for name in _OUTPUTS if name in row]
    return isinstance(given, dict) and all(isinstance(part, list) for part in (given.get("messages"), *outputs))
