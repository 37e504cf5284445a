"""Keys of two sides paired up: the first row with a key there with the first that has it here; imports numpy."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
Indices = NDArray[np.int64]

_PARTS = 16  # worked off one after the other, so that what sorting needs is a small part of what is sorted
_TOP_BITS = np.uint64(60)


def pair_up(left: Keys, right: Keys) -> tuple[Indices, Indices]:
    """Indices of rows with equal keys, each row used once: the k-th of a key on one side with the k-th on the other."""
    found: list[tuple[Indices, Indices]] = []
    for part in range(_PARTS):
        here = np.flatnonzero((left >> _TOP_BITS) == part)
        there = np.flatnonzero((right >> _TOP_BITS) == part)
        if len(here) and len(there):
            one, other = _pair_sorted(left[here], right[there])
            found.append((here[one], there[other]))
    if not found:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    return np.concatenate([pair[0] for pair in found]), np.concatenate([pair[1] for pair in found])


def without(length: int, used: Indices) -> Indices:
    """The indices below `length` that are not among those used."""
    left = np.ones(length, np.bool_)
    left[used] = False
    return np.flatnonzero(left)


def repeats(keys: Keys) -> int:
    """Rows whose key an earlier row has."""
    return sum(len(part) - len(np.unique(part)) for part in _parts(keys))


def _parts(keys: Keys) -> list[Keys]:
    return [keys[(keys >> _TOP_BITS) == part] for part in range(_PARTS)]


def _pair_sorted(left: Keys, right: Keys) -> tuple[Indices, Indices]:
    both = np.concatenate([left, right])
    order = np.argsort(both, kind="stable")  # within a key: the left side first, each side in its own order
    ordered = both[order]
    begins = np.concatenate([[True], ordered[1:] != ordered[:-1]])
    starts = np.flatnonzero(begins)
    group = np.cumsum(begins) - 1
    is_right = order >= len(left)
    counts: NDArray[Any] = np.bincount(group[~is_right], minlength=len(starts))
    shared = np.minimum(counts, np.bincount(group[is_right], minlength=len(starts)))
    rank = np.arange(len(order)) - starts[group]
    rank[is_right] -= counts[group[is_right]]
    paired = rank < shared[group]
    return order[paired & ~is_right], order[paired & is_right] - len(left)
