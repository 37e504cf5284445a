"""What an annotation in Label Studio says, region by region: read as fields of a record, and written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tilth.schemas.annotation.labels import are_labels
from tilth.schemas.annotation.spans import entity
from tilth.schemas.identity import Fields

_TYPES = ("labels", "choices", "textarea", "rating", "pairwise", "chatmessage")

_OF_OTHER_THINGS = {"x", "points", "rle", "brushlabels", "channel", "sequence", "format", "startOffset"}
"""Names in the regions of images, sounds, films, and pages and dialogues, which are more than a text."""


@dataclass(frozen=True)
class Said:
    """What some regions say together."""

    record_type: str
    fields: Fields
    keys: list[str]
    """The fields of the task's data that are part of it."""
    unread: list[Any]
    """Regions of which the record does not speak."""

    def silenced(self, result: Sequence[Any]) -> "Said":
        """The same without what was said of the data: nobody stands by it."""
        kept = {name: value for name, value in self.fields.items() if name in ("text", "instruction")}
        return Said(self.record_type, kept, self.keys if kept else [], list(result))


def read_result(
    result: Sequence[Any], data: Mapping[str, Any], key: str, kind: str | None, shown: Mapping[str, str] = {}
) -> Said:
    """What the regions of an annotation say of a task's data, of which the field `key` is annotated.

    `kind` is the record type that the annotations of the file are of, where that is known; `shown` the field of the
    data that each thing on the screen shows.
    """
    keys = [key] if key in data else []
    text = {"text": data[key]} if keys else {}
    found = {name: [region for region in result if type_of(region) == name] for name in (*_TYPES, "relation")}
    if not all(map(is_of_text, result)):
        return Said(kind or "ner", text, keys, list(result))
    others = any(found[name] for name in _TYPES if name not in ("labels", "choices"))
    if found["labels"] or (not others and (kind == "ner" or not (result or kind))):
        fields, read = _spans(found, data.get(key))
        return Said("ner", {**text, **fields}, keys, _others(result, read))
    if found["choices"]:  # answers to several questions are no labels of one
        read = found["choices"] if len(found["choices"]) == 1 else []
        fields = {"labels": read[0]["value"]["choices"]} if read else {}
        return Said("classification", {**text, **fields}, keys, _others(result, read))
    if found["chatmessage"]:
        messages = [region["value"]["chatmessage"] for region in found["chatmessage"]]
        return Said("chat", {"messages": messages}, [], _others(result, found["chatmessage"]))
    if found["pairwise"]:
        return _preference(result, found["pairwise"], data, shown)
    if len(found["textarea"]) == 1 and len(texts := found["textarea"][0]["value"]["text"]) == 1:
        task = {"instruction": data[key]} if keys else {}
        return Said("instruction", {**task, "output": texts[0]}, keys, _others(result, found["textarea"]))
    if len(found["rating"]) == 1:
        rating = str(found["rating"][0]["value"]["rating"])
        return Said("classification", {**text, "label": rating}, keys, _others(result, found["rating"]))
    return Said(kind or "ner", text, keys, list(result))


def type_of(region: Any) -> str | None:
    """The kind of a region that is as Label Studio writes it; None for any other."""
    value = region.get("value") if isinstance(region, Mapping) else None
    if isinstance(region, Mapping) and region.get("type") == "relation":
        return "relation" if all(isinstance(region.get(name), str) for name in ("from_id", "to_id")) else None
    if not isinstance(value, Mapping):
        return None
    name = region["type"] if region.get("type") in _TYPES else None
    inner = value.get({"textarea": "text", "pairwise": "selected"}.get(str(name), str(name)))
    is_region = any(key in value for key in ("start", "end", "x"))
    is_good = {
        "labels": are_labels(inner) and bool(inner) and type(value.get("start")) is type(value.get("end")) is int,
        "choices": are_labels(inner) and not is_region,
        "textarea": are_labels(inner) and not is_region,
        "rating": type(inner) is int and not is_region,
        "pairwise": inner in ("left", "right"),
        "chatmessage": isinstance(inner, Mapping),
    }
    return name if name is not None and is_good[name] else None


def is_of_text(region: Any) -> bool:
    """Whether a region is none of an image, a sound, a film or a page."""
    value = region.get("value") if isinstance(region, Mapping) else None
    return not (isinstance(value, Mapping) and value.keys() & _OF_OTHER_THINGS)


def _spans(found: Mapping[str, list[Any]], text: Any) -> tuple[Fields, list[Any]]:
    """The fields of a text with spans, and the regions that they are read from."""
    entities: list[dict[str, Any]] = []
    place: dict[str, int] = {}
    for region in found["labels"]:
        place.setdefault(str(region.get("id")), len(entities))
        entities += entities_of(region, text)
    fields: Fields = {"entities": entities}
    read = list(found["labels"])
    relations = [region for region in found["relation"] if {region["from_id"], region["to_id"]} <= place.keys()]
    if relations:
        fields["relations"] = [
            {"head": place[region["from_id"]], "tail": place[region["to_id"]], "label": label}
            for region in relations
            for label in region.get("labels") or [""]
        ]
    if len(found["choices"]) == 1:
        fields["labels"] = found["choices"][0]["value"]["choices"]
        read += found["choices"]
    return fields, [*read, *relations]


def entities_of(region: Mapping[str, Any], text: Any) -> list[dict[str, Any]]:
    """The entities that a region of labels is: one for each of its labels.

    Offsets count characters, or UTF-16 units where only then the text is what the region says it is.
    """
    value = region["value"]
    start, end, claimed = value["start"], value["end"], value.get("text")
    is_inside = isinstance(text, str) and 0 <= start <= end <= len(text)
    is_there = claimed is None or (isinstance(text, str) and is_inside and text[start:end] == claimed)
    if not is_there and isinstance(text, str) and isinstance(claimed, str) and claimed and 0 <= start <= end:
        in_units = text.encode("utf-16-le", errors="surrogatepass")
        first, covered = in_units[: 2 * start], in_units[2 * start : 2 * end]
        if len(covered) == 2 * (end - start) and covered.decode("utf-16-le", errors="replace") == claimed:
            start = len(first.decode("utf-16-le", errors="replace"))
            end, is_there = start + len(claimed), True
    return [entity(start, end, label, {} if is_there else {"text": claimed}) for label in value["labels"]]


def _preference(result: Sequence[Any], pairs: list[Any], data: Mapping[str, Any], shown: Mapping[str, str]) -> Said:
    names = [shown.get(name, name) for name in str(pairs[0].get("to_name")).split(",")]
    keys = ["prompt", *names]
    if len(pairs) > 1 or len(names) != 2 or not are_labels([data.get(name) for name in keys]):
        return Said("preference", {}, [], list(result))
    if pairs[0]["value"]["selected"] == "right":
        names = names[::-1]
    fields = {"prompt": data["prompt"], "chosen": data[names[0]], "rejected": data[names[1]]}
    return Said("preference", fields, keys, _others(result, pairs))


def _others(result: Sequence[Any], read: Sequence[Any]) -> list[Any]:
    return [region for region in result if not any(region is each for each in read)]
