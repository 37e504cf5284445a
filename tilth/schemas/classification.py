"""The classification record: a text and its label, or its labels."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

from pydantic import model_validator

from tilth.schemas.identity import Parts, join, text_or_none
from tilth.schemas.record import Record


class Classification(Record):
    """A text that belongs to a class, or to several.

        {"type": "classification", "text": "Where is my parcel?", "label": "delivery"}
        {"type": "classification", "text": "Late, and broken too.", "labels": ["delivery", "damage"]}

    Exactly one of `label` and `labels` is given. Its prompt is the text, its answer the label or labels.
    """

    type: Literal["classification"] = "classification"
    """Always `classification`."""
    text: str
    """What is classified."""
    label: str | None = None
    """Its class, when it has exactly one."""
    labels: list[str] | None = None
    """Its classes, when it may have none or several."""

    summary: ClassVar[str] = "a text and its label, or its labels"

    @model_validator(mode="after")
    def _has_one_kind_of_label(self) -> Self:
        if (self.label is None) == (self.labels is None):
            raise ValueError("a classification has either a label or labels")
        return self

    @classmethod
    def evidence(cls, row: Mapping[str, Any]) -> frozenset[str]:
        """Its text and its label or labels."""
        names = frozenset(name for name in ("text", "label", "labels") if name in row)
        return names if "text" in names and len(names) > 1 else frozenset()

    @classmethod
    def parts(cls, fields: Mapping[str, Any]) -> Parts:
        """Prompt: text; answer: the label, or the labels one below the other; text: text."""
        text, labels = text_or_none(fields.get("text")), fields.get("labels")
        answer = text_or_none(fields.get("label")) or (join(labels) if isinstance(labels, list) else None)
        return Parts(text, answer, text or "")
