"""JSON in and out without a change of value: big integers stay exact, key order stays, NaN never appears."""

import json
import re
from typing import Any

import orjson

from tilth.errors import DataError

# orjson turns an integer past 64 bits into a float without a word; 19 digits is the first length where that can be.
_LONG_NUMBER = re.compile(rb"[0-9]{19}")


def load_json(text: bytes) -> Any:
    """The value that the bytes spell, exactly. Raises `ValueError` for what is not JSON (NaN and Infinity included)."""
    if _LONG_NUMBER.search(text):
        return json.loads(text.decode("utf-8", errors="strict"), parse_constant=_refuse_constant)
    return orjson.loads(text)


def dump_json(value: Any) -> bytes:
    """Compact UTF-8 JSON with keys in their own order. Raises `DataError` for what JSON cannot hold."""
    return _dump(value, sort_keys=False)


def canonical_json(value: Any) -> bytes:
    """Compact UTF-8 JSON with sorted keys: equal values give equal bytes, wherever they came from."""
    return _dump(value, sort_keys=True)


def _dump(value: Any, *, sort_keys: bool) -> bytes:
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS if sort_keys else None)
    except TypeError:
        pass  # an integer past 64 bits, or something that is no JSON at all: the slow way tells which
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=sort_keys, allow_nan=False)
        return text.encode("utf-8")
    except (TypeError, ValueError) as failure:
        raise DataError(f"a value cannot be written as JSON: {failure}") from failure


def _refuse_constant(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")
