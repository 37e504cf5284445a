"""Words and characters of many texts at once, as 64-bit hashes in one array."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # the odd constant of splitmix64, 2^64 divided by the golden ratio


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
    return Tokens(mix(points.astype(np.uint64) + _GOLDEN), _lengths(texts))


def words(texts: Sequence[str]) -> Tokens:
    r"""The `\w+` words of every text: runs of letters, digits and underscores, as Python's `re` has them.

    A word's hash is the sum of its hashed (character, place in the word) pairs, so one pass over all characters of
    all texts serves: several times as fast as cutting out every word as a string of its own.
    """
    points = _code_points("\n".join(texts) + "\n")  # the line end is no word character: no word spans two texts
    inside = _word_characters(points)
    edges = np.flatnonzero(np.diff(inside, prepend=False))
    starts, ends = edges[::2], edges[1::2]
    if not len(starts):
        return Tokens(np.empty(0, np.uint64), np.zeros(len(texts), np.int64))
    letters = np.flatnonzero(inside)
    offsets = np.concatenate([[0], np.cumsum(ends - starts)[:-1]])
    place = (np.arange(len(letters)) - np.repeat(offsets, ends - starts) + 1).astype(np.uint64)
    hashed = mix(points[letters].astype(np.uint64) + place * _GOLDEN)
    text_ends = np.cumsum(_lengths(texts) + 1)
    counts = np.diff(np.searchsorted(starts, text_ends), prepend=0)
    return Tokens(mix(np.add.reduceat(hashed, offsets)), counts.astype(np.int64))


def _lengths(texts: Sequence[str]) -> NDArray[np.int64]:
    return np.fromiter(map(len, texts), np.int64, len(texts))


def _code_points(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def _word_characters(points: NDArray[np.uint32]) -> NDArray[np.bool_]:
    rare = np.unique(points[points > 127])
    size = max(128, int(rare[-1]) + 1 if len(rare) else 0)
    table = np.zeros(size, np.bool_)
    for point in (*range(128), *rare.tolist()):
        table[point] = chr(point).isalnum() or chr(point) == "_"
    return table[points]
