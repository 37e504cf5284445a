"""Tags that break their scheme: kept beside the record as they were, so that a check can show where."""

from collections.abc import Iterator, Mapping
from typing import Any

from tilth.schemas.annotation.tag_scheme import SCHEMES, Scheme
from tilth.schemas.identity import Fields
from tilth.schemas.note import with_note, without_note
from tilth.schemas.problem import Problem

_NOTE, _SCHEME, _LIST = "tags", "scheme", "list"
_BY_NAME = {scheme.name: scheme for scheme in SCHEMES}


def with_unread_tags(fields: Fields, tags: Any, scheme: Scheme) -> Fields:
    """The record with a note of tags that say no entities, and of the scheme that they break."""
    return with_note(fields, _NOTE, {_SCHEME: scheme.name, _LIST: tags})


def without_unread_tags(fields: Fields) -> Fields:
    """The record without the note."""
    return without_note(fields, _NOTE)[1]


def unread(fields: Mapping[str, Any]) -> tuple[Scheme, Any] | None:
    """The scheme that the tags of a record break, and the tags; None when its entities could be read."""
    if "entities" in fields:
        return None
    note, _ = without_note(dict(fields), _NOTE)
    scheme = _BY_NAME.get(str(note.get(_SCHEME)))
    return None if scheme is None else (scheme, note.get(_LIST))


def tag_problems(fields: Mapping[str, Any]) -> Iterator[Problem]:
    """Where the tags of a record break their scheme."""
    found = unread(fields)
    if found is None:
        return
    scheme, tags = found
    if not (isinstance(tags, list) and all(isinstance(tag, str) for tag in tags)):
        yield Problem(("tags",), "wrong-type", "are no list of texts", tags, "one tag for each token")
        return
    tokens = without_note(dict(fields), "tokens")[0].get("list")
    if isinstance(tokens, list) and len(tokens) != len(tags):
        yield Problem(("tags",), "schema", f"are {len(tags)}", None, f"{len(tokens)}, one for each token")
    for stray in scheme.read(tags)[1]:
        yield Problem(("tags", stray.place), "schema", f"is out of place: {stray.why}", stray.tag, "")
