"""Rows visited in order, each compared with the rows kept so far: the rule by which duplicates go."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tilth.curate.similarity.likeness import Likeness
from tilth.curate.similarity.sets import order_of, ranges, starts_of

_PAIR_BUDGET = 1_000_000  # candidate pairs held at once; a block of rows with more is visited in halves
_BLOCK_ROWS = 8192


@dataclass(frozen=True)
class Swept:
    """The verdict on every row, and how much work it was."""

    witness: NDArray[np.int64]
    """The kept row that a row is too similar to, -1 for a row that is kept itself."""
    score: NDArray[np.float64]
    """True Jaccard similarity with the witness."""
    pairs_compared: int


def sweep(alike: Likeness, given: int = 0) -> Swept:
    """Set aside every row that reaches the threshold with a row kept before it; rows are visited by number.

    The witness is the first kept row that reaches the threshold. A row set aside is no witness, so a chain A~B~C
    takes nothing along that does not itself resemble something kept. The first `given` rows belong to another set:
    they all stay, and then nothing but they is compared with.
    """
    return _Sweep(alike, given).run()


class _Sweep:
    def __init__(self, alike: Likeness, given: int) -> None:
        self.alike, self.buckets, self.given = alike, alike.buckets, given
        self.witness = np.full(len(alike), -1, np.int64)
        self.score = np.zeros(len(alike), np.float64)
        # The kept rows of each bucket, filled up as rows are kept; a bucket can never hold more than its size.
        self.shelf_starts = starts_of(self.buckets.sizes)
        self.shelf_filled = np.zeros(len(self.buckets.sizes), np.int64)
        self.shelves = np.empty(int(self.shelf_starts[-1]), np.int64)
        self.shelf_reach = np.empty(int(self.shelf_starts[-1]), np.int64)
        self.pairs_compared = 0

    def run(self) -> Swept:
        if self.given:
            self._shelve(np.arange(self.given))
        for low in range(self.given, len(self.alike), _BLOCK_ROWS):
            self._visit(low, min(low + _BLOCK_ROWS, len(self.alike)))
        return Swept(self.witness, self.score, self.pairs_compared)

    def _visit(self, low: int, high: int) -> None:
        owners, numbers, reach = self._memberships(np.arange(low, high))
        kept_before = self.shelf_filled[numbers]
        inside = np.bincount(numbers) if len(numbers) and not self.given else np.zeros(0, np.int64)
        if high - low > 1 and int(kept_before.sum()) + int((inside * (inside - 1) // 2).sum()) > _PAIR_BUDGET:
            middle = (low + high) // 2
            self._visit(low, middle)
            self._visit(middle, high)
            return
        places = ranges(self.shelf_starts[numbers], kept_before)
        met = np.minimum(np.repeat(reach, kept_before), self.shelf_reach[places])
        self._settle_against_kept(np.repeat(owners, kept_before), self.shelves[places], met)
        if self.given:
            return
        rows = np.arange(low, high)
        self._settle_among(rows[self.witness[low:high] < 0])
        self._shelve(rows[self.witness[low:high] < 0])

    def _memberships(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Row, bucket and reach of every membership of some rows."""
        counts = self.buckets.starts[rows + 1] - self.buckets.starts[rows]
        places = ranges(self.buckets.starts[rows], counts)
        return np.repeat(rows, counts), self.buckets.numbers[places], self.buckets.reach[places]

    def _settle_against_kept(
        self, later: NDArray[np.int64], earlier: NDArray[np.int64], reach: NDArray[np.int64]
    ) -> None:
        later, earlier, score = self._similar(later, earlier, reach)
        order = np.lexsort((-earlier, later))  # of several witnesses the first kept is written last, and remains
        self.witness[later[order]], self.score[later[order]] = earlier[order], score[order]

    def _settle_among(self, rows: NDArray[np.int64]) -> None:
        owners, numbers, reach = self._memberships(rows)
        order = order_of(numbers)
        owners, numbers, reach = owners[order], numbers[order], reach[order]
        first = np.flatnonzero(np.diff(numbers, prepend=-1))
        run = np.repeat(first, np.diff(np.append(first, len(numbers))))
        before = np.arange(len(numbers)) - run
        places = ranges(run, before)
        met = np.minimum(np.repeat(reach, before), reach[places])
        later, earlier, score = self._similar(np.repeat(owners, before), owners[places], met)
        # A row that goes is no witness for those after it: the one place where the order of rows is walked one by one.
        for one in np.lexsort((earlier, later)).tolist():
            if self.witness[later[one]] < 0 and self.witness[earlier[one]] < 0:
                self.witness[later[one]], self.score[later[one]] = earlier[one], score[one]

    def _similar(
        self, later: NDArray[np.int64], earlier: NDArray[np.int64], reach: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """The pairs that reach the threshold, each once, with their similarity."""
        found, compared = self.alike.similar(later, earlier, reach)
        self.pairs_compared += compared
        return found

    def _shelve(self, rows: NDArray[np.int64]) -> None:
        owners, numbers, reach = self._memberships(rows)
        order = order_of(numbers)
        owners, numbers, reach = owners[order], numbers[order], reach[order]
        first = np.flatnonzero(np.diff(numbers, prepend=-1))
        counts = np.diff(np.append(first, len(numbers)))
        shelf = numbers[first]
        places = ranges(self.shelf_starts[shelf] + self.shelf_filled[shelf], counts)
        self.shelves[places], self.shelf_reach[places] = owners, reach
        self.shelf_filled[shelf] += counts
