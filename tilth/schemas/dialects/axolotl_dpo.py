"""Axolotl's DPO dialect: a conversation, and two messages to go on with."""

from typing import Any, ClassVar

from tilth.schemas.dialects.base import Dialect, Row, flat_row, held, refuse_leftovers, sort_fields
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.dialects.preference_forms import in_messages
from tilth.schemas.identity import Fields

_NAMES = {"messages": "prompt", "chosen": "chosen", "rejected": "rejected"}


class AxolotlDpo(Dialect):
    """Axolotl's `chat_template.default` for DPO: messages, and one message for each answer.

    {"messages": [{"role": "user", "content": "Is 9 a prime?"}],
     "chosen": {"role": "assistant", "content": "No."}, "rejected": {"role": "assistant", "content": "Yes."}}
    """

    name: ClassVar[str] = "axolotl-dpo"
    summary: ClassVar[str] = "messages, and one message as chosen and as rejected (Axolotl chat_template.default)"
    record_types: ClassVar[tuple[str, ...]] = ("preference",)
    needs: ClassVar[tuple[str, ...]] = tuple(_NAMES)

    def recognise(self, row: Row) -> str | None:
        """Messages, and an object for each answer."""
        is_pair = all(isinstance(row.get(name), dict) for name in ("chosen", "rejected"))
        return "every row has messages, and one message as each answer" if is_pair and "messages" in row else None

    def decode(self, row: Row) -> Fields:
        """The answers as lists of one message; a row of another shape as it is."""
        if self.recognise(row) is None or not isinstance(row["messages"], list):
            return sort_fields(row, "preference", ())
        kept = sort_fields(row, "preference", (*_NAMES, "tools"), as_written=(*_NAMES, "tools"))
        fields = {_NAMES.get(name, name): value for name, value in kept.items()}
        return {
            name: [value] if name in ("chosen", "rejected") and isinstance(value, dict) else value
            for name, value in fields.items()
        }

    def encode(self, fields: Fields) -> dict[str, Any]:
        """The one message of each answer. Raises `LossError` for an answer of several."""
        fields = held(self, fields)
        if not fields.keys() & set(_NAMES.values()):
            return flat_row(self.name, {}, fields, ())  # a row of another shape, carried along
        fields = in_messages(self.name, fields)
        said = {name: value for name, value in fields.items() if value is not None}
        refuse_leftovers(self.name, said, (*_NAMES.values(), "tools"))
        lost = [
            f"{name} (more than one message)"
            for name in ("chosen", "rejected")
            if len(fields[name]) != 1 or not isinstance(fields[name][0], dict)
        ]
        if lost:
            raise LossError(self.name, lost)
        content = {"messages": fields["prompt"], "chosen": fields["chosen"][0], "rejected": fields["rejected"][0]}
        content.update((name, fields[name]) for name in ("tools",) if name in fields)
        return flat_row(self.name, content, fields, (*_NAMES, "tools"))
