"""Rows visited in order, each compared with the rows kept so far, by the cosine of their vectors."""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import numpy as np

from tilth.curate.semantic.cells import PROBES, Rows, Vectors
from tilth.curate.semantic.heads import ROUNDING, heads
from tilth.curate.semantic.neighbours import cosines
from tilth.curate.semantic.shelves import CellShelf, OneShelf, Shelf
from tilth.curate.similarity.sweep import Swept

EXACT_ROWS = 200_000
"""Up to so many rows every kept row is looked at; beyond, those in the nearest cells."""
_BLOCK = 2048
_JUDGED = 500  # kept rows that are compared with all others to measure what the cells missed


class Alike(NamedTuple):
    """The verdicts, and how the search went."""

    swept: Swept
    facts: dict[str, Any]


def sweep_vectors(
    columns: Sequence[Vectors], threshold: float, wanted: Literal["every", "any"] = "every", given: int = 0
) -> Alike:
    """Set aside every row whose cosine with a row kept before it reaches the threshold; rows are visited by number.

    The rule and the meaning of `given` are those of `tilth.curate.similarity.sweep.sweep`. Of several columns all must
    reach the threshold, or any one. Up to `EXACT_ROWS` rows nothing is missed; beyond, an index of cells is used, and
    the facts say which share of the rows to be set aside was found, estimated on a sample.
    """
    return _Sweep(columns, threshold, wanted, given).run()


class _Sweep:
    def __init__(
        self, columns: Sequence[Vectors], threshold: float, wanted: Literal["every", "any"], given: int
    ) -> None:
        self.columns, self.threshold, self.wanted, self.given = columns, threshold, wanted, given
        self.least = threshold - ROUNDING
        self.rows = len(columns[0])
        self.is_exact = self.rows <= EXACT_ROWS
        # Rows that are alike in every column are so in the first: looking there is enough.
        leads = columns[:1] if wanted == "every" else columns
        self.shorts = [self._short(vectors) for vectors in leads]
        self.shelves: list[Shelf] = [
            OneShelf(short) if self.is_exact else CellShelf(vectors, short)
            for vectors, short in zip(leads, self.shorts, strict=True)
        ]
        self.witness = np.full(self.rows, -1, np.int64)
        self.score = np.zeros(self.rows)
        self.pairs = 0

    def run(self) -> Alike:
        if self.given:
            self._put(np.arange(self.given))
        for low in range(self.given, self.rows, _BLOCK):
            rows = np.arange(low, min(low + _BLOCK, self.rows))
            among = [] if self.given else [short[rows] @ short[rows].T for short in self.shorts]
            for shelf in self.shelves:
                self._settle_against_kept(shelf, rows)
            if not self.given:
                self._settle_among(rows, among)
                self._put(rows[self.witness[rows] < 0])
        swept = Swept(self.witness, self.score, self.pairs)
        return Alike(swept, {"search": "all rows"} if self.is_exact else self._measured())

    def _short(self, vectors: Vectors) -> Vectors:
        short = heads(vectors, self.threshold)
        return vectors.copy() if short is vectors and self.is_exact else short  # an exact shelf moves rows about

    def _put(self, rows: Rows) -> None:
        for shelf in self.shelves:
            shelf.put(rows)

    def _settle_against_kept(self, shelf: Shelf, rows: Rows) -> None:
        for later, earlier in shelf.near(rows, self.least):
            later, earlier, score = self._reached(later, earlier)
            order = np.lexsort((-earlier, later))  # of several witnesses the first kept is written last, and remains
            later, earlier, score = later[order], earlier[order], score[order]
            is_first = (self.witness[later] < 0) | (earlier < self.witness[later])
            self.witness[later[is_first]], self.score[later[is_first]] = earlier[is_first], score[is_first]

    def _settle_among(self, rows: Rows, among: Sequence[Vectors]) -> None:
        found = [np.nonzero(np.triu(products >= self.least, 1)) for products in among]
        first, second = (np.concatenate(places) for places in zip(*found, strict=True))
        is_open = (self.witness[rows[first]] < 0) & (self.witness[rows[second]] < 0)
        pairs = np.unique(first[is_open] * len(rows) + second[is_open])
        later, earlier, score = self._reached(rows[pairs % len(rows)], rows[pairs // len(rows)])
        edges = np.searchsorted(earlier, rows).tolist()
        # A row that goes is no witness for those after it: the one place where the order of rows is walked one by one.
        for row, low, high in zip(rows.tolist(), edges, [*edges[1:], len(earlier)], strict=True):
            if low < high and self.witness[row] < 0:
                is_free = self.witness[later[low:high]] < 0
                free = later[low:high][is_free]
                self.witness[free], self.score[free] = row, score[low:high][is_free]

    def _reached(self, later: Rows, earlier: Rows) -> tuple[Rows, Rows, Any]:
        self.pairs += len(later)
        score = cosines(self.columns[0], later, earlier)
        for column in self.columns[1:]:
            combined = np.minimum if self.wanted == "every" else np.maximum
            score = combined(score, cosines(column, later, earlier))
        reached = score >= self.threshold
        return later[reached], earlier[reached], score[reached]

    def _measured(self) -> dict[str, Any]:
        """Which share of what had to go was found: some kept rows are compared with every row kept before them."""
        kept = np.flatnonzero(self.witness < 0)
        judged = kept[kept >= self.given]
        judged = judged[np.linspace(0, len(judged) - 1, min(_JUDGED, len(judged)), dtype=np.int64)]
        missed = np.zeros(self.rows, np.bool_)
        for short in self.shorts:
            for start in range(0, len(kept), 4 * _BLOCK):
                others = kept[start : start + 4 * _BLOCK]
                row, other = np.nonzero(short[judged] @ short[others].T >= self.least)
                is_earlier = others[other] < (self.given or judged[row])
                later, _, _ = self._reached(judged[row][is_earlier], others[other][is_earlier])
                missed[later] = True
        gone = int((self.witness >= 0).sum())
        lost = int(missed.sum()) / max(1, len(judged)) * (len(kept) - self.given)
        return {
            "search": f"cells: {PROBES} of {max(len(s.centres) for s in self.shelves if isinstance(s, CellShelf))}",
            "rows_judged": len(judged),
            "rows_missed_among_them": int(missed.sum()),
            "recall": gone / (gone + lost) if gone + lost else 1.0,
        }
