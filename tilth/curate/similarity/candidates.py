"""Which pairs of rows are worth comparing.

Every row lies in some *buckets*; two rows are a candidate pair when they share one. What is above the threshold is
always decided by comparing the sets themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tilth.curate.similarity.sets import starts_of

_UNLIMITED = np.iinfo(np.int64).max


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

    @property
    def load(self) -> int:
        """Pairs of rows that meet, counted in every bucket where they do."""
        return int((self.sizes * (self.sizes - 1) // 2).sum())


def band_buckets(keys: NDArray[np.uint64], text_of: NDArray[np.int64]) -> Buckets:
    """Buckets of MinHash-LSH: rows with the same key in the same band.

    `keys` has shape (texts, bands), and `text_of` is the text of each row, -1 for none.
    """
    bands = keys.shape[1]
    has_text = text_of >= 0
    numbers = np.empty((int(has_text.sum()), bands), np.int64)
    first_free = 0
    for band in range(bands):
        distinct, inverse = np.unique(keys[text_of[has_text], band], return_inverse=True)
        numbers[:, band] = inverse + first_free
        first_free += len(distinct)
    flat = numbers.ravel()
    sizes = np.bincount(flat, minlength=first_free)
    paired = sizes[flat] > 1
    kept = starts_of(paired.astype(np.int64))
    starts = kept[starts_of(np.where(has_text, bands, 0))]
    renumbered = np.cumsum(sizes > 1) - 1
    unlimited = np.full(int(paired.sum()), _UNLIMITED)
    return Buckets(starts, renumbered[flat[paired]], unlimited, sizes[sizes > 1])


def either_bucket(columns: Sequence[Buckets]) -> Buckets:
    """Buckets in which rows meet that meet in any of the columns."""
    rows = len(columns[0].starts) - 1
    owners = np.concatenate([np.repeat(np.arange(rows), np.diff(one.starts)) for one in columns])
    offsets = starts_of(np.array([len(one.sizes) for one in columns]))
    numbers = np.concatenate([one.numbers + offset for one, offset in zip(columns, offsets[:-1], strict=True)])
    order = np.argsort(owners, kind="stable")
    starts = starts_of(np.bincount(owners, minlength=rows))
    # A shingle of one column says nothing of how much another one has in common.
    sizes = np.concatenate([one.sizes for one in columns])
    return Buckets(starts, numbers[order], np.full(len(order), _UNLIMITED), sizes)


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
    return distinct_pairs(later[possible], earlier[possible])


def distinct_pairs(later: NDArray[np.int64], earlier: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Each pair once, in order."""
    distinct = np.unique((later << 32) | earlier)
    return distinct >> 32, distinct & 0xFFFFFFFF
