"""Classes of a text as tools list them: names, or a number for each class there is."""

from collections.abc import Mapping, Sequence
from typing import Any

from tilth.schemas.identity import Fields
from tilth.schemas.note import with_note, without_note

_NOTE, _SINGLE = "label", "single"


def as_listed(fields: Fields) -> Fields:
    """A classification with its one label as a list of one, for tools that know only lists; a note says so."""
    if "label" not in fields or "labels" in fields or not isinstance(fields["label"], str):
        return fields
    listed = {("labels" if name == "label" else name): value for name, value in fields.items()}
    return with_note({**listed, "labels": [fields["label"]]}, _NOTE, {_SINGLE: True})


def as_single(fields: Fields) -> Fields:
    """The classification that was listed so, with its one label again; any other as it is."""
    note, bare = without_note(fields, _NOTE)
    labels = fields.get("labels")
    if note != {_SINGLE: True} or not isinstance(labels, list) or len(labels) != 1:
        return fields
    single = {("label" if name == "labels" else name): value for name, value in bare.items()}
    return {**single, "label": labels[0]}


def are_labels(value: Any) -> bool:
    """Whether a value is a list of names."""
    return isinstance(value, list) and all(isinstance(label, str) for label in value)


def are_cats(value: Any) -> bool:
    """Whether a value says of each class yes or no: `{"baking": 0.0, "not_baking": 1.0}`."""
    if not (isinstance(value, Mapping) and value):
        return False
    return all(isinstance(score, int | float) and score in (0, 1) for score in value.values())


def positive(cats: Mapping[str, Any]) -> list[str]:
    """The classes that a text is in."""
    return [name for name, score in cats.items() if score == 1]


def cats_of(labels: Sequence[str], like: Any) -> dict[str, Any]:
    """The classes with a number each: those of `like` in their spelling, where it has all of them."""
    if not are_cats(like):
        return dict.fromkeys(labels, 1.0)
    yes, no = (1.0, 0.0) if any(isinstance(score, float) for score in like.values()) else (1, 0)
    known = {name: score if (score == 1) == (name in labels) else no for name, score in like.items()}
    return {**known, **{name: yes for name in labels if not known.get(name)}}
