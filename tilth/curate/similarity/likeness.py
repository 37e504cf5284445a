"""When one row repeats another: which columns are compared, and how much of them must be shared."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tilth.curate.similarity.candidates import Buckets, band_buckets, distinct_pairs, either_bucket, possible_pairs
from tilth.curate.similarity.corpus import Compared
from tilth.curate.similarity.prefix import prefix_buckets
from tilth.curate.similarity.sets import ShingleSets, most_shared, verify_pairs

_MANY_PAIRS = 20_000  # at once; for fewer, outlines of the sets are not worth their making

Rows = NDArray[np.int64]
Pairs = tuple[Rows, Rows, NDArray[np.float64]]


@dataclass(frozen=True)
class Likeness:
    """The rows that are compared, where they may meet, and the rule that decides."""

    columns: Sequence[ShingleSets]
    """For each compared column the sets of the rows."""
    buckets: Buckets
    threshold: float
    wanted: Literal["every", "any"] = "every"
    """Whether all columns must reach the threshold, or one is enough."""

    def __len__(self) -> int:
        return len(self.columns[0])

    def similar(self, later: Rows, earlier: Rows, reach: Rows) -> tuple[Pairs, int]:
        """The pairs that reach the threshold, each once, with their similarity; and how many were compared."""
        if self.wanted == "every":
            later, earlier = possible_pairs(self.columns[0].sizes, later, earlier, reach, self.threshold)
        else:
            later, earlier = distinct_pairs(later, earlier)
        compared = len(later)
        score = self._scores(self.columns[0], later, earlier)
        for column in self.columns[1:]:
            if self.wanted == "every":
                reached = score >= self.threshold
                later, earlier, score = later[reached], earlier[reached], score[reached]
                score = np.minimum(score, self._scores(column, later, earlier))
            else:
                score = np.maximum(score, self._scores(column, later, earlier))
        reached = score >= self.threshold
        return (later[reached], earlier[reached], score[reached]), compared

    def _scores(self, column: ShingleSets, later: Rows, earlier: Rows) -> NDArray[np.float64]:
        """The true Jaccard similarity of each pair, 0 where the sizes of the sets alone rule the threshold out."""
        one, other = column.sizes[later], column.sizes[earlier]
        possible = np.flatnonzero(np.minimum(one, other) >= self.threshold * np.maximum(one, other) - 1e-9)
        if len(possible) > _MANY_PAIRS:
            shared = most_shared(column, later[possible], earlier[possible])
            needed = self.threshold / (1 + self.threshold) * (one[possible] + other[possible])
            possible = possible[shared >= needed - 1e-9]
        score = np.zeros(len(later), np.float64)
        score[possible] = verify_pairs(column, later[possible], earlier[possible])
        return score


def likeness(
    compared: Sequence[Compared], rows: Rows, threshold: float, wanted: Literal["every", "any"] = "every"
) -> Likeness:
    """The rule for some rows, in the order in which they will be visited."""
    columns = [one.sets_of(rows) for one in compared]
    found = [
        prefix_buckets(sets, threshold) if one.keys is None else band_buckets(one.keys, one.text_of[rows])
        for one, sets in zip(compared, columns, strict=True)
    ]
    if wanted == "any":
        return Likeness(columns, either_bucket(found), threshold, wanted)
    # Rows that are alike in every column meet in each of them: looking where fewest meet is enough.
    lead = min(range(len(found)), key=lambda number: found[number].load)
    ordered = [columns[lead], *(sets for number, sets in enumerate(columns) if number != lead)]
    return Likeness(ordered, found[lead], threshold)
