"""Which row repeats which kept row, decided over gathered columns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tilth.curate.similarity.corpus import Compared
from tilth.curate.similarity.likeness import likeness
from tilth.curate.similarity.sweep import Swept, sweep

Rows = NDArray[np.int64]
Search = Callable[[Rows, float, int], Swept]
"""Gives the verdict on some rows, visited in that order, at a threshold, when so many of them are of another set."""


@dataclass(frozen=True)
class Repeats:
    """The verdict on every row."""

    witness: Rows
    """The kept row that a row repeats; -1 where the row is kept."""
    score: NDArray[np.float64]
    """True similarity with it; 1 for the same text."""
    pairs_compared: int


def find_repeats(
    compared: Sequence[Compared],
    order: Rows,
    threshold: float,
    *,
    wanted: Literal["every", "any"] = "every",
    given: int = 0,
    search: Search | None = None,
) -> Repeats:
    """Every row visited in that order; the first `given` of them are of another set, and all others against these.

    Similar is what shares shingles, or what another `search` finds to be.
    """
    has = np.array([one.text_of[order] >= 0 for one in compared])
    visited = order[has.any(0) if wanted == "any" else has.all(0)]
    item_of = _items([one.text_of[visited] for one in compared])
    # The first row visited of several that are the same stands for all of them: if it goes, so do they, and to the same
    # witness, because what is equal has equal shingles.
    _, first, item_of = np.unique(item_of, return_index=True, return_inverse=True)
    by_visit = np.argsort(first, kind="stable")
    stands_for = visited[first]
    given_items = int((first[by_visit] < int((visited < given).sum())).sum())
    rows = stands_for[by_visit]
    swept = (
        search(rows, threshold, given_items)
        if search
        else sweep(likeness(compared, rows, threshold, wanted), given_items)
    )
    witness_of, score_of = np.full(len(first), -1, np.int64), np.ones(len(first), np.float64)
    gone = np.flatnonzero(swept.witness >= 0)
    witness_of[by_visit[gone]] = stands_for[by_visit[swept.witness[gone]]]
    score_of[by_visit[gone]] = swept.score[gone]
    witness, score = np.full(len(order), -1, np.int64), np.zeros(len(order), np.float64)
    found = witness_of[item_of]
    is_copy = (found < 0) & (stands_for[item_of] != visited)
    if given:
        is_copy &= (stands_for[item_of] < given) & (visited >= given)
    witness[visited] = np.where(is_copy, stands_for[item_of], found)
    score[visited] = np.where(witness[visited] >= 0, score_of[item_of], 0)
    return Repeats(witness, score, swept.pairs_compared)


def _items(texts: Sequence[Rows]) -> Rows:
    """A number for each row, the same for rows that have the same text in every column."""
    items = texts[0] + 1
    for text in texts[1:]:
        items = items * (int(text.max(initial=0)) + 2) + text + 1
    return items
