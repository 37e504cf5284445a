"""Tags that break their scheme: left in the record as they were, so that a check can show where."""

from collections.abc import Iterator, Mapping
from typing import Any

from tilth.schemas.annotation.tag_scheme import SCHEMES, Scheme
from tilth.schemas.note import with_note, without_note
from tilth.schemas.problem import Problem
from tilth.schemas.record import Fields

TAGS = "tags"
_NOTE, _SCHEME = "tags", "scheme"
_BY_NAME = {scheme.name: scheme for scheme in SCHEMES}


def with_unread_tags(fields: Fields, tags: Any, scheme: Scheme) -> Fields:
    """The record with tags that say no entities, and a note of the scheme that they break."""
    return with_note({**fields, TAGS: tags}, _NOTE, {_SCHEME: scheme.name})


def broken_scheme(fields: Mapping[str, Any]) -> Scheme | None:
    """The scheme that the tags of a record break; None when its entities could be read."""
    if TAGS not in fields or "entities" in fields:
        return None
    return _BY_NAME.get(str(without_note(dict(fields), _NOTE)[0].get(_SCHEME)))


def unread_tags(fields: Mapping[str, Any]) -> Iterator[Problem]:
    """Where the tags of a record break their scheme."""
    scheme = broken_scheme(fields)
    if scheme is None:
        return
    tags = fields[TAGS]
    if not (isinstance(tags, list) and all(isinstance(tag, str) for tag in tags)):
        yield Problem((TAGS,), "wrong-type", "are no list of texts", tags, "one tag for each token")
        return
    for stray in scheme.read(tags)[1]:
        yield Problem((TAGS, stray.place), "schema", f"is {stray.tag}: {stray.why}", tags[stray.place], "")
