"""How similar the closest rows of two different parts are, found by counting every shared shingle."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tilth.curate.similarity.sets import ShingleSets, ranges

_COUNT_BUDGET = 4_000_000  # shared shingles counted at once
_PAIR_BUDGET = 4_000_000  # pairs whose count is held at once
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

    Uses no candidate search: it shares no assumption with the way in which the groups were made.
    """
    owners = np.repeat(np.arange(len(sets)), np.diff(sets.starts))
    by_token = owners[np.argsort(sets.tokens, kind="stable")]
    starts = np.cumsum(sets.row_counts) - sets.row_counts
    affordable = held_out[np.cumsum(_work(sets, held_out)) <= _TOTAL_BUDGET]
    best, pair = 0.0, None
    for rows in _chunks(sets, affordable):
        counts = sets.starts[rows + 1] - sets.starts[rows]
        tokens = sets.tokens[ranges(sets.starts[rows], counts)]
        found = by_token[ranges(starts[tokens], sets.row_counts[tokens])]
        asking = np.repeat(np.repeat(np.arange(len(rows)), counts), sets.row_counts[tokens])
        shared = np.bincount(asking * len(sets) + found, minlength=len(rows) * len(sets)).reshape(len(rows), -1)
        similarity = shared / (sets.sizes[rows, None] + sets.sizes[None] - shared)
        similarity[part[rows, None] == part[None]] = 0
        at = int(np.argmax(similarity))
        if similarity.size and float(similarity.flat[at]) > best:
            best, pair = float(similarity.flat[at]), (int(rows[at // len(sets)]), at % len(sets))
    return Leak(best, pair, len(affordable), len(held_out))


def _chunks(sets: ShingleSets, rows: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Rows in runs that fit the budgets of shared shingles and of pairs."""
    load = np.cumsum(_work(sets, rows)) // _COUNT_BUDGET + np.arange(len(rows)) // max(
        1, _PAIR_BUDGET // max(1, len(sets))
    )
    return np.split(rows, np.flatnonzero(np.diff(load, prepend=0))) if len(rows) else []


def _work(sets: ShingleSets, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Shared shingles to be counted for each row."""
    counts = sets.starts[rows + 1] - sets.starts[rows]
    reach = np.concatenate(
        [np.zeros(1, np.int64), np.cumsum(sets.row_counts[sets.tokens[ranges(sets.starts[rows], counts)]])]
    )
    ends = np.cumsum(counts)
    return np.asarray(reach[ends] - reach[ends - counts], np.int64)
