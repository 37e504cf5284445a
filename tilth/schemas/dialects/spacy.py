"""The dialects of spaCy and Prodigy: a text, spans and categories, and what was answered about them."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from tilth.schemas.annotation.labels import are_cats, are_labels, as_listed, as_single, cats_of, positive
from tilth.schemas.annotation.span_items import is_listed, is_named, read_spans, write_spans
from tilth.schemas.annotation.spans import spans_of
from tilth.schemas.annotation.tokens import recorded_borders, strange_tokens, with_tokens, without_tokens
from tilth.schemas.annotation.words import Borders
from tilth.schemas.dialects.base import Row, flat_row, held, put, refuse_leftovers, sort_fields
from tilth.schemas.dialects.faithful import FaithfulDialect
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.identity import Fields
from tilth.schemas.note import noted, without_note

_SPANS = ("spans", "ents", "entities")
_ANSWERS = ("accept", "reject", "ignore")
_WITH_TOKENS = ("start", "end", "token_start", "token_end", "label")


class Spacy(FaithfulDialect):
    """spaCy: spans as objects or as lists of three, tokens with offsets, categories with 0 or 1.

        {"text": "Ada wrote.", "spans": [{"start": 0, "end": 3, "label": "PER"}]}
        {"text": "Where is it?", "cats": {"delivery": 1.0, "refund": 0.0}}

    Spans may be called `spans`, `ents` or `entities`. A category with a score between 0 and 1 is no label: such `cats`
    stay as they are.
    """

    name: ClassVar[str] = "spacy"
    summary: ClassVar[str] = "text with spans, ents or entities, tokens with offsets, cats (spaCy)"
    record_types: ClassVar[tuple[str, ...]] = ("ner", "classification")
    needs: ClassVar[tuple[str, ...]] = ("text",)
    taken: ClassVar[tuple[str, ...]] = ("text", "tokens", "cats", *_SPANS)
    """Names that have a meaning in a row."""
    has_single_labels: ClassVar[bool] = False
    """Whether a row can say that a text has exactly one label."""

    def recognise(self, row: Row) -> str | None:
        """A text with spans or categories, and no answer to them."""
        if not isinstance(row.get("text"), str) or is_answered(row):
            return None
        found = [name for name in (_spans_name(row), "cats" if are_cats(row.get("cats")) else None) if name]
        if not found or (found == ["entities"] and isinstance(row.get("cats"), list)):
            return None
        return f"every row has text and {' and '.join(found)}"

    def evidence(self, row: Row) -> frozenset[str]:
        """The text, and the spans or categories."""
        names = (_spans_name(row), "cats" if are_cats(row.get("cats")) else None)
        return frozenset(("text", *(name for name in names if name)))

    def read(self, row: Row) -> Fields:
        """Spans as entities, categories that are said to hold as labels."""
        spans, cats = _spans_name(row), "cats" if are_cats(row.get("cats")) else None
        record_type = "classification" if "cats" in row and spans is None else "ner"
        return self.read_names(row, record_type, spans, cats)

    def read_names(
        self, row: Row, record_type: str, spans: str | None, labels: str | None, beside: Sequence[str] = ()
    ) -> Fields:
        """The row as a record: its spans and its labels are under these names, and `beside` says nothing more."""
        tokens = row.get("tokens")
        known = ["text", *(["tokens"] if isinstance(tokens, list) else []), *filter(None, (spans, labels)), *beside]
        fields = sort_fields(row, record_type, known, as_written=known)
        note: dict[str, Any] = {}
        into: dict[str, dict[str, Any]] = {"tokens": {}, **{name: {} for name in beside}}
        if spans is not None:
            found, note = read_spans(row[spans], row.get("text"), _borders(row.get("text"), tokens))
            into[spans] = {"entities": found}
            note |= {"spans": spans} if spans != _SPANS[0] else {}
        if labels is not None:
            into[labels], spelling = self.read_labels(labels, row[labels])
            note |= spelling
        fields = noted(put(fields, into), self.name, note)
        return as_single(with_tokens(fields, tokens) if isinstance(tokens, list) else fields)

    def read_labels(self, name: str, value: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The labels that a row has under a name, and a note of their spelling."""
        return {"labels": positive(value)}, {"cats": dict(value)}

    def write(self, fields: Fields) -> dict[str, Any]:
        """The text with its tokens where there are any, its spans and its labels."""
        fields = held(self, fields)
        note, fields = without_note(fields if self.has_single_labels else as_listed(fields), self.name)
        if strange := strange_tokens(fields):
            raise LossError(self.name, strange)
        tokens, fields = without_tokens(fields)
        text = fields.get("text")
        content: dict[str, Any] = {"text": text} if "text" in fields else {}
        found = _borders(text, tokens)
        if tokens and found:
            content["tokens"] = tokens if isinstance(tokens[0], dict) else _token_objects(str(text), found)
        if fields.get("type") == "ner":
            spans_of(self.name, fields, None)
            usual = {"names": list(_WITH_TOKENS)} if found else {}
            spans = write_spans(self.name, fields["entities"], text, found, note or usual)
            content[note.get("spans", _SPANS[0])] = spans
        content |= self.write_labels(fields, note)
        refuse_leftovers(self.name, fields, ("text", "entities", "label", "labels"))
        return flat_row(self.name, content, fields, self.taken)

    def write_labels(self, fields: Fields, note: Mapping[str, Any]) -> dict[str, Any]:
        """The labels of a record as a row has them."""
        labels = fields.get("labels")
        if not (isinstance(labels, list) and are_labels(labels)):
            if fields.get("type") == "classification" or labels is not None:
                raise LossError(self.name, ["labels (there are none to write)"])
            return {}
        if len(set(labels)) < len(labels):
            raise LossError(self.name, ["labels (one is there twice)"])
        return {"cats": cats_of(labels, note.get("cats"))}


def is_answered(row: Row) -> bool:
    """Whether somebody answered the row in Prodigy."""
    return row.get("answer") in _ANSWERS


def _spans_name(row: Row) -> str | None:
    """The name under which a row lists its spans."""
    for name in _SPANS:
        items = row.get(name)
        if isinstance(items, list) and all(is_listed(item) or is_named(item) for item in items):
            return name
    return None


def _borders(text: Any, tokens: Any) -> list[Borders]:
    if not (isinstance(text, str) and isinstance(tokens, list)):
        return []
    return recorded_borders(text, tokens) or []


def _token_objects(text: str, found: Sequence[Borders]) -> list[dict[str, Any]]:
    return [
        {"text": text[start:end], "start": start, "end": end, "id": place, "ws": text[end : end + 1] == " "}
        for place, (start, end) in enumerate(found)
    ]
