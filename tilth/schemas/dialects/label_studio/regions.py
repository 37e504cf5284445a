"""The regions that a record makes: those it came with as far as they still hold, and new ones for the rest."""

from collections.abc import Mapping, Sequence
from typing import Any

from tilth.schemas.annotation.labels import are_labels
from tilth.schemas.annotation.spans import spans_of
from tilth.schemas.dialects.label_studio.results import entities_of, type_of
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.identity import Fields

_RELATION = ("head", "tail", "label")
CONTROLS = {
    "labels": ("label", "text"),
    "choices": ("choice", "text"),
    "textarea": ("answer", "text"),
    "rating": ("rating", "text"),
    "pairwise": ("comparison", "left,right"),
    "chatmessage": ("chat", "chat"),
}
"""The control and the object of new regions, by their type."""


def regions_of(fields: Fields, were: Sequence[Any], unread: Sequence[Any]) -> list[Any]:
    """The regions of an annotation. `were` are those that the record was read from, `unread` those it does not tell."""
    if not says_something(fields):
        return list(were)
    if fields.get("type") == "instruction" and not isinstance(fields.get("output"), str):
        raise LossError("label-studio", ["output (no text)"])
    if fields.get("type") == "classification" and not _has_labels(fields):
        raise LossError("label-studio", ["labels (there are none to write)"])
    if fields.get("type") == "ner":
        return _spans(fields, were, unread)
    new = _new_content(fields)
    kept = [region for region in were if region in unread or (new and _same(region, new[0]))]
    if len(new) == 1 and any(_same(region, new[0]) for region in kept):
        return [*kept, *(region for region in unread if region not in kept)]
    if len(new) > 1 and (same := _same_messages(were, new)):
        return [*same, *(region for region in unread if region not in same)]
    return [*[region for region in kept if region in unread], *new]


def says_something(fields: Fields) -> bool:
    """Whether a record has what an annotator says, beside what it is said of."""
    return any(name in fields for name in ("entities", "label", "labels", "output", "chosen", "messages"))


def data_of(fields: Fields, were: Sequence[Any], keys: Sequence[str] | None) -> dict[str, Any]:
    """What of a record is the data of its task, under the names that it had, or under usual ones."""
    if fields.get("type") == "chat":
        if not were:
            raise LossError("label-studio", ["messages (a task has data, and a conversation is none)"])
        return {}
    if fields.get("type") == "preference":
        sides = [fields.get("chosen"), fields.get("rejected")]
        pair = next((region for region in were if type_of(region) == "pairwise"), None)
        if pair is not None and pair["value"]["selected"] == "right":
            sides.reverse()
        names = keys if keys is not None and len(keys) == 3 else ("prompt", "left", "right")
        values = [fields.get("prompt"), *sides]
        if not all(isinstance(value, str) for value in values):
            if keys == [] and "chosen" not in fields:
                return {}
            raise LossError("label-studio", ["chosen and rejected (no texts)"])
        return dict(zip(names, values, strict=True))
    value = fields.get("instruction" if fields.get("type") == "instruction" else "text")
    if not isinstance(value, str):
        if keys == [] and value is None:
            return {}
        raise LossError("label-studio", ["text (there is none)"])
    return {(keys[0] if keys else "text"): value}


def ordered(values: Mapping[str, Any], names: Any) -> dict[str, Any]:
    """The values under the noted names first, in their order."""
    known = [name for name in names if name in values] if isinstance(names, list) else []
    return {name: values[name] for name in (*known, *(name for name in values if name not in known))}


def new_region(kind: str, value: Any, place: int) -> dict[str, Any]:
    """A region as Label Studio writes it."""
    from_name, to_name = CONTROLS[kind]
    return {"id": f"r{place}", "from_name": from_name, "to_name": to_name, "type": kind, "value": value}


def _spans(fields: Fields, were: Sequence[Any], unread: Sequence[Any]) -> list[Any]:
    spans_of("label-studio", fields, ("text",))
    text, entities = fields.get("text"), fields["entities"]
    left = list(range(len(entities)))
    ids: dict[int, Any] = {}
    kept: list[Any] = []
    for region in were:
        kind = type_of(region)
        if region in unread:
            kept.append(region)
        elif kind == "labels":
            said = entities_of(region, text)
            places = [next((place for place in left if entities[place] == one), None) for one in said]
            if None not in places and len(set(places)) == len(places):
                left = [place for place in left if place not in places]
                ids |= {place: region.get("id") for place in places if place is not None}
                kept.append(region)
        elif kind in ("relation", "choices"):
            kept.append(region)  # looked at below, when the spans are known
    for place in left:
        region = new_region("labels", _span_value(entities[place], text), len(were) + place)
        ids[place] = region["id"]
        kept.append(region)
    return _with_relations(_with_choices(kept, fields, unread), fields, unread, ids)


def _span_value(found: Mapping[str, Any], text: Any) -> dict[str, Any]:
    start, end = found["start"], found["end"]
    covered = found.get("text", text[start:end] if isinstance(text, str) and 0 <= start <= end <= len(text) else None)
    if "text" in found and not isinstance(covered, str):
        raise LossError("label-studio", ["entities.text (no text)"])
    said = {"text": covered} if isinstance(covered, str) else {}
    return {"start": start, "end": end, **said, "labels": [found["label"]]}


def _with_choices(kept: list[Any], fields: Fields, unread: Sequence[Any]) -> list[Any]:
    labels = fields.get("labels")
    if labels and not are_labels(labels):
        raise LossError("label-studio", ["labels (no texts)"])
    is_there = False
    regions: list[Any] = []
    for region in kept:
        if type_of(region) == "choices" and region not in unread:
            if is_there or region["value"]["choices"] != labels:
                continue
            is_there = True
        regions.append(region)
    if labels and not is_there:
        regions.append(new_region("choices", {"choices": labels}, len(kept)))
    return regions


def _with_relations(kept: list[Any], fields: Fields, unread: Sequence[Any], ids: Mapping[int, Any]) -> list[Any]:
    left = [_relation(found, ids) for found in fields.get("relations") or []]
    regions: list[Any] = []
    for region in kept:
        if type_of(region) != "relation" or region in unread:
            regions.append(region)
            continue
        head, tail = (
            next((place for place, each in ids.items() if each == region[name]), -1) for name in ("from_id", "to_id")
        )
        said = [(head, tail, label) for label in region.get("labels") or [""]]
        if all(one in left for one in said):
            left = [one for one in left if one not in said]
            regions.append(region)
    for start, end, label in left:
        new = {"from_id": ids[start], "to_id": ids[end], "type": "relation", "direction": "right", "labels": [label]}
        regions.append(new)
    return regions


def _relation(found: Any, ids: Mapping[int, Any]) -> tuple[int, int, str]:
    """The parts of a relation that leads from one span to another."""
    if not isinstance(found, dict):
        raise LossError("label-studio", ["relations (one is none)"])
    if more := [name for name in found if name not in _RELATION]:
        raise LossError("label-studio", [f"relations.{name}" for name in more])
    head, tail, label = (found.get(name) for name in _RELATION)
    if not (isinstance(head, int) and isinstance(tail, int) and isinstance(label, str) and head in ids and tail in ids):
        raise LossError("label-studio", ["relations (one leads to no entity)"])
    return head, tail, label


def _new_content(fields: Fields) -> list[Any]:
    """The regions of a record that is no text with spans; none when it says nothing to write."""
    kind = fields.get("type")
    if kind == "classification" and isinstance(fields.get("labels"), list):
        return [new_region("choices", {"choices": fields["labels"]}, 0)]
    if kind == "classification" and isinstance(fields.get("label"), str):
        return [new_region("choices", {"choices": [fields["label"]]}, 0)]
    if kind == "instruction" and isinstance(fields.get("output"), str):
        return [new_region("textarea", {"text": [fields["output"]]}, 0)]
    if kind == "preference" and isinstance(fields.get("chosen"), str):
        return [new_region("pairwise", {"selected": "left"}, 0)]
    messages = fields.get("messages")
    if kind == "chat" and isinstance(messages, list):
        return [new_region("chatmessage", {"chatmessage": message}, place) for place, message in enumerate(messages)]
    return []


def _has_labels(fields: Fields) -> bool:
    return isinstance(fields.get("label"), str) or are_labels(fields.get("labels"))


def _same(region: Any, new: Mapping[str, Any]) -> bool:
    """Whether a region that was there says what a new one would say."""
    kind = type_of(region)
    if kind == "rating" and new["type"] == "choices":
        return bool([str(region["value"]["rating"])] == new["value"]["choices"])
    if kind == "pairwise" and new["type"] == "pairwise":
        return True  # which answer is where has been told by the data
    return kind == new["type"] and kind is not None and bool(region["value"] == new["value"])


def _same_messages(were: Sequence[Any], new: Sequence[Mapping[str, Any]]) -> list[Any]:
    found = [region for region in were if type_of(region) == "chatmessage"]
    same = len(found) == len(new) and all(_same(region, each) for region, each in zip(found, new, strict=True))
    return found if same else []
