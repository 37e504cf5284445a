"""The named-entity record: a text, and the spans in it that have a label."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from tilth.schemas.annotation.unread_tags import tag_problems
from tilth.schemas.identity import Parts, text_or_none
from tilth.schemas.problem import Problem
from tilth.schemas.record import Record


class Entity(BaseModel):
    """A labelled span of the text: characters `start` up to, not including, `end`, in Unicode code points."""

    model_config = ConfigDict(extra="allow", strict=True, use_attribute_docstrings=True)

    start: int
    """Offset of its first character."""
    end: int
    """Offset behind its last character."""
    label: str
    """What the span is."""


class Relation(BaseModel):
    """What one entity is to another."""

    model_config = ConfigDict(extra="allow", strict=True, use_attribute_docstrings=True)

    head: int
    """Place among the entities, from 0, of the one that it starts from."""
    tail: int
    """Place of the one that it leads to."""
    label: str
    """What the first is to the second."""


class Ner(Record):
    """A text with labelled spans.

    {"type": "ner", "text": "Ada lives in Oslo.", "entities": [{"start": 13, "end": 17, "label": "PLACE"}]}
    """

    type: Literal["ner"] = "ner"
    """Always `ner`."""
    text: str
    """The text."""
    entities: list[Entity]
    """The labelled spans; empty when there are none."""
    relations: list[Relation] | None = None
    """What the entities are to each other."""
    labels: list[str] | None = None
    """What the text is as a whole, where that is annotated with its spans: an intent beside its slots."""
    tokens: list[Any] | None = None
    """The tokens that the annotator saw, where a tool recorded them."""

    summary: ClassVar[str] = "a text, and the spans in it that have a label"

    @classmethod
    def problems(cls, fields: Mapping[str, Any]) -> Iterator[Problem]:
        """Where the record is not of this type; of tags that break their scheme, where they do."""
        found = list(tag_problems(fields))
        return iter(found) if found else super().problems(fields)

    @classmethod
    def parts(cls, fields: Mapping[str, Any]) -> Parts:
        """Prompt: text; no answer; text: text."""
        text = text_or_none(fields.get("text"))
        return Parts(text, None, text or "")
