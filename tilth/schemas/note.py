"""A note that reading a row leaves in `meta`, so that writing it back gives the same row.

Two shapes seldom say everything in the same words. What is left over of the first (`user` where others write `human`,
where an input began) is no content, so it goes to `meta`, under the name of who left it.
"""

from typing import Any

from tilth.schemas.record import Fields

_WAS, _WAS_EMPTY = "was", "was_empty"


def with_note(fields: Fields, name: str, note: dict[str, Any]) -> Fields:
    """The record with a note; an upstream value of that name is kept inside it."""
    meta = fields.get("meta")
    left = dict(note)
    if isinstance(meta, dict) and not meta:
        left[_WAS_EMPTY] = True
    if isinstance(meta, dict) and name in meta:
        left[_WAS] = meta[name]
    return {**fields, "meta": {**(meta or {}), name: left}}


def without_note(fields: Fields, name: str) -> tuple[dict[str, Any], Fields]:
    """The note (empty when there is none), and the record as it was before."""
    meta = fields.get("meta")
    if not (isinstance(meta, dict) and isinstance(meta.get(name), dict)):
        return {}, fields
    note = dict(meta[name])
    was_empty, rest = note.pop(_WAS_EMPTY, False), {key: value for key, value in meta.items() if key != name}
    if _WAS in note:
        rest[name] = note.pop(_WAS)
    if rest or was_empty:
        return note, {**fields, "meta": rest}
    return note, {key: value for key, value in fields.items() if key != "meta"}
