"""LLaMA-Factory's alpaca formatting: one task per row, with a history, two answers or a verdict where it has them."""

from collections.abc import Mapping
from typing import Any, ClassVar

from tilth.schemas.dialects.base import Row, flat_row, held, put, refuse_leftovers, sort_fields
from tilth.schemas.dialects.exchanges import exchanges_of
from tilth.schemas.dialects.llama_factory.formatting import Formatting, Kind
from tilth.schemas.dialects.llama_factory.task import columns_of, history_of, prompt_of
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.identity import Fields
from tilth.schemas.note import noted, without_note
from tilth.schemas.recast import RecastError, recast

_NOTE = "llama-factory"
_TASK = ("instruction", "input", "output", "system")
_PARTS: dict[Kind, dict[str, str]] = {
    "response": {"output": "messages"},
    "ranking": {"chosen": "chosen", "rejected": "rejected"},
    "kto_tag": {"output": "completion", "kto_tag": "label"},
}
"""The columns of the answers by kind, and the parts of the record that they are."""
_TYPES: dict[Kind, str] = {"response": "chat", "ranking": "preference", "kto_tag": "unpaired"}


class LlamaFactoryAlpaca(Formatting):
    """LLaMA-Factory's `formatting: alpaca`, with `dataset_info.json` beside the rows.

        {"instruction": "And 11?", "input": "", "output": "Yes.", "history": [["Is 9 a prime?", "No."]]}
        {"instruction": "Is 9 a prime?", "input": "", "chosen": "No.", "rejected": "Yes."}
        {"instruction": "Is 9 a prime?", "input": "", "output": "Yes.", "kto_tag": false}

    A history makes a chat of the row, `chosen` and `rejected` a preference, `kto_tag` an unpaired one. Text alone is
    for pre-training. Columns of images, videos and sounds travel along.
    """

    name: ClassVar[str] = "llama-factory-alpaca"
    summary: ClassVar[str] = "alpaca with history, two answers or kto_tag, and dataset_info.json (LLaMA-Factory)"
    record_types: ClassVar[tuple[str, ...]] = ("instruction", "chat", "preference", "unpaired", "text")
    formatting: ClassVar[str] = "alpaca"

    def recognise(self, row: Row) -> str | None:
        """The columns that the entry names; without an entry, what `alpaca` does not know."""
        usual = self.usual(row)
        if self.is_told:
            return "every row has what dataset_info.json names" if self.has(usual, "instruction") else None
        kind = self.kind(usual)
        is_more = kind in ("ranking", "kto_tag") or _has_history(usual)
        return "every row has more than alpaca" if is_more and self._is_whole(usual, kind) else None

    def evidence(self, row: Row) -> frozenset[str]:
        """The task, and what makes it more than one answer to learn."""
        usual = self.usual(row)
        history = ["history"] if _has_history(usual) else []
        return frozenset({"instruction", *_PARTS.get(self.kind(usual), ()), *history})

    def kind(self, row: Mapping[str, Any]) -> Kind:
        """By the columns that the row has."""
        if self._text_column() in row and (self.is_told or "instruction" not in row):
            return "text"
        if self.has(row, "chosen", "rejected") and (self.entry.is_ranking or not self.is_told):
            return "ranking"
        return "kto_tag" if self.has(row, "kto_tag") and isinstance(row["kto_tag"], bool) else "response"

    def decode_usual(self, row: Mapping[str, Any]) -> Fields:
        """The record in a row under the usual names; a row that is nothing whole is carried along."""
        kind = self.kind(row)
        if kind == "text":
            column = self._text_column()
            return noted(put(sort_fields(row, "text", (column,)), {column: {"text": row[column]}}), _NOTE, {})
        history = history_of(row.get("history")) if "history" in self.known else []
        if kind == "response" and not history:
            return noted(sort_fields(row, "instruction", self._active(_TASK)), _NOTE, {})
        if not self._is_whole(row, kind):
            return noted(sort_fields(row, "instruction", ()), _NOTE, {})
        columns = self._active(_columns(kind, has_history=bool(history)))
        kept = sort_fields(row, _TYPES[kind], columns, as_written=columns)
        prompt, note = prompt_of({name: kept[name] for name in columns if name in kept}, history)
        said = {"instruction": {"prompt": prompt}, "input": {}, "history": {}, "system": {} if history else None}
        for column, part in _PARTS[kind].items():
            value = kept[column]
            said[column] = {
                part: [{"role": "assistant", "content": value}] if history and isinstance(value, str) else value
            }
        fields = put(kept, {name: parts for name, parts in said.items() if parts is not None})
        if kind == "response":
            fields = put(fields, {"prompt": {}, "messages": {"messages": [*prompt, *fields["messages"]]}})
        return noted(fields, _NOTE, note)

    def encode_usual(self, fields: Fields) -> dict[str, Any]:
        """The record as a row under the usual names."""
        note, fields = without_note(self._simplest(held(self, fields)), _NOTE)
        kind = next((kind for kind, name in _TYPES.items() if name == fields["type"]), "")
        if kind:
            return self._encode_told(fields, kind, note)
        if fields["type"] == "text":
            column = self._text_column()
            refuse_leftovers(self.name, fields, ("text",))
            return flat_row(self.name, {column: fields["text"]} if "text" in fields else {}, fields, (column,))
        known = self._active(_TASK)
        refuse_leftovers(self.name, fields, known)
        content = {name: value for name, value in fields.items() if name in known}
        return flat_row(self.name, content, fields, tuple(content))

    def _encode_told(self, fields: Fields, kind: Kind, note: Mapping[str, Any]) -> dict[str, Any]:
        """A record of messages, or of a prompt and what is judged."""
        parts = _PARTS[kind]
        refuse_leftovers(self.name, fields, (*parts.values(), *(("prompt", "system") if kind != "response" else ())))
        if kind == "response":
            exchanges_of(self.name, fields.get("messages"))  # the losses under their own names
            *prompt, answer = fields["messages"]
            said = {"output": answer["content"]}
        else:
            prompt = fields.get("prompt")
            said = {column: self._answer(fields, part, prompt) for column, part in parts.items()}
        found = {**columns_of(self.name, prompt, fields, note), **said}
        lost = [name for name in found if name not in self.known]
        if lost:
            raise LossError(self.name, [f"{name} (dataset_info.json names no such column)" for name in lost])
        content = {name: found[name] for name in _columns(kind, has_history=True) if name in found}
        return flat_row(self.name, content, fields, tuple(content))

    def _answer(self, fields: Fields, part: str, prompt: Any) -> Any:
        value = fields.get(part)
        if part == "label" or (isinstance(prompt, str) and isinstance(value, str)):
            return value
        message = value[0] if isinstance(value, list) and len(value) == 1 and isinstance(prompt, list) else {}
        there = {name: each for name, each in message.items() if each is not None} if isinstance(message, dict) else {}
        if there.keys() != {"role", "content"} or there["role"] != "assistant" or not isinstance(there["content"], str):
            raise LossError(self.name, [f"{part} (no plain answer)"])
        return there["content"]

    def _simplest(self, fields: Fields) -> Fields:
        """A chat of one exchange as the instruction that it is."""
        try:
            return recast(fields, "instruction") if fields["type"] == "chat" else fields
        except RecastError:
            return fields

    def _text_column(self) -> str:
        """Where the text is, in a file for pre-training; no column of that name in any other."""
        if self.is_told:
            return "instruction" if self.entry.columns.keys() == {"prompt"} else ""
        return "text"

    def _active(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name for name in names if name in self.known)

    def _is_whole(self, row: Mapping[str, Any], kind: Kind) -> bool:
        """Whether everything that a row of that kind is made of is text."""
        answers = [name for name in _PARTS.get(kind, ()) if name != "kto_tag"]
        given = [name for name in ("input", "system") if self.has(row, name) and row[name]]
        return self.has(row, "instruction") and all(
            isinstance(row.get(n), str) for n in ("instruction", *answers, *given)
        )


def _has_history(row: Mapping[str, Any]) -> bool:
    """Whether a row has the turns before it: none, where it is the first of a conversation."""
    history = row.get("history")
    return bool(history_of(history)) or history == []


def _columns(kind: Kind, *, has_history: bool) -> tuple[str, ...]:
    """The columns of a row of that kind, in the order in which they are written."""
    return ("instruction", "input", *_PARTS[kind], "system", *(("history",) if has_history else ()))
