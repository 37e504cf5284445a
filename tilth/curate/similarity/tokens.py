"""Words and characters of many texts at once, as 64-bit hashes in one array."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # the odd constant of splitmix64, 2^64 divided by the golden ratio
_WORD = 8  # bytes that are looked at in one number
_ASCII_WORD = bytes(code < 128 and (chr(code).isalnum() or chr(code) == "_") for code in range(256))
_ASCII_LOWER = bytes(code + 32 if chr(code) in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" else code for code in range(256))
_MASKS = np.array([(1 << (8 * size)) - 1 for size in range(_WORD + 1)], np.uint64)
_PLANE = 1 << 16


class Tokens(NamedTuple):
    """Token hashes of consecutive texts, one text after the other."""

    hashes: NDArray[np.uint64]
    counts: NDArray[np.int64]
    """Tokens of each text; a text may have none."""


def mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The splitmix64 finaliser: equal values stay equal, and every bit of the result depends on every bit given."""
    mixed = values ^ (values >> np.uint64(30))
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed


def characters(texts: Sequence[str]) -> Tokens:
    r"""Every code point of every text, blanks included."""
    points = _code_points("".join(texts))
    return Tokens(mix(points.astype(np.uint64) + _GOLDEN), np.fromiter(map(len, texts), np.int64, len(texts)))


def ascii_words(content: bytes, offsets: NDArray[np.int64]) -> Tokens:
    r"""The lower-case `\w+` words of ASCII texts. Text `i` is `content[offsets[i]:offsets[i + 1]]`, with a line end."""
    inside = np.frombuffer(content.translate(_ASCII_WORD), np.bool_)
    return _hashed_words(content.translate(_ASCII_LOWER), inside, offsets)


def words(texts: Sequence[str]) -> Tokens:
    r"""The lower-case `\w+` words of every text: runs of letters, digits and underscores, as Python's `re` has them."""
    lines = [text.lower() + "\n" for text in texts]
    whole = "".join(lines)
    points = _code_points(whole)
    width = 1 + (points > 0x7F).astype(np.int64) + (points > 0x7FF) + (points > 0xFFFF)
    begins = np.concatenate([np.zeros(1, np.int64), np.cumsum(width)])
    offsets = begins[np.cumsum([0, *map(len, lines)])]
    return _hashed_words(whole.encode("utf-8"), np.repeat(_is_word(points), width), offsets)


def _hashed_words(content: bytes, inside: NDArray[np.bool_], offsets: NDArray[np.int64]) -> Tokens:
    """A word's hash is a sum of its bytes, taken eight at a time, each times an odd number of its own.

    No word is cut out as a string of its own: several times as fast. No word is in two texts: each has its line end.
    """
    is_edge = np.empty(len(inside), np.bool_)
    is_edge[:1] = inside[:1]
    np.not_equal(inside[1:], inside[:-1], out=is_edge[1:])
    edges = np.flatnonzero(is_edge)
    starts, sizes = edges[::2], edges[1::2] - edges[::2]
    word_at = np.ndarray((len(content) + 1,), "<u8", content + bytes(_WORD), strides=(1,))
    hashes = (word_at[starts] & _MASKS.take(np.minimum(sizes, _WORD))) * _multipliers(0)
    place = _WORD
    while len(longer := np.flatnonzero(sizes > place)):
        part = word_at[starts[longer] + place] & _MASKS.take(np.minimum(sizes[longer] - place, _WORD))
        hashes[longer] += part * _multipliers(place // _WORD)
        place += _WORD
    counts = np.diff(np.searchsorted(starts, offsets))
    return Tokens(hashes, counts.astype(np.int64))


@cache
def _multipliers(place: int) -> np.uint64:
    return np.uint64(mix(np.array([place + 1], np.uint64) * _GOLDEN)[0] | np.uint64(1))


def _code_points(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def _is_word(points: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Whether each code point belongs to a word."""
    found: NDArray[np.bool_] = _plane().take(np.minimum(points, _PLANE - 1))
    rare = np.flatnonzero(points >= _PLANE)
    found[rare] = [chr(point).isalnum() for point in points[rare].tolist()]
    return found


@cache
def _plane() -> NDArray[np.bool_]:
    """The same for all code points below 65,536."""
    return np.array([chr(point).isalnum() or chr(point) == "_" for point in range(_PLANE)])
