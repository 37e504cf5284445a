"""The doccano dialect of texts that are written anew: translations, summaries, answers."""

from typing import Any, ClassVar

from tilth.schemas.annotation.labels import are_labels
from tilth.schemas.dialects.base import Row, flat_row, held, put, refuse_leftovers, sort_fields
from tilth.schemas.dialects.faithful import FaithfulDialect
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.identity import Fields
from tilth.schemas.recast import fold_input, unfold_input


class DoccanoSeq2Seq(FaithfulDialect):
    """doccano's sequence to sequence: a text and the texts that it becomes.

        {"text": "Good morning.", "label": ["Guten Morgen."]}

    The rows look like classes of texts, so the dialect has to be named. A row of several labels has no one output:
    they stay a list, for a check to report.
    """

    name: ClassVar[str] = "doccano-seq2seq"
    summary: ClassVar[str] = "text and label, a list of the text that it becomes (doccano)"
    record_types: ClassVar[tuple[str, ...]] = ("instruction",)
    needs: ClassVar[tuple[str, ...]] = ("text", "label")
    is_detected: ClassVar[bool] = False

    def recognise(self, row: Row) -> str | None:
        """A text with a list of texts."""
        is_pair = isinstance(row.get("text"), str) and are_labels(row.get("label"))
        return "every row has text and a list of texts in label" if is_pair else None

    def read(self, row: Row) -> Fields:
        """The text as the instruction, the one label as the output."""
        fields = sort_fields(row, "instruction", self.needs, as_written=self.needs)
        labels = row.get("label")
        output = labels[0] if are_labels(labels) and isinstance(labels, list) and len(labels) == 1 else labels
        named = put(fields, {"text": {"instruction": row.get("text")}, "label": {"output": output}})
        return unfold_input(named)

    def write(self, fields: Fields) -> dict[str, Any]:
        """The instruction with its input as the text, and the output as the only label."""
        fields = fold_input(held(self, fields))
        refuse_leftovers(self.name, fields, ("instruction", "output"))
        if not isinstance(fields.get("output"), str):
            raise LossError(self.name, ["output (no text)"])
        content = {"text": fields.get("instruction"), "label": [fields["output"]]}
        return flat_row(self.name, content, fields, self.needs)
