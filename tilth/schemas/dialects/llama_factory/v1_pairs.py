"""LLaMA-Factory's newer format of comparisons: two conversations that begin alike."""

from typing import Any, ClassVar

from tilth.schemas.dialects.base import Dialect, Row, flat_row, held, put, refuse_leftovers, sort_fields
from tilth.schemas.dialects.llama_factory.v1 import has_parts, read_message, write_message
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.dialects.preference_forms import common_turns, in_messages
from tilth.schemas.dialects.spelling import odd_items, written
from tilth.schemas.identity import Fields
from tilth.schemas.note import noted, without_note

_COLUMNS = {"chosen_messages": "chosen", "rejected_messages": "rejected"}
_NOTE, _BORDER = "llama-factory-v1-pairs", "border"


class LlamaFactoryV1Pairs(Dialect):
    """LLaMA-Factory v1 for DPO: the conversation with the good answer, and with the bad one.

        {"chosen_messages": [
          {"role": "user", "content": [{"type": "text", "value": "Is 9 a prime?"}]},
          {"role": "assistant", "content": [{"type": "text", "value": "No."}]}],
         "rejected_messages": [
          {"role": "user", "content": [{"type": "text", "value": "Is 9 a prime?"}]},
          {"role": "assistant", "content": [{"type": "text", "value": "Yes."}]}]}

    The prompt is what both have in common.
    """

    name: ClassVar[str] = "llama-factory-v1-pairs"
    summary: ClassVar[str] = "chosen_messages and rejected_messages, of parts with type and value (LLaMA-Factory v1)"
    record_types: ClassVar[tuple[str, ...]] = ("preference",)
    needs: ClassVar[tuple[str, ...]] = tuple(_COLUMNS)

    def recognise(self, row: Row) -> str | None:
        """Two lists of messages of parts."""
        lists = [row.get(name) for name in _COLUMNS]
        is_pair = all(isinstance(each, list) and each and all(map(has_parts, each)) for each in lists)
        return "every row has chosen_messages and rejected_messages" if is_pair else None

    def decode(self, row: Row) -> Fields:
        """The turns that both share as the prompt, the others as the answers."""
        lists = [row.get(name) for name in _COLUMNS]
        if not all(isinstance(each, list) for each in lists):
            return noted(sort_fields(row, "preference", ()), _NOTE, {})
        kept = sort_fields(row, "preference", (*_COLUMNS, "tools"), as_written=(*_COLUMNS, "tools"))
        odd = {name: odd_items(row[name], read_message, write_message) for name in _COLUMNS}
        chosen, rejected = ([read_message(message) for message in row[name]] for name in _COLUMNS)
        border = common_turns(chosen, rejected)
        said = {"prompt": chosen[:border], "chosen": chosen[border:], "rejected": rejected[border:]}
        fields = put(kept, {"chosen_messages": said, "rejected_messages": {}})
        return noted(fields, _NOTE, {name: found for name, found in odd.items() if found})

    def encode(self, fields: Fields) -> dict[str, Any]:
        """Both conversations whole. Raises `LossError` where the prompt could not be found again."""
        note, fields = without_note(held(self, fields), _NOTE)
        if not fields.keys() & {"prompt", "chosen", "rejected"}:
            return flat_row(self.name, {}, fields, ())  # a row of another shape, carried along
        fields = in_messages(self.name, fields)
        refuse_leftovers(self.name, fields, ("prompt", "chosen", "rejected", "tools"))
        content: dict[str, Any] = {}
        for name, part in _COLUMNS.items():
            messages = [*fields["prompt"], *fields[part]]
            content[name] = written(self.name, "messages", messages, note.get(name), read_message, write_message)
        content.update((name, fields[name]) for name in ("tools",) if name in fields)
        if common_turns(*([*fields["prompt"], *fields[part]] for part in _COLUMNS.values())) != len(fields["prompt"]):
            raise LossError(self.name, [f"{_BORDER} (where the prompt ends: the answers begin alike)"])
        return flat_row(self.name, content, fields, (*_COLUMNS, "tools"))

    def forgo(self, fields: Fields, name: str) -> Fields | None:
        """Without the border, the turns that both answers begin with count as prompt."""
        if name != _BORDER:
            return super().forgo(fields, name)
        fields = in_messages(self.name, fields)
        whole = [[*fields["prompt"], *fields[part]] for part in _COLUMNS.values()]
        border = common_turns(*whole)
        return {**fields, "prompt": whole[0][:border], "chosen": whole[0][border:], "rejected": whole[1][border:]}
