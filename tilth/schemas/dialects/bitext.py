"""The dialect of Bitext's customer-support sets: an utterance, its intent, and one entity with its offsets."""

from typing import Any, ClassVar

from tilth.schemas.annotation.labels import are_labels
from tilth.schemas.annotation.spans import entity, spans_of
from tilth.schemas.dialects.base import Row, flat_row, held, put, refuse_leftovers, sort_fields
from tilth.schemas.dialects.faithful import FaithfulDialect
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.identity import Fields

_TYPE, _VALUE, _START, _END = "entity_type", "entity_value", "start_offset", "end_offset"
_MEANT = "value"


class Bitext(FaithfulDialect):
    """Bitext: a row of a table with one utterance, its intent, and at most one entity.

        {"utterance": "cancel order 42", "intent": "cancel_order", "entity_type": "order_id", "entity_value": "42",
         "start_offset": "13", "end_offset": "15", "category": "ORDER", "tags": "BL"}

    In a row without an entity its four fields are empty. A value that is the text at its offsets in another case is
    the `value` of the entity: what is meant by it.
    """

    name: ClassVar[str] = "bitext"
    summary: ClassVar[str] = "utterance and intent, and one entity with start_offset and end_offset (Bitext)"
    record_types: ClassVar[tuple[str, ...]] = ("ner",)
    needs: ClassVar[tuple[str, ...]] = ("utterance", "intent", _TYPE, _VALUE, _START, _END)

    def recognise(self, row: Row) -> str | None:
        """All of its columns."""
        is_its_own = all(isinstance(row.get(name), str) for name in self.needs)
        return "every row has an utterance, an intent and one entity" if is_its_own else None

    def read(self, row: Row) -> Fields:
        """The utterance with its entity, and the intent as its label."""
        fields = sort_fields(row, "ner", self.needs, as_written=self.needs)
        into: dict[str, dict[str, Any]] = {"utterance": {"text": row.get("utterance")}}
        into["intent"] = {"labels": [row.get("intent")]}
        into[_TYPE] = {"entities": _entities(row)}
        return put(fields, {**into, _VALUE: {}, _START: {}, _END: {}})

    def write(self, fields: Fields) -> dict[str, Any]:
        """The columns. Raises `LossError` for a second entity, and for other than one intent."""
        fields = held(self, fields)
        refuse_leftovers(self.name, fields, ("text", "entities", "labels"))
        spans, text, labels = spans_of(self.name, fields, (_MEANT,)), fields.get("text"), fields.get("labels")
        lost = ["entities (a row holds one)"] if len(spans) > 1 else []
        if not (isinstance(labels, list) and are_labels(labels) and len(labels) == 1):
            lost.append("labels (a row has one intent)")
        if lost or not isinstance(text, str) or not isinstance(labels, list):
            raise LossError(self.name, lost or ["text (there is none)"])
        content = {"utterance": text, "intent": labels[0], **dict.fromkeys((_TYPE, _VALUE, _START, _END), "")}
        for found, (start, end, label) in zip(fields["entities"], spans, strict=True):
            value = found.get(_MEANT, text[start:end])
            content |= {_TYPE: label, _VALUE: value, _START: str(start), _END: str(end)}
        return flat_row(self.name, content, fields, self.needs)


def _entities(row: Row) -> list[dict[str, Any]]:
    kind, value, places = row.get(_TYPE), row.get(_VALUE), [row.get(_START), row.get(_END)]
    if not (kind or value or any(places)):
        return []
    start, end = (int(place) if isinstance(place, str) and place.isdecimal() else place for place in places)
    text = row.get("utterance")
    if not (isinstance(text, str) and type(start) is int and type(end) is int):
        return [entity(start, end, kind, {"text": value})]
    is_there = text[start:end] == value
    if is_there:
        return [entity(start, end, kind)]
    is_meant = isinstance(value, str) and text[start:end].casefold() == value.casefold()
    return [entity(start, end, kind, {_MEANT if is_meant else "text": value})]
