"""MinHash signatures, and the bands that are looked up by locality-sensitive hashing.

Broder 1997 for the sketch, Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, chapter 3 for the bands.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tilth.curate.similarity.shingles import Shingles
from tilth.curate.similarity.tokens import mix

MISSED_SHARE = 0.001
"""Pairs right at the threshold that the bands may miss; more similar pairs are missed ever more rarely."""


class Cut(NamedTuple):
    """How a signature is cut: `bands` bands of `rows` values. Two rows meet when one band is equal."""

    bands: int
    rows: int

    def found_share(self, similarity: float) -> float:
        """The S-curve: how likely a pair of that Jaccard similarity becomes a candidate."""
        return float(1 - (1 - similarity**self.rows) ** self.bands)


def choose_cut(threshold: float, permutations: int) -> Cut:
    """The widest bands, so the fewest needless comparisons, that miss at most `MISSED_SHARE` at the threshold.

    Where no cut is that good (few permutations, a low threshold), every value is a band of its own.
    """
    cuts = [Cut(permutations // rows, rows) for rows in range(permutations, 0, -1)]
    return next((cut for cut in cuts if cut.found_share(threshold) >= 1 - MISSED_SHARE), cuts[-1])


def band_keys(shingles: Shingles, cut: Cut) -> NDArray[np.uint64]:
    """One key for each row and band, shape (rows, bands): the smallest hash under each permutation, combined.

    A permutation is a multiplication by an odd number and an addition, of which the upper 32 bits are compared. The
    multipliers are fixed, so equal sets have equal keys on every machine.
    """
    starts = np.cumsum(shingles.counts) - shingles.counts
    keys = np.zeros((len(shingles.counts), cut.bands), np.uint64)
    if not len(keys):
        return keys
    hashes = mix(shingles.hashes.copy())
    multipliers = mix(np.arange(1, cut.bands * cut.rows + 1, dtype=np.uint64)) | np.uint64(1)
    for place, multiplier in enumerate(multipliers):
        permuted = (hashes * multiplier + mix(multiplier[None])[0]) >> np.uint64(32)
        band = place // cut.rows
        keys[:, band] = mix(keys[:, band] ^ np.minimum.reduceat(permuted, starts)) + np.uint64(1)
    return keys
