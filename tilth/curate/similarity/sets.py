"""The shingle sets of many rows in one array, compared exactly."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tilth.curate.similarity.shingles import HASH_BITS, Shingles

_PAIR_SHINGLES = 1_000_000  # looked at in one go: bounds the scratch memory of a comparison
_MOST_PAIRS = 1 << (64 - HASH_BITS)  # what can be numbered beside a hash
_GROWTH = 1.25
_PLACE_BITS = 31  # a number of 32 bits beside it, and a sign that is never set
_OUTLINE_WORDS = 4


@dataclass(frozen=True)
class ShingleSets:
    """Sets of many rows: row `r` owns `hashes[starts[r]:starts[r] + sizes[r]]`, ascending and distinct."""

    starts: NDArray[np.int64]
    sizes: NDArray[np.int64]
    hashes: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.sizes)

    @cached_property
    def outlines(self) -> NDArray[np.uint64]:
        """256 bits for each row, of shape (rows, 4): each shingle turns one of them over."""
        outlines = np.zeros((len(self), _OUTLINE_WORDS), np.uint64)
        for rows in in_chunks(np.flatnonzero(self.sizes), self.sizes[self.sizes > 0], _PAIR_SHINGLES):
            hashes = self.hashes[ranges(self.starts[rows], self.sizes[rows])]
            begins = starts_of(self.sizes[rows])[:-1]
            bit = np.uint64(1) << (hashes & np.uint64(63))
            word = (hashes >> np.uint64(6)) & np.uint64(_OUTLINE_WORDS - 1)
            for place in range(_OUTLINE_WORDS):
                outlines[rows, place] = np.bitwise_xor.reduceat(np.where(word == place, bit, 0), begins)
        return outlines

    def take(self, rows: NDArray[np.int64]) -> "ShingleSets":
        """The sets of some rows, in the given order; a row may come several times. Nothing is copied."""
        return ShingleSets(self.starts[rows], self.sizes[rows], self.hashes)


class Growing:
    """Sets that are collected piece by piece, in memory that grows in place."""

    def __init__(self) -> None:
        self._hashes = np.empty(0, np.uint64)
        self._filled = 0
        self._counts: list[NDArray[np.int64]] = []

    def append(self, piece: Shingles) -> None:
        """The sets of the next rows."""
        needed = self._filled + len(piece.hashes)
        if needed > len(self._hashes):
            # The memory of a large array is moved, not copied; two arrays of this would be the peak of the whole run.
            self._hashes.resize(int(needed * _GROWTH), refcheck=False)
        self._hashes[self._filled : needed] = piece.hashes
        self._filled = needed
        self._counts.append(piece.counts)

    def sets(self) -> ShingleSets:
        """All that was appended."""
        sizes = np.concatenate(self._counts) if self._counts else np.empty(0, np.int64)
        return ShingleSets(starts_of(sizes)[:-1], sizes, self._hashes[: self._filled])


def starts_of(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each of consecutive runs starts, and where the last one ends."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)])


def order_of(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """The stable order of some numbers below 2^32, of which there are fewer than 2^31.

    A number and its place are sorted as one, which takes a third of the time of a stable `argsort`.
    """
    packed = numbers << _PLACE_BITS
    packed |= np.arange(len(numbers))
    packed.sort()
    packed &= (1 << _PLACE_BITS) - 1
    return packed


def ranges(starts: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The numbers `starts[i], starts[i] + 1, ...`, `counts[i]` of them, for each `i` in turn."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    numbers: NDArray[np.int64] = np.repeat(starts - (ends - counts), counts)
    numbers += np.arange(total)
    return numbers


def in_chunks(rows: NDArray[np.int64], work: NDArray[np.int64], budget: int) -> list[NDArray[np.int64]]:
    """The rows in runs of about so much work each."""
    return np.split(rows, np.flatnonzero(np.diff(np.cumsum(work) // budget, prepend=0)))


def most_shared(sets: ShingleSets, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many shingles two rows can have in common at most, told without comparing them.

    Every bit in which two outlines differ is due to a shingle that one row has alone (Sandes, Teodoro and Melo 2020).
    """
    differing = np.zeros(len(left), np.int64)
    for place in range(_OUTLINE_WORDS):
        differing += np.bitwise_count(sets.outlines[left, place] ^ sets.outlines[right, place])
    return (sets.sizes[left] + sets.sizes[right] - differing) // 2


def verify_pairs(sets: ShingleSets, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.float64]:
    """The true Jaccard similarity of each pair of rows, from 0 to 1: shared shingles over all distinct shingles.

    A row without a set (it has no text) is similar to none.
    """
    work = np.cumsum(sets.sizes[left] + sets.sizes[right]) // _PAIR_SHINGLES
    load = np.maximum.accumulate(np.arange(len(left)) // _MOST_PAIRS + work)
    cuts = np.flatnonzero(np.diff(load, prepend=0))
    shared = [_shared(sets, a, b) for a, b in zip(np.split(left, cuts), np.split(right, cuts), strict=True)]
    overlap = np.concatenate(shared)
    union = np.maximum(sets.sizes[left] + sets.sizes[right] - overlap, 1)
    return np.asarray(overlap / union, np.float64)


def _shared(sets: ShingleSets, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int64]:
    keys = np.concatenate([_pair_hashes(sets, left), _pair_hashes(sets, right)])
    keys.sort(kind="stable")  # two sorted runs: the stable sort merges them in one go
    twice = keys[1:][keys[1:] == keys[:-1]] >> np.uint64(HASH_BITS)
    return np.bincount(twice.astype(np.int64), minlength=len(left))


def _pair_hashes(sets: ShingleSets, rows: NDArray[np.int64]) -> NDArray[np.uint64]:
    counts = sets.sizes[rows]
    pair = np.repeat(np.arange(len(rows), dtype=np.uint64) << np.uint64(HASH_BITS), counts)
    return np.asarray(pair | sets.hashes[ranges(sets.starts[rows], counts)], np.uint64)
