"""The rows kept so far, put up so that those close to a new row are found."""

from collections.abc import Iterator
from typing import Protocol

import numpy as np

from tilth.curate.semantic.cells import PROBES, Rows, Vectors, middles, nearest_cells

_STRIP = 4096  # kept rows that a block is compared with at once


class Shelf(Protocol):
    """What is known of the kept rows."""

    def put(self, rows: Rows) -> None:
        """Keep some more rows; their numbers ascend."""
        ...

    def near(self, rows: Rows, least: float) -> Iterator[tuple[Rows, Rows]]:
        """Pairs of one of the rows and a kept row whose bound reaches `least`, the first kept row first."""
        ...


class OneShelf:
    """All kept rows one after the other: none is missed.

    They are moved to the front of the very array that holds the heads of all rows; as rows are visited in order, the
    place that a kept row moves to was visited before.
    """

    def __init__(self, short: Vectors) -> None:
        self._short = short
        self._rows = np.empty(len(short), np.int64)
        self._count = 0

    def put(self, rows: Rows) -> None:
        """Move them to the front."""
        high = self._count + len(rows)
        self._short[self._count : high] = self._short[rows]
        self._rows[self._count : high] = rows
        self._count = high

    def near(self, rows: Rows, least: float) -> Iterator[tuple[Rows, Rows]]:
        """Strip by strip, the first kept first."""
        heads = self._short[rows]
        for start in range(0, self._count, _STRIP):
            stop = min(start + _STRIP, self._count)
            products = heads @ self._short[start:stop].T
            if products.max() >= least:
                row, kept = np.divmod(np.flatnonzero(products >= least), stop - start)
                yield rows[row], self._rows[start + kept]


class CellShelf:
    """Kept rows by cell: a search looks at a few cells."""

    def __init__(self, vectors: Vectors, short: Vectors) -> None:
        self._vectors, self._short = vectors, short
        self.centres = middles(vectors)
        self._heads = [np.empty((0, short.shape[1]), np.float32)] * len(self.centres)
        self._rows = [np.empty(0, np.int64)] * len(self.centres)
        self._counts = [0] * len(self.centres)

    def put(self, rows: Rows) -> None:
        """Each into its cell."""
        cell = nearest_cells(self._vectors[rows], self.centres, 1)[:, 0]
        order = np.argsort(cell, kind="stable")
        cells, starts = np.unique(cell[order], return_index=True)
        for one, own in zip(cells.tolist(), np.split(rows[order], starts[1:]), strict=True):
            count = self._counts[one] + len(own)
            if count > len(self._rows[one]):
                self._rows[one] = np.resize(self._rows[one], 2 * count)
                grown = np.empty((2 * count, self._short.shape[1]), np.float32)
                grown[: self._counts[one]] = self._heads[one][: self._counts[one]]
                self._heads[one] = grown
            self._rows[one][self._counts[one] : count] = own
            self._heads[one][self._counts[one] : count] = self._short[own]
            self._counts[one] = count

    def near(self, rows: Rows, least: float) -> Iterator[tuple[Rows, Rows]]:
        """All at once, from the nearest cells of each row."""
        cells = nearest_cells(self._vectors[rows], self.centres, PROBES)
        asking = np.repeat(rows, cells.shape[1])
        order = np.argsort(cells.ravel(), kind="stable")
        names, starts = np.unique(cells.ravel()[order], return_index=True)
        found_rows, found_kept = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for one, own in zip(names.tolist(), np.split(asking[order], starts[1:]), strict=True):
            if not (count := self._counts[one]):
                continue
            products = self._short[own] @ self._heads[one][:count].T
            if products.max() >= least:
                row, kept = np.divmod(np.flatnonzero(products >= least), count)
                found_rows.append(own[row])
                found_kept.append(self._rows[one][kept])
        yield np.concatenate(found_rows), np.concatenate(found_kept)
