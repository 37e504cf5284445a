"""JSON values that are no texts, a whole column at once: what kinds they are, and how `dump_json` spells them."""

from typing import Any, NamedTuple

import numpy as np
import orjson
import pyarrow as pa

from tilth.formats.bulk.arrays import as_texts
from tilth.formats.bulk.surprise import Surprise, expect
from tilth.formats.bulk.texts import bytes_of, joined, split_at_commas
from tilth.formats.strict_json import is_plain

_MOST_DIGITS = 18  # of an integer that surely fits into 64 bits
_INT64 = range(-(2**63), 2**63)
_LONG = 2.0**63
_SCALARS = {int, float, bool, type(None)}
_NESTED = {list, dict}


class Literals(NamedTuple):
    """Values as `dump_json` spells them, and what is known about them."""

    spelt: pa.StringArray
    kinds: frozenset[type]
    has_long_integer: bool


def scalars(texts: pa.StringArray) -> Literals:
    """What numbers, truth values and nulls mean. Raises `Surprise` for anything else."""
    if _are_short_integers(texts):
        return Literals(texts, frozenset({int}), has_long_integer=False)
    content = joined(texts, ",")
    values = _parsed(content)
    kinds = set(map(type, values))
    # No lists among them, so every comma stands between two values, and every text is one of these.
    expect(len(values) == len(texts) and kinds <= _SCALARS)
    if float in kinds:
        # orjson makes a float of an integer past 64 bits.
        expect(all(abs(value) < _LONG for value in values if type(value) is float) or not _has_long(texts))
    spelt = orjson.dumps(values)[1:-1]
    has_long = int in kinds and any(type(value) is int and value not in _INT64 for value in values)
    return Literals(texts if spelt == content else split_at_commas(spelt, len(values)), frozenset(kinds), has_long)


def nested(texts: pa.StringArray) -> Literals:
    """What lists and objects hold. Each text is one, by its brackets. Raises `Surprise` for anything doubtful."""
    content = joined(texts, ",")
    expect(is_plain(content))
    values = _parsed(content)
    kinds = set(map(type, values))
    expect(len(values) == len(texts) and kinds <= _NESTED)
    try:
        spelt = list(map(orjson.dumps, values))
    except TypeError as failure:  # nested deeper than orjson writes
        raise Surprise from failure
    together = b",".join(spelt)
    expect(content.count(b'":') == together.count(b'":'))  # or a key was given twice
    if together == content:
        return Literals(texts, frozenset(kinds), has_long_integer=False)
    return Literals(as_texts(spelt), frozenset(kinds), has_long_integer=False)


def _are_short_integers(texts: pa.StringArray) -> bool:
    """Whether all are integers of few digits, spelt in the one usual way."""
    content, offsets = bytes_of(texts)
    sizes = np.diff(offsets)
    if not len(sizes) or sizes.min() < 1 or sizes.max() > _MOST_DIGITS or not (content - ord("0") < 10).all():
        return False
    return not (content[offsets[:-1]][sizes > 1] == ord("0")).any()


def _has_long(texts: pa.StringArray) -> bool:
    _, offsets = bytes_of(texts)
    return bool(np.diff(offsets).max() > _MOST_DIGITS)


def _parsed(content: bytes) -> list[Any]:
    try:
        values: list[Any] = orjson.loads(b"[" + content + b"]")
    except orjson.JSONDecodeError as failure:
        raise Surprise from failure
    return values
