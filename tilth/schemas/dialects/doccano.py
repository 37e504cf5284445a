"""The doccano dialect: spans, classes, relations, or an intent with its slots."""

from collections.abc import Sequence
from typing import Any, ClassVar

from tilth.schemas.annotation.labels import are_labels, as_listed, as_single
from tilth.schemas.annotation.relations import (
    are_relations,
    read_relations,
    with_ids,
    without_ids,
    write_relations,
)
from tilth.schemas.annotation.span_items import SpanNames, are_spans, read_spans, write_spans
from tilth.schemas.annotation.spans import spans_of
from tilth.schemas.dialects.base import Dialect, Row, flat_row, held, put, refuse_leftovers, sort_fields
from tilth.schemas.dialects.faithful import FaithfulDialect
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.identity import Fields
from tilth.schemas.note import noted, without_note

_NAMES = SpanNames("start_offset", "end_offset")
_USUAL, _OTHER = "label", "labels"
_ENTITIES, _RELATIONS, _CATS = "entities", "relations", "cats"
_TAKEN = ("text", _USUAL, _OTHER, _ENTITIES, _RELATIONS, _CATS)
_NOTE = "doccano"


class Doccano(FaithfulDialect):
    """doccano's JSONL: one field of spans or of classes, or entities with relations or with classes of the text.

        {"text": "Ada lives in Oslo.", "label": [[0, 3, "PER"], [13, 17, "LOC"]]}
        {"text": "Where is my parcel?", "label": ["delivery"]}
        {"text": "Ada lives in Oslo.", "entities": [{"id": 0, "start_offset": 0, "end_offset": 3, "label": "PER"},
         {"id": 1, "start_offset": 13, "end_offset": 17, "label": "LOC"}],
         "relations": [{"from_id": 0, "to_id": 1, "type": "lives_in"}]}
        {"text": "Fly to Oslo", "entities": [[7, 11, "LOC"]], "cats": ["flight"]}

    Whether an empty list is one of spans or of classes, the other rows say.
    """

    name: ClassVar[str] = "doccano"
    summary: ClassVar[str] = "text and label, a list of spans or classes, or entities with relations or cats (doccano)"
    record_types: ClassVar[tuple[str, ...]] = ("ner", "classification")
    needs: ClassVar[tuple[str, ...]] = ("text", _USUAL)

    def __init__(self, kind: str = "ner") -> None:
        self.kind = kind
        """The record type of a row in which nothing is labelled."""

    def recognise(self, row: Row) -> str | None:
        """A text with something that doccano labels."""
        found = _content(row)
        has_text = isinstance(row.get("text"), str) or ("text" not in row and _CATS in found and _ENTITIES in found)
        return f"every row has text and {' and '.join(found)}" if has_text and found else None

    def evidence(self, row: Row) -> frozenset[str]:
        """The text, and what is labelled."""
        return frozenset(("text", *_content(row)))

    def settled(self, sample: Sequence[Row], record_type: str | None = None) -> Dialect:
        """The dialect in which an empty list is what the lists of the other rows are."""
        if record_type is not None:
            return Doccano(record_type)
        found = [row[_list_name(row)] for row in sample if self.recognise(row) and _list_name(row) in row]
        has_spans = any(items and are_spans(items) for items in found)
        return Doccano("classification") if any(found) and not has_spans else self

    def read(self, row: Row) -> Fields:
        """Spans as entities, classes as labels, relations between places of entities."""
        name = _list_name(row)
        if name not in row and (_ENTITIES in row or _CATS in row):
            return self._read_entities(row)
        items = row.get(name)
        is_classes = are_labels(items) if items else self.kind == "classification"
        known = ("text", name)
        fields = sort_fields(row, "classification" if is_classes else "ner", known, as_written=known)
        note: dict[str, Any] = {} if name == _USUAL else {"name": name}
        if is_classes:
            return as_single(noted(put(fields, {name: {"labels": items}}), _NOTE, note))
        if isinstance(items, list) and are_spans(items):
            items, _ = read_spans(items, row.get("text"))
        return noted(put(fields, {name: {"entities": items}}), _NOTE, note)

    def write(self, fields: Fields) -> dict[str, Any]:
        """The text and what it is labelled with, in the simplest shape that holds it all."""
        note, fields = without_note(as_listed(held(self, fields)), _NOTE)
        refuse_leftovers(self.name, fields, ("text", "entities", "relations", "labels"))
        content: dict[str, Any] = {"text": fields["text"]} if "text" in fields else {}
        name = _OTHER if note.get("name") == _OTHER else _USUAL
        if fields.get("type") == "classification":
            if not are_labels(fields.get("labels")):
                raise LossError(self.name, ["labels (there are none to write)"])
            content[name] = fields["labels"]
        elif note.get("shape") == _ENTITIES or fields.get("relations") or fields.get("labels") is not None:
            content |= self._entities(fields, note)
        else:
            spans_of(self.name, fields)
            content[name] = write_spans(self.name, fields["entities"], None, (), {"as": "list"})
        return flat_row(self.name, content, fields, _TAKEN)

    def _read_entities(self, row: Row) -> Fields:
        """Entities that may have relations, and classes beside them."""
        known = ("text", *(name for name in (_ENTITIES, _RELATIONS, _CATS) if name in row))
        fields = sort_fields(row, "ner", known, as_written=known)
        into = {_ENTITIES: {"entities": row.get(_ENTITIES)}, _RELATIONS: {"relations": row.get(_RELATIONS)}}
        into[_CATS] = {"labels": row.get(_CATS)}
        note: dict[str, Any] = {"shape": _ENTITIES}
        if are_spans(row.get(_ENTITIES), _NAMES):
            entities, spelling = read_spans(row[_ENTITIES], row.get("text"), (), _NAMES)
            bare, ids = without_ids(entities)
            relations = row.get(_RELATIONS, [])
            if ids and are_relations(relations, ids):
                entities = bare
                note["ids"] = ids
                read, relation_ids = without_ids(read_relations(relations, ids))
                into[_RELATIONS] = {"relations": read}
                note |= {"relation_names": list(relations[0])} if relations else {}
                note |= {"relation_ids": relation_ids} if relation_ids else {}
            into[_ENTITIES] = {"entities": entities}
            note |= spelling
        return noted(put(fields, into), _NOTE, note)

    def _entities(self, fields: Fields, note: dict[str, Any]) -> dict[str, Any]:
        spans_of(self.name, fields, None)
        entities, relations = fields["entities"], fields.get("relations")
        if relations and not isinstance(relations, list):
            raise LossError(self.name, ["relations (no list)"])
        content: dict[str, Any] = {}
        if relations or "ids" in note:
            entities, ids = with_ids(entities, note.get("ids"))
            numbered = with_ids(relations or [], note["relation_ids"])[0] if "relation_ids" in note else relations or []
            found = write_relations(numbered, ids, note.get("relation_names"))
            if found is None:
                raise LossError(self.name, ["relations (one leads to no entity)"])
            relations = found
            note = note if "names" in note else {**note, "names": ["id", *_NAMES.usual]}
        usual = {"as": "list"} if relations is None and "shape" not in note else {}
        content[_ENTITIES] = write_spans(self.name, entities, None, (), {**usual, **note}, _NAMES)
        content |= {_RELATIONS: relations} if relations is not None else {}
        return content | ({_CATS: fields["labels"]} if fields.get("labels") is not None else {})


def _list_name(row: Row) -> str:
    return _OTHER if _USUAL not in row and _OTHER in row else _USUAL


def _content(row: Row) -> list[str]:
    """The names of what doccano labels in a row."""
    name = _list_name(row)
    items, entities, cats = row.get(name), row.get(_ENTITIES), row.get(_CATS)
    if isinstance(items, list):
        # A list of classes in `labels` is anybody's, and one of spans is not.
        is_its_own = (
            are_spans(items) and (items or name == _USUAL) and not any(isinstance(item, dict) for item in items)
        )
        return [name] if is_its_own or (name == _USUAL and are_labels(items)) else []
    if isinstance(entities, list) and entities and all(isinstance(item, dict) for item in entities):
        return [_ENTITIES] if are_spans(entities, _NAMES) else []
    if isinstance(cats, list) and are_labels(cats):
        return [_CATS, *([_ENTITIES] if are_spans(entities, _NAMES) else [])]
    return []
