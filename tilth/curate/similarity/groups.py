"""Rows that hang together: connected by pairs that reach a similarity, or by a value that they share."""

from collections.abc import Hashable, Iterable

import numpy as np
from numpy.typing import NDArray

from tilth.curate.similarity.candidates import Buckets
from tilth.curate.similarity.likeness import Likeness
from tilth.curate.similarity.sets import ranges
from tilth.curate.similarity.sweep import sweep

_PAIR_BUDGET = 2_000_000


class Groups:
    """A partition of rows that only ever grows together."""

    def __init__(self, rows: int) -> None:
        self.labels: NDArray[np.int64] = np.arange(rows)
        """The smallest row of each row's group."""

    def join_pairs(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> None:
        """Put the two rows of each pair into one group."""
        parent = dict[int, int]()

        def root(label: int) -> int:
            while label in parent:
                label = parent[label]
            return label

        for one, other in zip(self.labels[left].tolist(), self.labels[right].tolist(), strict=True):
            low, high = sorted((root(one), root(other)))
            if low != high:
                parent[high] = low
        if parent:
            target = np.arange(len(self.labels))
            for label in parent:
                target[label] = root(label)
            self.labels = target[self.labels]

    def join_equal(self, values: Iterable[tuple[int, Hashable]]) -> None:
        """Put rows with an equal value into one group; a row may come with many values."""
        first: dict[Hashable, int] = {}
        pairs = [(first.setdefault(value, row), row) for row, value in values]
        left, right = np.array(pairs, np.int64).reshape(-1, 2).T
        self.join_pairs(left, right)


def similar_groups(alike: Likeness) -> Groups:
    """The connected components of all pairs of rows that are alike."""
    groups = Groups(len(alike))
    # Most rows of a dense cluster resemble its first row. Joining those first leaves few pairs to look at below.
    swept = sweep(alike)
    gone = np.flatnonzero(swept.witness >= 0)
    groups.join_pairs(swept.witness[gone], gone)
    for later, earlier, reach in _pairs(*_undecided(alike.buckets, groups)):
        apart = groups.labels[later] != groups.labels[earlier]
        (left, right, _), _ = alike.similar(later[apart], earlier[apart], reach[apart])
        groups.join_pairs(right, left)
    return groups


def _undecided(buckets: Buckets, groups: Groups) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Members, numbers and reaches of the buckets that hold rows of more than one group, bucket by bucket."""
    rows = np.repeat(np.arange(len(groups.labels)), np.diff(buckets.starts))
    order = np.argsort(buckets.numbers, kind="stable")
    members, numbers, reach = rows[order], buckets.numbers[order], buckets.reach[order]
    if not len(members):
        return members, numbers, reach
    starts = np.cumsum(buckets.sizes) - buckets.sizes
    labels = groups.labels[members]
    is_mixed = (np.minimum.reduceat(labels, starts) != np.maximum.reduceat(labels, starts))[numbers]
    return members[is_mixed], numbers[is_mixed], reach[is_mixed]


def _pairs(
    members: NDArray[np.int64], numbers: NDArray[np.int64], reach: NDArray[np.int64]
) -> Iterable[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]]:
    """All pairs of members of the same bucket, some at a time."""
    first = np.flatnonzero(np.diff(numbers, prepend=-1))
    run = np.repeat(first, np.diff(np.append(first, len(numbers))))
    before = np.arange(len(numbers)) - run
    cuts = np.flatnonzero(np.diff(np.cumsum(before) // _PAIR_BUDGET, prepend=0))
    for some in np.split(np.arange(len(numbers)), cuts):
        places = ranges(run[some], before[some])
        met = np.minimum(np.repeat(reach[some], before[some]), reach[places])
        yield np.repeat(members[some], before[some]), members[places], met
