"""The LLMBar dialect: one input, two outputs, and the number of the better one."""

from typing import Any, ClassVar

from tilth.schemas.dialects.base import Dialect, Row, flat_row, held, put, refuse_leftovers, sort_fields
from tilth.schemas.dialects.preference_forms import in_text
from tilth.schemas.identity import Fields
from tilth.schemas.note import noted, without_note

_NOTE, _LABEL = "llmbar", "label"


class LlmBar(Dialect):
    """LLMBar and other comparisons: which of two outputs is better.

        {"input": "Is 9 a prime?", "output_1": "Yes.", "output_2": "No.", "label": 2}

    The better one is chosen; `meta` notes when that was the second.
    """

    name: ClassVar[str] = "llmbar"
    summary: ClassVar[str] = "input, output_1, output_2 and the label 1 or 2 (LLMBar)"
    record_types: ClassVar[tuple[str, ...]] = ("preference",)
    needs: ClassVar[tuple[str, ...]] = ("input", "output_1", "output_2", _LABEL)

    def recognise(self, row: Row) -> str | None:
        """All four are there, three of them texts, and the label is 1 or 2."""
        is_labelled = type(row.get(_LABEL)) is int and row[_LABEL] in (1, 2)
        is_pair = is_labelled and all(isinstance(row.get(name), str) for name in self.needs if name != _LABEL)
        return "every row has input, two outputs and which is better" if is_pair else None

    def decode(self, row: Row) -> Fields:
        """The output that the label names as the chosen one; a row without such a label keeps its own names."""
        if self.recognise(row) is None:
            return sort_fields(row, "preference", ())
        kept = sort_fields(row, "preference", self.needs, as_written=self.needs)
        outputs = (row["output_1"], row["output_2"])
        chosen = row[_LABEL] - 1
        said = {"prompt": row["input"], "chosen": outputs[chosen], "rejected": outputs[1 - chosen]}
        fields = put(kept, {"input": said, "output_1": {}, "output_2": {}, _LABEL: {}})
        return noted(fields, _NOTE, {_LABEL: 2} if chosen else {})

    def encode(self, fields: Fields) -> dict[str, Any]:
        """The two outputs in the order in which they were read; the chosen one first for others."""
        note, fields = without_note(held(self, fields), _NOTE)
        if "prompt" not in fields:
            return flat_row(self.name, {}, fields, ())
        fields = in_text(self.name, fields)
        said = {name: value for name, value in fields.items() if value is not None}
        refuse_leftovers(self.name, said, ("prompt", "chosen", "rejected"))
        label = 2 if note.get(_LABEL) == 2 else 1
        outputs = {f"output_{label}": fields["chosen"], f"output_{3 - label}": fields["rejected"]}
        content = {"input": fields["prompt"], **dict(sorted(outputs.items())), _LABEL: label}
        return flat_row(self.name, content, fields, self.needs)
