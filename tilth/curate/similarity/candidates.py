"""Which pairs of rows are worth comparing: two ways to find them, one form of answer.

Both give every row some *buckets*; two rows are a candidate pair when they share one. What is above the threshold is
always decided by comparing the sets themselves.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tilth.curate.similarity.sets import ShingleSets, ranges, starts_of


@dataclass(frozen=True)
class Buckets:
    """The buckets of each row. Buckets with a single row are left out: they make no pair."""

    starts: NDArray[np.int64]
    """Row `r` lies in `numbers[starts[r]:starts[r + 1]]`; one longer than the number of rows."""
    numbers: NDArray[np.int64]
    reach: NDArray[np.int64]
    """For each of these memberships, the most shingles that the row can share with a row that it meets here first."""
    sizes: NDArray[np.int64]
    """Rows in each bucket."""


def prefix_buckets(sets: ShingleSets, threshold: float) -> Buckets:
    """Buckets that miss no pair: the rarest shingles of every row, as many as the threshold asks for.

    Two sets at Jaccard `t` share at least `ceil(t * n)` of the n shingles of either. So after leaving out all but
    the first `n - ceil(t * n) + 1`, in one order for all rows, they still share one. Rarest first makes buckets small:
    boilerplate that every row has lies at the end and is not looked at. (Chaudhuri, Ganti and Kaushik 2006; Bayardo,
    Ma and Srikant 2007.)
    """
    # 1e-9: 0.7 * 10 must not count as a little more than 7, which would cut a prefix one too short
    needed = np.ceil(threshold * sets.sizes - 1e-9).astype(np.int64)
    held = np.diff(sets.starts)
    unshared = sets.sizes - held  # rarer than all others, so they fill the prefix first
    length = np.clip(sets.sizes - np.maximum(needed, 1) + 1 - unshared, 0, held)
    places = ranges(sets.starts[:-1], length)
    # Whoever meets at a shingle first shares at most it and those behind it (Xiao, Wang, Lin and Yu 2008).
    reach = np.repeat(sets.starts[1:], length) - places
    return _buckets(sets.tokens[places].astype(np.int64), reach, length, len(sets.row_counts))


def band_buckets(keys: NDArray[np.uint64]) -> Buckets:
    """Buckets of MinHash-LSH: rows with the same key in the same band. `keys` has shape (rows, bands)."""
    rows, bands = keys.shape
    numbers = np.empty((rows, bands), np.int64)
    first_free = 0
    for band in range(bands):
        distinct, inverse = np.unique(keys[:, band], return_inverse=True)
        numbers[:, band] = inverse + first_free
        first_free += len(distinct)
    unlimited = np.full(numbers.size, np.iinfo(np.int64).max)
    return _buckets(numbers.ravel(), unlimited, np.full(rows, bands, np.int64), first_free)


def possible_pairs(
    sizes: NDArray[np.int64],
    later: NDArray[np.int64],
    earlier: NDArray[np.int64],
    reach: NDArray[np.int64],
    threshold: float,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Each pair of rows that can reach the threshold, once, by the sizes of the sets and by where they met."""
    one, other = sizes[later], sizes[earlier]
    # Jaccard t of n and m shingles asks for t / (1 + t) * (n + m) shared ones.
    shared = np.minimum(reach, np.minimum(one, other))
    possible = shared >= threshold / (1 + threshold) * (one + other) - 1e-9
    distinct = np.unique((later[possible] << 32) | earlier[possible])
    return distinct >> 32, distinct & 0xFFFFFFFF


def _buckets(numbers: NDArray[np.int64], reach: NDArray[np.int64], counts: NDArray[np.int64], total: int) -> Buckets:
    sizes = np.bincount(numbers, minlength=total)
    paired = sizes[numbers] > 1
    kept = np.concatenate([np.zeros(1, np.int64), np.cumsum(paired)])
    starts = kept[starts_of(counts)]
    renumbered = np.cumsum(sizes > 1) - 1
    return Buckets(starts, renumbered[numbers[paired]], reach[paired], sizes[sizes > 1])
