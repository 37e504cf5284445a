"""JSON in and out without a change of value: big integers stay exact, key order stays, NaN never appears."""

import json
import math
import re
from typing import Any

import orjson

from tilth.errors import DataError

# orjson turns an integer past 64 bits into a float without a word; 19 digits is the first length where that can be.
_LONG_NUMBER = re.compile(rb"[0-9]{19}")
# Dates and dataclasses are no JSON: left to orjson they would come back as something else.
_PLAIN = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS


def load_json(text: bytes) -> Any:
    """The value that the bytes spell, exactly.

    Raises `ValueError` for what is not JSON, and for what no other program would read alike: NaN, infinities, numbers
    too large for a float, lone surrogates, nesting too deep to walk.
    """
    if not _LONG_NUMBER.search(text):
        return orjson.loads(text)
    try:
        value = json.loads(text.decode("utf-8"), parse_constant=_refuse_constant, parse_float=_finite)
    except RecursionError as failure:
        raise ValueError("the value is nested too deep") from failure
    if b"\\u" in text:
        json.dumps(value, ensure_ascii=False).encode("utf-8")  # a lone surrogate raises here, as orjson would
    return value


def dump_json(value: Any) -> bytes:
    """Compact UTF-8 JSON with keys in their own order. Raises `DataError` for what JSON cannot hold."""
    return _dump(value, sort_keys=False)


def canonical_json(value: Any) -> bytes:
    """Compact UTF-8 JSON with sorted keys: equal values give equal bytes, wherever they came from."""
    return _dump(value, sort_keys=True)


def _dump(value: Any, *, sort_keys: bool) -> bytes:
    try:
        text = orjson.dumps(value, option=_PLAIN | orjson.OPT_SORT_KEYS if sort_keys else _PLAIN)
    except TypeError:
        pass  # an integer past 64 bits, or something that is no JSON at all: the slow way tells which
    else:
        if b"null" in text:
            _refuse_unwritable(value)  # orjson writes NaN as null
        return text
    try:
        _refuse_unwritable(value)
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=sort_keys).encode("utf-8")
    except (TypeError, ValueError, RecursionError) as failure:
        raise DataError(f"a value cannot be written as JSON: {failure}") from failure


def _refuse_unwritable(value: Any) -> None:
    """Refuse what the libraries would write as something else: NaN and infinities, names that are no text."""
    if isinstance(value, float) and not math.isfinite(value):
        raise DataError(f"a value cannot be written as JSON: {value} is not JSON")
    if isinstance(value, dict):
        for name, item in value.items():
            if not isinstance(name, str):
                raise DataError(f"a value cannot be written as JSON: the name {name!r} is not text")
            _refuse_unwritable(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_unwritable(item)


def _refuse_constant(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")


def _finite(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise ValueError(f"the number {digits} is larger than a float can be")
    return value
