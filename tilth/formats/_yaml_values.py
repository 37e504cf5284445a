"""JSON values from YAML events, by the core schema of YAML 1.2."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import yaml

from tilth.formats._yaml_characters import meant
from tilth.formats.strict_json import StrictJsonError

# Aliases let 430 bytes stand for more than any memory holds. What they stand for counts, per row, in nodes and text.
_MAX_EXPANSION = 1_000_000
_CHARACTERS_PER_NODE = 16
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_OTHER_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NO_NUMBER = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_NUMBER_STARTS = frozenset("0123456789+-.")
_CORE = "tag:yaml.org,2002:"


class Composer:
    """Values of one document; remembers its anchors."""

    def __init__(self, has_stand_ins: Callable[[], bool] = lambda: False) -> None:
        self._has_stand_ins = has_stand_ins
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._size = self._expansion = 0

    def compose(self, events: Sequence[Any]) -> Any:
        """The value of one complete node. Raises `StrictJsonError` for what JSON, or good sense, does not hold."""
        self._size = self._expansion = 0
        stream = iter(events)
        return self._value(next(stream), stream)

    def _value(self, event: Any, events: Iterator[Any]) -> Any:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        before = self._size
        value: Any
        if isinstance(event, yaml.ScalarEvent):
            self._size += 1 + len(event.value) // _CHARACTERS_PER_NODE
            value = _scalar(event, meant(event.value) if self._has_stand_ins() else event.value)
        elif isinstance(event, yaml.SequenceStartEvent):
            _check_tag(event, "seq")
            self._size += 1
            value = self._items(events)
        else:
            _check_tag(event, "map")
            self._size += 1
            value = self._entries(events)
        if event.anchor:
            self._anchors[event.anchor] = value, self._size - before
        return value

    def _items(self, events: Iterator[Any]) -> list[Any]:
        items = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(self._value(event, events))
        return items

    def _entries(self, events: Iterator[Any]) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key = self._value(event, events)
            if not isinstance(key, str):
                raise StrictJsonError(f"a key that is no text ({_shown(event)}); in double quotes it is one")
            if key == "<<" and not event.style:
                raise StrictJsonError("the merge key <<, which YAML 1.2 does not have")
            if key in entries:
                raise StrictJsonError(f'the key "{key[:60]}" is given twice')
            entries[key] = self._value(next(events), events)
        return entries

    def _alias(self, event: Any) -> Any:
        if event.anchor not in self._anchors:
            raise StrictJsonError(f"the alias *{event.anchor}, which stands for nothing that was complete before it")
        value, size = self._anchors[event.anchor]
        self._size += size
        self._expansion += size
        if self._expansion > _MAX_EXPANSION:
            raise StrictJsonError("aliases that stand for too much")
        return value


def _scalar(event: Any, text: str) -> Any:
    if event.tag not in (None, "!", _CORE + "str"):
        raise StrictJsonError(_no_tag(event))
    return text if event.style or event.tag else _plain(text)


def _plain(text: str) -> Any:
    """What a scalar without quotes is in the core schema; text when it is nothing else."""
    if text in _NULLS:
        return None
    if text[0] not in _NUMBER_STARTS:
        return _BOOLEANS.get(text, text)
    if _INTEGER.fullmatch(text):
        return _integer(text, 10)
    if _OTHER_BASE.fullmatch(text):
        return _integer(text[2:], 8 if text[1] == "o" else 16)
    if _NO_NUMBER.fullmatch(text):
        raise StrictJsonError(f"{text}, which JSON does not have; in double quotes it is text")
    if not _FLOAT.fullmatch(text):
        return text
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise StrictJsonError(f"the number {text[:40]} is larger than a float can be")
    return value


def _integer(digits: str, base: int) -> int:
    try:
        return int(digits, base)
    except ValueError as failure:  # Python reads integers of up to 4300 digits
        raise StrictJsonError("an integer of more than 4300 digits") from failure


def _check_tag(event: Any, expected: str) -> None:
    if event.tag not in (None, "!", _CORE + expected):
        raise StrictJsonError(_no_tag(event))


def _no_tag(event: Any) -> str:
    return f"the tag {event.tag.replace(_CORE, '!!')}; data is read without tags"


def _shown(event: Any) -> str:
    return str(event.value)[:40] if isinstance(event, yaml.ScalarEvent) else "a list or a mapping"
