"""A note that reading a row leaves in `meta`, so that writing it back gives the same row.

Two shapes seldom say everything in the same words. What is left over of the first (`user` where others write `human`,
where an input began) is no content, so it goes to `meta.as_read`, under the name of who left it.
"""

from typing import Any

from tilth.schemas.identity import Fields

_NOTES = "as_read"
_WAS, _META_WAS_EMPTY = "was", "meta_was_empty"


def with_note(fields: Fields, name: str, note: dict[str, Any]) -> Fields:
    """The record with a note; an upstream value of that name is kept inside it."""
    meta = fields.get("meta") if isinstance(fields.get("meta"), dict) else None
    notes = _notes(meta)
    left = {**note, _WAS: notes[name]} if name in notes else note
    if meta == {}:
        notes[_META_WAS_EMPTY] = True
    return {**fields, "meta": {**(meta or {}), _NOTES: {**notes, name: left}}}


def with_empty(meta: dict[str, Any]) -> dict[str, Any]:
    """A `meta` that is there for its notes, with a note that it was there before, and empty."""
    return {**meta, _NOTES: {**_notes(meta), _META_WAS_EMPTY: True}}


def noted(fields: Fields, name: str, note: dict[str, Any]) -> Fields:
    """The record with a note where there is something to note.

    A note of that name that came with the row needs one around it too: writing the row back would take it for ours.
    """
    return with_note(fields, name, note) if note or has_note(fields, name) else fields


def has_note(fields: Fields, name: str) -> bool:
    """Whether there is a note of that name."""
    return name in _notes(fields.get("meta"))


def without_note(fields: Fields, name: str) -> tuple[dict[str, Any], Fields]:
    """The note (empty when there is none), and the record as it was before."""
    notes = _notes(fields.get("meta"))
    if not isinstance(notes.get(name), dict):
        return {}, fields
    note = dict(notes[name])
    if _WAS in note:
        notes[name] = note.pop(_WAS)
    else:
        del notes[name]
    return note, _with_notes(fields, notes)


def without_notes(fields: Fields) -> Fields:
    """The record without any note: what `meta` then has is not about spelling."""
    notes = _notes(fields.get("meta"))
    left = {name: notes[name] for name in (_WAS, _META_WAS_EMPTY) if name in notes}
    return _with_notes(fields, left) if notes else fields


def _notes(meta: Any) -> dict[str, Any]:
    """The notes in a `meta`, to change; an upstream value of the same name that is no notes is kept among them."""
    if not (isinstance(meta, dict) and _NOTES in meta):
        return {}
    there = meta[_NOTES]
    is_notes = isinstance(there, dict) and there.keys() - {_WAS, _META_WAS_EMPTY}
    return dict(there) if is_notes else {_WAS: there}


def _with_notes(fields: Fields, notes: dict[str, Any]) -> Fields:
    if notes.keys() == {_WAS}:
        return {**fields, "meta": {**fields["meta"], _NOTES: notes[_WAS]}}
    if notes and notes.keys() != {_META_WAS_EMPTY}:
        return {**fields, "meta": {**fields["meta"], _NOTES: notes}}
    meta = {name: value for name, value in fields["meta"].items() if name != _NOTES}
    if meta or notes:
        return {**fields, "meta": meta}
    return {name: value for name, value in fields.items() if name != "meta"}
