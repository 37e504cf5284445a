"""JSON values that are no texts, a whole column at once: what kinds they are, and how `dump_json` spells them."""

from typing import Any, NamedTuple

import numpy as np
import orjson
import pyarrow as pa
from numpy.typing import NDArray

from tilth.formats.bulk.arrays import as_texts
from tilth.formats.bulk.surprise import Surprise, expect
from tilth.formats.bulk.texts import Bytes, Places, bytes_of, joined, split_at_commas
from tilth.formats.strict_json import is_plain

_MOST_DIGITS = 18  # of an integer that surely fits into 64 bits
_MOST_DIGITS_OF_FLOAT = 15
_ZEROS_OF_SMALL = 4  # behind the dot: with one more of them a number may be spelt with an exponent
_NULL = b"null"
_ZERO, _DOT = ord("0"), ord(".")
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
    kind = _plain_kind(texts)
    if kind is not None:
        return Literals(texts, frozenset({kind}), has_long_integer=False)
    content = joined(texts, ",")
    values = _parsed(content)
    kinds = set(map(type, values))
    # No lists among them, so every comma stands between two values, and every text is one of these.
    expect(len(values) == len(texts) and kinds <= _SCALARS)
    if float in kinds:
        # orjson makes a float of an integer past 64 bits.
        expect(not _has_long(texts) or all(abs(value) < _LONG for value in values if type(value) is float))
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


def _plain_kind(texts: pa.StringArray) -> type | None:
    """The kind of all values, when they are surely of one and spelt in the one usual way."""
    content, offsets = bytes_of(texts)
    sizes = np.diff(offsets)
    if not len(sizes) or sizes.min() < 1:
        return None
    if content[0] == _NULL[0]:
        return type(None) if content.tobytes() == _NULL * len(sizes) else None
    if sizes.max() > _MOST_DIGITS:
        return None
    is_digit = content - _ZERO < 10
    begins = offsets[:-1]
    if is_digit.all():
        return None if (content.take(begins)[sizes > 1] == _ZERO).any() else int
    dots = np.flatnonzero(~is_digit)
    return float if _are_decimals(content, begins, offsets[1:], dots) else None


def _are_decimals(content: Bytes, begins: NDArray[np.int32], ends: NDArray[np.int32], dots: Places) -> bool:
    """Whether all are digits, a dot and digits, and as short as the float can be spelt.

    No two decimals of 15 digits are the same float, so one of that many, without a zero too much, is the shortest.
    """
    if len(dots) != len(begins) or not (content.take(dots) == _DOT).all():
        return False
    if not ((dots > begins).all() and (dots + 1 < ends).all() and (ends - begins <= _MOST_DIGITS_OF_FLOAT + 1).all()):
        return False
    starts_with_zero = content.take(begins) == _ZERO
    is_below_one = starts_with_zero & (dots == begins + 1)
    ends_with_zero = content.take(ends - 1) == _ZERO
    is_whole = ends_with_zero & (dots + 2 == ends)
    # Small ones are spelt with an exponent; the whole ones are not, and 0.0 is none of the small.
    is_small = is_below_one & ~is_whole
    for place in range(1, _ZEROS_OF_SMALL + 1):
        is_small &= content.take(np.minimum(dots + place, ends - 1)) == _ZERO
    return bool((starts_with_zero == is_below_one).all() and (ends_with_zero == is_whole).all() and not is_small.any())


def _has_long(texts: pa.StringArray) -> bool:
    _, offsets = bytes_of(texts)
    return bool(np.diff(offsets).max() > _MOST_DIGITS)


def _parsed(content: bytes) -> list[Any]:
    try:
        values: list[Any] = orjson.loads(b"[" + content + b"]")
    except orjson.JSONDecodeError as failure:
        raise Surprise from failure
    return values
