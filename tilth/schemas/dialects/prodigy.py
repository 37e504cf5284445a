"""The Prodigy dialect: what spaCy's has, with a person's answer to it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from tilth.schemas.annotation.labels import are_labels
from tilth.schemas.annotation.span_items import are_spans
from tilth.schemas.annotation.tokens import strange_tokens, without_tokens
from tilth.schemas.dialects.base import Row, flat_row, held, refuse_leftovers
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.dialects.spacy import Spacy, is_answered
from tilth.schemas.identity import Fields

_ANSWER, _ACCEPT, _DECLINED = "answer", "accept", ("reject", "ignore")


class Prodigy(Spacy):
    """Prodigy: spans with the places of their tokens, a label, or chosen options, and the answer to the question.

        {"text": "Ada wrote.", "spans": [{"start": 0, "end": 3, "label": "PER"}], "answer": "accept"}
        {"text": "Where is it?", "options": [{"id": "a", "text": "A"}], "accept": ["a"], "answer": "accept"}

    What was rejected or ignored is no annotation: its spans or labels stay in `extra`, the record has none, and a
    check or another dialect says so.
    """

    name: ClassVar[str] = "prodigy"
    summary: ClassVar[str] = "text with spans, a label or accepted options, and an answer (Prodigy)"
    needs: ClassVar[tuple[str, ...]] = ("text", "answer")
    taken: ClassVar[tuple[str, ...]] = (*Spacy.taken, "accept", "label", "answer")
    has_single_labels: ClassVar[bool] = True

    def recognise(self, row: Row) -> str | None:
        """A text with something to answer, and the answer."""
        found = _content(row)
        if not (isinstance(row.get("text"), str) and is_answered(row) and found):
            return None
        return f"every row has text, {found} and an answer"

    def evidence(self, row: Row) -> frozenset[str]:
        """The text, what was asked about it, and the answer."""
        return frozenset(("text", str(_content(row)), _ANSWER))

    def read(self, row: Row) -> Fields:
        """Spans as entities, or the label or the chosen options as labels; neither, of what was not accepted."""
        found = _content(row)
        record_type = "ner" if found in ("spans", None) else "classification"
        if row.get(_ANSWER) != _ACCEPT:
            return self.read_names(row, record_type, None, None)
        spans, labels = ("spans", None) if found == "spans" else (None, found)
        return self.read_names(row, record_type, spans, labels, [_ANSWER])

    def read_labels(self, name: str, value: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The label, or the options that were chosen."""
        return {"label" if name == "label" else "labels": value}, {}

    def write(self, fields: Fields) -> dict[str, Any]:
        """The text with spans or labels and that they are accepted; what was not accepted, as it was read."""
        fields = held(self, fields)
        extra = fields.get("extra") or {}
        if extra.get(_ANSWER) not in _DECLINED or any(name in fields for name in ("entities", "label", "labels")):
            return super().write(fields)
        if strange := strange_tokens(fields):
            raise LossError(self.name, strange)
        tokens, fields = without_tokens(fields)
        refuse_leftovers(self.name, fields, ("text",))
        content = {"text": fields["text"]} if "text" in fields else {}
        content |= {} if tokens is None else {"tokens": tokens}
        row = flat_row(self.name, content, fields, tuple(content))
        if self.read(row)["type"] != fields["type"]:
            raise LossError(self.name, ["type (nothing in the row would say it)"])
        return row

    def write_labels(self, fields: Fields, note: Mapping[str, Any]) -> dict[str, Any]:
        """The label or the options of a record, and the answer."""
        answer = {_ANSWER: _ACCEPT}
        if fields.get("type") == "ner":
            if fields.get("labels"):
                raise LossError(self.name, ["labels (beside spans)"])
            return answer
        if isinstance(fields.get("label"), str):
            return {"label": fields["label"], **answer}
        if not are_labels(fields.get("labels")):
            raise LossError(self.name, ["labels (there are none to write)"])
        return {_ACCEPT: fields["labels"], **answer}


def _content(row: Row) -> str | None:
    """What was asked about: spans, a label, or chosen options."""
    if are_labels(row.get(_ACCEPT)) and isinstance(row.get("options", []), list):
        return _ACCEPT
    if are_spans(row.get("spans")):
        return "spans"
    return "label" if isinstance(row.get("label"), str) else None
