"""Which vectors are close to each other, found by looking at all of them: pairs above a threshold, nearest rows.

Similarity is the cosine, which for unit vectors is the dot product. Products are computed in float32 and in blocks;
what is reported is computed again in float64 and rounded to six digits, so that neither the size of a block nor the
number of threads shows in a result.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tilth.curate.semantic.heads import ROUNDING, Vectors, heads

DIGITS = 6
"""Similarities are rounded to so many digits; float32 vectors hold about seven."""
_BLOCK = 1024  # rows on either side of a block of products: 4 MB, which stays in the cache
_STRIP = 8192  # columns that each of a block's rows is compared with at once, in a search for the nearest
_LOOKED_AT = 8192  # pairs whose vectors are copied at once
_DENSE = 1 / 64  # of a block; from here on one product of the whole block is cheaper than a look at each pair


class Pairs(NamedTuple):
    """Some pairs, three columns."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    """Always the larger number."""
    score: NDArray[np.float64]
    """Their cosine similarity, from -1 to 1."""


class Neighbours(NamedTuple):
    """For each row the nearest others, nearest first; of two as near, the smaller number first."""

    rows: NDArray[np.int64]
    scores: NDArray[np.float64]
    """Their cosine similarity, from -1 to 1."""


def pairs_above(vectors: Vectors, threshold: float) -> Iterator[Pairs]:
    """All pairs of rows whose cosine reaches the threshold, none missed, block by block in a fixed order.

    Takes unit vectors, float32, shape (rows, width). Needs at most as much memory again, whatever is found. An
    all-zero row is in no pair above 0.
    """
    short = heads(vectors, threshold)
    least = threshold - ROUNDING
    products = np.empty(_BLOCK * _BLOCK, np.float32)
    for top in range(0, len(vectors), _BLOCK):
        upper = short[top : top + _BLOCK]
        for side in range(top, len(vectors), _BLOCK):
            lower = short[side : side + _BLOCK]
            block = products[: len(upper) * len(lower)]
            np.matmul(upper, lower.T, out=block.reshape(len(upper), len(lower)))
            if block.max() < least:
                continue
            left, right = np.divmod(np.flatnonzero(block >= least), len(lower))
            if top == side:
                left, right = left[left < right], right[left < right]
            found = _verified(vectors, left + top, right + side, threshold)
            if len(found.left):
                yield found


def nearest(vectors: Vectors, k: int, queries: Vectors | None = None) -> Neighbours:
    """The `k` rows that are nearest to each query, none missed; without queries, to each of the rows but itself.

    Takes unit vectors, float32, shape (rows, width). Gives two arrays of shape (queries, k), or
    narrower where there are fewer rows to choose from.
    """
    asked = vectors if queries is None else queries
    k = min(k, len(vectors) - (queries is None))
    if k <= 0 or not len(asked):
        return Neighbours(np.empty((len(asked), 0), np.int64), np.empty((len(asked), 0)))
    rows = np.empty((len(asked), k), np.int64)
    scores = np.empty((len(asked), k))
    for start in range(0, len(asked), _BLOCK):
        part = slice(start, min(start + _BLOCK, len(asked)))
        itself = np.arange(part.start, part.stop) if queries is None else None
        rows[part], scores[part] = _nearest_to(asked[part], vectors, k, itself)
    return Neighbours(rows, scores)


def knn_distance(vectors: Vectors, k: int = 10) -> NDArray[np.float64]:
    """How far each row lies from the others: the mean cosine distance (1 - cosine) to its `k` nearest, from 0 to 2.

    The larger, the more of an outlier (Angiulli and Pizzuti 2002, the mean instead of the sum). With fewer than `k`
    other rows it is the mean over all of them, and NaN for a row that is alone.
    """
    scores = nearest(vectors, k).scores
    return 1 - scores.mean(axis=1) if scores.shape[1] else np.full(len(vectors), np.nan)


def _nearest_to(
    queries: Vectors, vectors: Vectors, k: int, itself: NDArray[np.int64] | None
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The best so far are kept while the columns go by; hardly any later one is better than the worst of them."""
    # A few more than asked for: rounding may order those at the border in another way.
    wide = min(k + 4, len(vectors) - (itself is not None))
    rows = np.full((len(queries), wide), -1, np.int64)
    scores = np.full((len(queries), wide), -np.inf, np.float32)
    lines = np.arange(len(queries))
    products = np.empty(len(queries) * _BLOCK, np.float32)
    for start, stop in _strips(len(vectors), wide):
        found = [
            _better(queries, vectors[low : min(low + _BLOCK, stop)], itself, low, scores[:, -1:], products)
            for low in range(start, stop, _BLOCK)
        ]
        line, row, score = map(np.concatenate, zip(*found, strict=True))
        held = rows >= 0
        score = np.concatenate([scores[held], score])
        line = np.concatenate([np.nonzero(held)[0], line])
        row = np.concatenate([rows[held], row])
        # Stable: of two as near the smaller number lies first, because those held come from earlier columns.
        order = np.argsort(_ranks(line, score), kind="stable")
        counts = np.bincount(line, minlength=len(queries))
        place = np.arange(len(order)) - np.repeat(np.cumsum(counts) - counts, counts)
        best = order[place < wide]
        rows[line[best], place[place < wide]], scores[line[best], place[place < wide]] = row[best], score[best]
    exact = np.stack([_dots(vectors, rows[:, place], queries, lines) for place in range(wide)], axis=1)
    order = np.lexsort((rows, -exact), axis=1)[:, :k]
    return np.take_along_axis(rows, order, 1), np.take_along_axis(exact, order, 1)


def _better(
    queries: Vectors,
    part: Vectors,
    itself: NDArray[np.int64] | None,
    start: int,
    worst: NDArray[np.float32],
    products: NDArray[np.float32],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """Which rows of a part, numbered from `start`, are nearer to a query than its worst so far: query, row, score."""
    block = products[: len(queries) * len(part)].reshape(len(queries), len(part))
    np.matmul(queries, part.T, out=block)
    if itself is not None:
        mine = np.flatnonzero((itself >= start) & (itself < start + len(part)))
        block[mine, itself[mine] - start] = -np.inf
    line, column = np.divmod(np.flatnonzero(block > worst), len(part))
    return line, column + start, block[line, column]


def _ranks(line: NDArray[np.int64], score: NDArray[np.float32]) -> NDArray[np.int64]:
    """A number for each score that sorts them by line, and within a line from the highest down."""
    bits = (0 - score).view(np.int32)
    bits ^= (bits >> 31) & np.int32(0x7FFFFFFF)  # floats below zero sort the other way round
    return (line << 32) + bits


def _strips(columns: int, first: int) -> Iterator[tuple[int, int]]:
    """All columns in strips, narrow ones first: what is found in them keeps nearly all of the later ones out."""
    start = 0
    while start < columns:
        stop = min(columns, max(first, 4 * start), start + _STRIP)
        yield start, stop
        start = stop


def _verified(vectors: Vectors, left: NDArray[np.int64], right: NDArray[np.int64], threshold: float) -> Pairs:
    """Those of the pairs of one block that truly reach the threshold."""
    if len(left) > _BLOCK * _BLOCK * _DENSE:
        top, side = int(left.min()), int(right.min())
        upper, lower = (vectors[start : start + _BLOCK].astype(np.float64) for start in (top, side))
        score = np.round((upper @ lower.T)[left - top, right - side], DIGITS)
    else:
        score = cosines(vectors, left, right)
    reached = score >= threshold
    return Pairs(left[reached], right[reached], score[reached])


def cosines(vectors: Vectors, one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.float64]:
    """The cosine of each pair of rows, as it is reported."""
    return _dots(vectors, one, vectors, other)


def _dots(one: Vectors, of_one: NDArray[np.int64], other: Vectors, of_other: NDArray[np.int64]) -> NDArray[np.float64]:
    """Dot products of pairs of rows, as they are reported."""
    score = np.empty(len(of_one))
    for start in range(0, len(of_one), _LOOKED_AT):
        part = slice(start, start + _LOOKED_AT)
        score[part] = np.einsum("ij,ij->i", one[of_one[part]], other[of_other[part]], dtype=np.float64)
    return np.round(score, DIGITS)
