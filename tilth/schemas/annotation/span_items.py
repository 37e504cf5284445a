"""Spans as tools list them, `{"start": 0, "end": 3, "label": "PER"}` or `[0, 3, "PER"]`, as entities and back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tilth.schemas.annotation.spans import entity, is_span
from tilth.schemas.annotation.words import Borders
from tilth.schemas.dialects.loss import LossError

_START, _END, _LABEL, _TEXT = "start", "end", "label", "text"
_TOKEN_START, _TOKEN_END = "token_start", "token_end"


@dataclass(frozen=True)
class SpanNames:
    """What a tool calls the parts of a span."""

    start: str = _START
    end: str = _END
    label: str = _LABEL
    text: str = _TEXT
    """The characters of the span, where the tool repeats them."""

    @property
    def usual(self) -> tuple[str, ...]:
        """The names that every span has."""
        return (self.start, self.end, self.label)


PLAIN_NAMES = SpanNames()


def is_listed(item: Any) -> bool:
    """Whether an item is a span written as a list of three."""
    return isinstance(item, list) and len(item) == 3 and is_span(*item)


def is_named(item: Any, names: SpanNames = PLAIN_NAMES) -> bool:
    """Whether an item is a span written as an object."""
    return isinstance(item, Mapping) and is_span(*(item.get(name) for name in names.usual))


def are_spans(items: Any, names: SpanNames = PLAIN_NAMES) -> bool:
    """Whether a value is a list of nothing but spans, each written in either way."""
    return isinstance(items, list) and all(is_listed(item) or is_named(item, names) for item in items)


def read_spans(
    items: Sequence[Any], text: Any, tokens: Sequence[Borders] = (), names: SpanNames = PLAIN_NAMES
) -> tuple[list[Any], dict[str, Any]]:
    """The entities that the items are, and a note of how the items are written, for `write_spans`.

    What an item says that the text and its tokens say too is left out; where it says something else it stays, for a
    check to report.
    """
    is_list = bool(items) and all(map(is_listed, items))
    entities = [entity(*item) if is_listed(item) else _read(item, text, tokens, names) for item in items]
    if is_list or not (items and isinstance(items[0], Mapping)):
        return entities, {"as": "list"} if is_list else {}
    keys = list(items[0])
    return entities, {} if keys == list(names.usual) else {"names": keys}


def write_spans(
    dialect: str,
    entities: Sequence[Any],
    text: Any,
    tokens: Sequence[Borders],
    note: Mapping[str, Any],
    names: SpanNames = PLAIN_NAMES,
) -> list[Any]:
    """The entities as items. Raises `LossError` for what a list of three has no place for."""
    if note.get("as") != "list":
        taken = [name for found in entities if isinstance(found, dict) for name in _taken(found, names)]
        if taken:
            raise LossError(dialect, [f"entities.{name} (the name has a meaning there)" for name in taken])
        wanted = note.get("names")
        keys = wanted if isinstance(wanted, list) else list(names.usual)
        return [_written(found, text, tokens, keys, names) if is_named(found) else found for found in entities]
    lost = [
        f"entities[{place}].{name}"
        for place, found in enumerate(entities)
        if isinstance(found, dict)
        for name in found
        if name not in PLAIN_NAMES.usual
    ]
    if lost:
        raise LossError(dialect, lost)
    return [[found[_START], found[_END], found[_LABEL]] if is_named(found) else found for found in entities]


def _read(item: Any, text: Any, tokens: Sequence[Borders], names: SpanNames) -> Any:
    if not is_named(item, names):
        return item
    start, end = item[names.start], item[names.end]
    derived = _derived(start, end, text, tokens, names)
    more = {key: value for key, value in item.items() if key not in names.usual}
    kept = {key: value for key, value in more.items() if not (key in derived and _same(derived[key], value))}
    if names.text in kept:  # what the span claims to cover, and does not
        kept = {_TEXT if key == names.text else key: value for key, value in kept.items()}
    return entity(start, end, item[names.label], kept)


def _written(
    found: Mapping[str, Any], text: Any, tokens: Sequence[Borders], keys: Sequence[str], names: SpanNames
) -> dict[str, Any]:
    start, end = found[_START], found[_END]
    known = {names.start: start, names.end: end, names.label: found[_LABEL]}
    known |= _derived(start, end, text, tokens, names)
    more = {names.text if key == _TEXT else key: value for key, value in found.items() if key not in PLAIN_NAMES.usual}
    item = {key: more.get(key, known.get(key)) for key in keys if key in known or key in more}
    item |= {key: known[key] for key in names.usual if key not in item}
    return item | {key: value for key, value in more.items() if key not in item}


def _taken(found: Mapping[str, Any], names: SpanNames) -> list[str]:
    """What an entity says beyond its usual names under a name that the tool has for these."""
    others = {*names.usual, names.text} - {*PLAIN_NAMES.usual, _TEXT}
    return [name for name in found if name in others]


def _derived(start: int, end: int, text: Any, tokens: Sequence[Borders], names: SpanNames) -> dict[str, Any]:
    """What the text and its tokens say about a span."""
    found: dict[str, Any] = {}
    if isinstance(text, str) and 0 <= start <= end <= len(text):
        found[names.text] = text[start:end]
    first = next((place for place, (begin, _) in enumerate(tokens) if begin == start), None)
    last = next((place for place, (_, finish) in enumerate(tokens) if finish == end), None)
    if first is not None and last is not None:
        found |= {_TOKEN_START: first, _TOKEN_END: last}  # the last token itself, not the one behind it
    return found


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)
