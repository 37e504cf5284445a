"""The spans of an annotated text as a dialect can write them, or what stands in the way of that."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from tilth.schemas.annotation.unread_tags import tag_problems
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.identity import Fields
from tilth.schemas.problem import dotted

_NAMES = ("start", "end", "label")


class Span(NamedTuple):
    """A labelled span of characters."""

    start: int
    end: int
    label: str


def entity(start: Any, end: Any, label: Any, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """An entity of a record, its usual names first."""
    return {"start": start, "end": end, "label": label, **(more or {})}


def is_span(start: Any, end: Any, label: Any) -> bool:
    """Whether three values are a span as tools write them, be it one of this text or not."""
    return type(start) is int and type(end) is int and isinstance(label, str)


def spans_of(dialect: str, fields: Fields, allowed: Collection[str] | None = ()) -> list[Span]:
    """The entities of a record as plain spans.

    Raises `LossError` for entities that are none, and for what they say beyond `start`, `end`, `label` and the names
    in `allowed`, where None allows all.
    """
    entities = fields.get("entities")
    if not isinstance(entities, list):
        stray = next(tag_problems(fields), None)
        said = f"{dotted(stray.path)} {stray.message}" if stray else "there are none to write"
        raise LossError(dialect, [f"entities ({said})"])
    lost: list[str] = []
    for place, found in enumerate(entities):
        if not (isinstance(found, dict) and is_span(*(found.get(name) for name in _NAMES))):
            lost.append(f"entities[{place}] (no span with a label)")
        elif allowed is not None:
            lost += [f"entities[{place}].{name}" for name in found if name not in (*_NAMES, *allowed)]
    if lost:
        raise LossError(dialect, lost)
    return [Span(found["start"], found["end"], found["label"]) for found in entities]
