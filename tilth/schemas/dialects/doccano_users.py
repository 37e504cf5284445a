"""The dialect of doccano's first years: annotations of several users beside each text."""

from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any, ClassVar

from tilth.schemas.annotation.span_items import SpanNames, are_spans, read_spans, write_spans
from tilth.schemas.annotation.spans import spans_of
from tilth.schemas.dialects.base import Numbered, Row, flat_row, held, put, refuse_leftovers, sort_fields
from tilth.schemas.dialects.faithful import FaithfulDialect
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.envelope import Envelope
from tilth.schemas.identity import Fields
from tilth.schemas.note import noted, without_note

_NAMES = SpanNames("start_offset", "end_offset")
_ITEMS, _USER, _ANNOTATOR = "annotations", "user", "annotator"
_NOTE = "doccano"
_CONTENT = {
    "ner": ("text", "entities"),
    "classification": ("text", "labels"),
    "instruction": ("instruction", "output"),
}
_LAST = 10**9  # a place behind all that a text has


class DoccanoUsers(FaithfulDialect):
    """doccano until 1.3, exported as JSONL: for each text what each user said of it, labels as numbers.

        {"id": 7, "text": "Ada lives in Oslo.", "annotations": [{"label": 12, "start_offset": 13, "end_offset": 17,
         "user": 1}], "meta": {}, "annotation_approver": null}

    A record is what one user said of one text; `meta.annotator` names the user. What the numbers stand for is not in
    the file, so that they are the labels.
    """

    name: ClassVar[str] = "doccano-users"
    summary: ClassVar[str] = "text and annotations of several users, labels as numbers (doccano until 1.3)"
    record_types: ClassVar[tuple[str, ...]] = ("ner", "classification", "instruction")
    needs: ClassVar[tuple[str, ...]] = ("text", _ITEMS)
    unfolds: ClassVar[bool] = True

    def recognise(self, row: Row) -> str | None:
        """A text with annotations that name their user."""
        items = row.get(_ITEMS)
        if not (isinstance(row.get("text"), str) and isinstance(items, list)):
            return None
        is_its_own = all(isinstance(item, dict) and _USER in item for item in items)
        return "every row has text and annotations with their user" if is_its_own else None

    def unfold(self, rows: Iterable[Numbered], envelope: Envelope | None) -> Iterator[Numbered]:
        """A row for each user of each text, with the places of the user's annotations among all."""
        for document, (line, row) in zip(count(), rows, strict=False):
            items = row.get(_ITEMS)
            if not (isinstance(items, list) and all(isinstance(item, dict) for item in items)):
                yield line, {"document": document, "places": None, "row": row}
                continue
            users = list(dict.fromkeys(repr(item.get(_USER)) for item in items)) or ["None"]
            for user in users:
                places = [place for place, item in enumerate(items) if repr(item.get(_USER)) == user]
                own = {**row, _ITEMS: [items[place] for place in places]}
                yield line, {"document": document, "places": places, "row": own}

    def folding(self) -> "_Gathering":
        """Puts what several users said of one text together again."""
        return _Gathering()

    def read(self, row: Row) -> Fields:
        """What one user said: spans as entities, classes as labels, a text as the output."""
        inner = row.get("row")
        if not isinstance(inner, dict):
            return {"type": "ner", "extra": dict(row)}
        note = {"document": row.get("document"), "places": row.get("places")}
        items = inner.get(_ITEMS)
        known = ("text", _ITEMS)
        if not (isinstance(items, list) and all(isinstance(item, dict) for item in items)):
            return noted(sort_fields(inner, "ner", ("text",)), _NOTE, note)
        user = items[0].get(_USER) if items else None
        bare = [{name: value for name, value in item.items() if name != _USER} for item in items]
        record_type, into, spelling = _content(bare, inner.get("text"))
        fields = put(sort_fields(inner, record_type, known, as_written=known), {_ITEMS: into})
        if record_type == "instruction":
            fields = put(fields, {"text": {"instruction": inner.get("text")}})
        return noted(_with_annotator(fields, user), _NOTE, {**note, **spelling})

    def write(self, fields: Fields) -> dict[str, Any]:
        """What one user said, with the place of it among what all said where that is known."""
        note, fields = without_note(held(self, fields), _NOTE)
        user, fields = _without_annotator(fields)
        text = fields.get("instruction" if fields.get("type") == "instruction" else "text")
        refuse_leftovers(self.name, fields, _CONTENT[str(fields["type"])])
        items = [item if user is None else {**item, _USER: user} for item in self._items(fields, note)]
        row = flat_row(self.name, {"text": text, _ITEMS: items}, fields, ("text", _ITEMS))
        return {"document": note.get("document"), "places": note.get("places"), "row": row}

    def _items(self, fields: Fields, note: dict[str, Any]) -> list[Any]:
        if fields.get("type") == "instruction":
            if not isinstance(fields.get("output"), str):
                raise LossError(self.name, ["output (no text)"])
            return [{"text": fields["output"]}]
        numbers = note.get("numbers") is True
        if fields.get("type") == "classification":
            labels = fields.get("labels")
            if not (isinstance(labels, list) and labels):
                raise LossError(self.name, ["labels (without any, nothing says that they are missing)"])
            return [{"label": _number(label) if numbers else label} for label in labels]
        spans_of(self.name, fields, None)
        spelling = note if "names" in note else {"names": ["label", *_NAMES.usual[:2]]}
        items = write_spans(self.name, fields["entities"], None, (), spelling, _NAMES)
        return [{**item, "label": _number(item["label"])} if numbers else item for item in items]


class _Gathering:
    """Puts rows of one document that follow each other into one."""

    def __init__(self) -> None:
        self._document: Any = None
        self._row: dict[str, Any] | None = None
        self._items: list[tuple[int, Any]] = []

    def add(self, row: Row) -> Iterable[Row]:
        """The next user's; gives the text before when this is another one."""
        inner, places = row["row"], row.get("places")
        if not isinstance(places, list) or not isinstance(inner.get(_ITEMS), list):
            return [*self.close(), inner]
        is_same = self._row is not None and row.get("document") is not None and row["document"] == self._document
        done = [] if is_same else list(self.close())
        self._document = row.get("document")
        self._row = self._row or inner
        # Annotations that were added by now stand behind those that were there.
        behind = [*places, *[_LAST] * len(inner[_ITEMS])]
        self._items += zip(behind, inner[_ITEMS], strict=False)
        return done

    def close(self) -> Iterable[Row]:
        """The last text."""
        if self._row is None:
            return []
        items = [item for _, item in sorted(self._items, key=lambda pair: pair[0])]
        row, self._row, self._items = {**self._row, _ITEMS: items}, None, []
        return [row]


def _content(items: list[dict[str, Any]], text: Any) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """The record type of one user's annotations, their fields, and a note of their spelling."""
    labels = [item.get("label") for item in items]
    numbers = bool(labels) and all(type(label) is int for label in labels)
    note: dict[str, Any] = {"numbers": True} if numbers else {}
    named = [{**item, "label": str(item["label"])} for item in items] if numbers else items
    if items and all(set(item) == {"text"} for item in items):
        return "instruction", {"output": items[0]["text"] if len(items) == 1 else items}, {}
    if items and all(set(item) == {"label"} for item in items):
        return "classification", {"labels": [item["label"] for item in named]}, note
    if not are_spans(named, _NAMES):
        return "ner", {"entities": items}, {}
    entities, spelling = read_spans(named, text, (), _NAMES)
    return "ner", {"entities": entities}, {**note, **spelling}


def _number(label: Any) -> Any:
    return int(label) if isinstance(label, str) and label.isdecimal() and label == str(int(label)) else label


def _with_annotator(fields: Fields, user: Any) -> Fields:
    return fields if user is None else {**fields, "meta": {**fields.get("meta", {}), _ANNOTATOR: user}}


def _without_annotator(fields: Fields) -> tuple[Any, Fields]:
    meta = fields.get("meta")
    if not (isinstance(meta, dict) and _ANNOTATOR in meta):
        return None, fields
    rest = {name: value for name, value in meta.items() if name != _ANNOTATOR}
    bare = {name: value for name, value in fields.items() if name != "meta"}
    return meta[_ANNOTATOR], {**bare, "meta": rest} if rest else bare
