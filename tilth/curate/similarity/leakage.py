"""How similar the closest rows of two different parts are, found by counting every shared shingle."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tilth.curate.similarity.sets import ShingleSets, ranges, starts_of

_COUNT_BUDGET = 4_000_000  # shared shingles counted at once
_TOTAL_BUDGET = 50_000_000  # and in all; beyond it the remaining rows are left out, and the result says so


class Leak(NamedTuple):
    """The closest pair across parts."""

    similarity: float
    rows: tuple[int, int] | None
    """The pair, where any two rows share something."""
    rows_checked: int
    """Rows compared with every row of the other parts."""
    rows_to_check: int


def largest_leak(sets: ShingleSets, part: NDArray[np.int64], held_out: NDArray[np.int64]) -> Leak:
    """The most similar pair of a held-out row and a row of another part.

    A row whose part is negative is in none. Uses no candidate search: it shares no assumption with the way in which
    the groups were made.
    """
    index = _index(sets)
    affordable = held_out[np.cumsum(_work(sets, index, held_out)) <= _TOTAL_BUDGET]
    best, pair = 0.0, None
    for rows in _chunks(sets, index, affordable):
        counts = sets.sizes[rows]
        numbers = index.number[ranges(index.starts[rows], counts)]
        found = index.holders[ranges(index.holder_starts[numbers], index.holder_counts[numbers])]
        asking = np.repeat(np.repeat(np.arange(len(rows)), counts), index.holder_counts[numbers])
        across = (part[rows][asking] != part[found]) & (part[found] >= 0)
        # Only pairs that share something are held: a table of all pairs would grow with the square of the rows.
        pairs, shared = np.unique(asking[across] * len(sets) + found[across], return_counts=True)
        left, right = rows[pairs // len(sets)], pairs % len(sets)
        similarity = shared / (sets.sizes[left] + sets.sizes[right] - shared)
        at = int(np.argmax(similarity)) if len(pairs) else -1
        if at >= 0 and float(similarity[at]) > best:
            best, pair = float(similarity[at]), (int(left[at]), int(right[at]))
    return Leak(best, pair, len(affordable), len(held_out))


class _Index(NamedTuple):
    """Which rows have each shingle."""

    starts: NDArray[np.int64]
    number: NDArray[np.int64]
    """The shingles of all rows, as numbers; those of row `r` begin at `starts[r]`."""
    holder_starts: NDArray[np.int64]
    holder_counts: NDArray[np.int64]
    """Shingle `n` is in `holder_counts[n]` rows, which begin at `holders[holder_starts[n]]`."""
    holders: NDArray[np.int64]


def _index(sets: ShingleSets) -> _Index:
    hashes = sets.hashes[ranges(sets.starts, sets.sizes)]
    _, number, counts = np.unique(hashes, return_inverse=True, return_counts=True)
    holders = np.repeat(np.arange(len(sets)), sets.sizes)[np.argsort(number, kind="stable")]
    return _Index(starts_of(sets.sizes)[:-1], number, starts_of(counts)[:-1], counts, holders)


def _chunks(sets: ShingleSets, index: _Index, rows: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Rows in runs that fit the budget of shared shingles."""
    load = np.cumsum(_work(sets, index, rows)) // _COUNT_BUDGET
    return np.split(rows, np.flatnonzero(np.diff(load, prepend=0))) if len(rows) else []


def _work(sets: ShingleSets, index: _Index, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Shared shingles to be counted for each row."""
    counts = sets.sizes[rows]
    met = starts_of(index.holder_counts[index.number[ranges(index.starts[rows], counts)]])
    ends = np.cumsum(counts)
    return np.asarray(met[ends] - met[ends - counts], np.int64)
