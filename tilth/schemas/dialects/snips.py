"""The dialect of Snips: sentences in segments, under the name of their intent."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from tilth.schemas.annotation.labels import are_labels
from tilth.schemas.annotation.spans import entity, spans_of
from tilth.schemas.dialects.base import Folding, Numbered, Row, flat_row, held, put, refuse_leftovers, sort_fields
from tilth.schemas.dialects.faithful import FaithfulDialect
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.dialects.token_tags import OVERLAPS, forgo_for_tags
from tilth.schemas.envelope import Envelope
from tilth.schemas.identity import Fields

_DATA, _TEXT, _ENTITY, _INTENT = "data", "text", "entity", "intent"


class Snips(FaithfulDialect):
    """Snips' benchmark: a sentence as segments of which some are slots, in a list under the name of the intent.

        {"PlayMusic": [{"data": [{"text": "play "}, {"text": "Bach", "entity": "artist"}, {"text": " please"}]}]}

    The segments are the text, the slots its entities, the intent its label. Where the rows of a file are of several
    intents, or in no such list, each names its own: `{"intent": "PlayMusic", "data": [...]}`.
    """

    name: ClassVar[str] = "snips"
    summary: ClassVar[str] = "data, a list of segments with text and entity, under the name of the intent (Snips)"
    record_types: ClassVar[tuple[str, ...]] = ("ner",)
    needs: ClassVar[tuple[str, ...]] = (_DATA,)
    unfolds: ClassVar[bool] = True

    def recognise(self, row: Row) -> str | None:
        """Segments that have a text."""
        data = row.get(_DATA)
        return "every row has segments with text in data" if data and _are_segments(data) else None

    def unfold(self, rows: Iterable[Numbered], envelope: Envelope | None) -> Iterator[Numbered]:
        """Every row with the name of the list that it stands in as its intent."""
        for line, row in rows:
            yield line, {_INTENT: None if envelope is None else envelope.key, "row": row}

    def folding_in(self, envelope: Envelope | None) -> Folding | None:
        """Leaves the intent out of rows that stand in the list of that name."""
        return _InIntent(envelope)

    def read(self, row: Row) -> Fields:
        """The text of all segments, slots as entities, the intent as the label."""
        inner, around = row.get("row"), row.get(_INTENT)
        if not isinstance(inner, Mapping):
            return {"type": "ner", "extra": dict(row)}
        data = inner.get(_DATA)
        own = inner.get(_INTENT)
        known = (*((_INTENT,) if isinstance(own, str) and around is None else ()), _DATA)
        fields = sort_fields(inner, "ner", known, as_written=known)
        intent = around if isinstance(around, str) else own if _INTENT in known else None
        labels = {} if intent is None else {"labels": [intent]}
        if not (isinstance(data, list) and _are_segments(data)):
            return put(fields, {_DATA: {"entities": data}, _INTENT: {}}) | labels
        said = {"text": "".join(segment[_TEXT] for segment in data), "entities": list(_entities(data))}
        return put(fields, {_DATA: {**said, **labels}, _INTENT: {}})

    def write(self, fields: Fields) -> dict[str, Any]:
        """The segments that the entities cut the text into."""
        fields = held(self, fields)
        refuse_leftovers(self.name, fields, ("text", "entities", "labels"))
        labels, text = fields.get("labels"), fields.get("text")
        intent = labels[0] if are_labels(labels) and isinstance(labels, list) and len(labels) == 1 else None
        if not isinstance(text, str):
            raise LossError(self.name, ["text (there is none)"])
        if labels and intent is None:
            raise LossError(self.name, ["labels (a sentence has one intent)"])
        data = self._segments(fields, text)
        row = flat_row(self.name, {_DATA: data}, fields, (_DATA, _INTENT))
        return {_INTENT: intent, "row": row}

    def forgo(self, fields: Fields, name: str) -> Fields | None:
        """Of spans that share characters one is left; see `forgo_for_tags`."""
        return forgo_for_tags(fields, name) if name == OVERLAPS else super().forgo(fields, name)

    def _segments(self, fields: Fields, text: str) -> list[dict[str, Any]]:
        spans_of(self.name, fields, None)
        taken = [name for found in fields["entities"] for name in (_TEXT, _ENTITY) if name in found]
        if taken:
            raise LossError(self.name, [f"entities.{name} (the name has a meaning there)" for name in taken])
        segments: list[dict[str, Any]] = []
        place = 0
        for found in sorted(fields["entities"], key=lambda found: (found["start"], found["end"])):
            start, end = found["start"], found["end"]
            if not place <= start < end <= len(text):
                why = "two spans share characters" if start < place else "a span is not in the text"
                raise LossError(self.name, [f"{OVERLAPS} (segments follow each other, and {why})"])
            if start > place:
                segments.append({_TEXT: text[place:start]})
            more = {name: value for name, value in found.items() if name not in ("start", "end", "label")}
            segments.append({_TEXT: text[start:end], _ENTITY: found["label"], **more})
            place = end
        return [*segments, {_TEXT: text[place:]}] if place < len(text) else segments


class _InIntent:
    """Rows of an intent, which need not name it where their list does."""

    def __init__(self, envelope: Envelope | None) -> None:
        self._envelope = envelope

    def add(self, row: Row) -> Iterable[Row]:
        """The row, with its intent unless the list is named after it."""
        intent, inner = row.get(_INTENT), row["row"]
        is_said = intent is None or (self._envelope is not None and intent == self._envelope.key)
        return [inner if is_said else {_INTENT: intent, **inner}]

    def close(self) -> Iterable[Row]:
        """Nothing is outstanding."""
        return []


def _are_segments(data: Any) -> bool:
    if not isinstance(data, list):
        return False
    return all(isinstance(segment, dict) and isinstance(segment.get(_TEXT), str) for segment in data)


def _entities(data: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    place = 0
    for segment in data:
        end = place + len(segment[_TEXT])
        if isinstance(segment.get(_ENTITY), str):
            more = {name: value for name, value in segment.items() if name not in (_TEXT, _ENTITY)}
            yield entity(place, end, segment[_ENTITY], more)
        place = end
