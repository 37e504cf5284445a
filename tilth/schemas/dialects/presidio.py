"""The dialect of presidio-research: texts with spans of personal data, and what they look like without it."""

from typing import Any, ClassVar

from tilth.schemas.annotation.span_items import SpanNames, are_spans, read_spans, write_spans
from tilth.schemas.annotation.spans import spans_of
from tilth.schemas.dialects.base import Row, flat_row, held, put, refuse_leftovers, sort_fields
from tilth.schemas.dialects.faithful import FaithfulDialect
from tilth.schemas.identity import Fields
from tilth.schemas.note import noted, without_note

_NAMES = SpanNames("start_position", "end_position", "entity_type", "entity_value")
_NOTE = "presidio"


class Presidio(FaithfulDialect):
    """presidio-research: a generated text with the spans of what is personal in it.

    {"full_text": "Call Ada.", "masked": "Call {{first_name}}.", "spans": [{"entity_type": "PERSON",
     "entity_value": "Ada", "start_position": 5, "end_position": 8}], "template_id": 7, "metadata": null}
    """

    name: ClassVar[str] = "presidio"
    summary: ClassVar[str] = "full_text and spans with entity_type, start_position and end_position (presidio-research)"
    record_types: ClassVar[tuple[str, ...]] = ("ner",)
    needs: ClassVar[tuple[str, ...]] = ("full_text", "spans")

    def recognise(self, row: Row) -> str | None:
        """A text with spans of its kind."""
        spans = row.get("spans")
        is_its_own = isinstance(row.get("full_text"), str) and are_spans(spans, _NAMES)
        return "every row has full_text and spans with their type" if is_its_own else None

    def read(self, row: Row) -> Fields:
        """The spans as entities; a value that the text does not hold at its place stays in its entity."""
        fields = sort_fields(row, "ner", self.needs, as_written=self.needs)
        spans: Any = row.get("spans")
        note: dict[str, Any] = {}
        if are_spans(spans, _NAMES):
            spans, note = read_spans(spans, row.get("full_text"), (), _NAMES)
        named = put(fields, {"full_text": {"text": row.get("full_text")}, "spans": {"entities": spans}})
        return noted(named, _NOTE, {} if note.get("names") == _usual_names() else note)

    def write(self, fields: Fields) -> dict[str, Any]:
        """The text with its entities as spans."""
        note, fields = without_note(held(self, fields), _NOTE)
        refuse_leftovers(self.name, fields, ("text", "entities"))
        spans_of(self.name, fields, None)
        spelling = note or {"names": _usual_names()}
        spans = write_spans(self.name, fields["entities"], fields.get("text"), (), spelling, _NAMES)
        content = {"full_text": fields["text"]} if "text" in fields else {}
        return flat_row(self.name, {**content, "spans": spans}, fields, self.needs)


def _usual_names() -> list[str]:
    return [_NAMES.label, _NAMES.text, _NAMES.start, _NAMES.end]
