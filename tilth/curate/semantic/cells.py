"""Vectors shared out to cells, so that a search looks at a few cells and not at all rows.

The middles of the cells are found by k-means on a sample (on the sphere, Dhillon and Modha 2001). A row lies in the
cell of its nearest middle, and is compared with what lies in its `PROBES` nearest cells (an inverted file, Jegou et al.
2011). A pair is missed when the cell of one is not among those of the other; a search measures how often that happens.
"""

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]

PROBES = 8
_SAMPLE_PER_CELL = 40
_ROUNDS = 6
_ROWS = 16_384  # rows whose distances to all middles are computed at once


def middles(vectors: Vectors) -> Vectors:
    """Unit vectors in the midst of the rows, twice as many as the square root of their number."""
    count = max(1, int(2 * len(vectors) ** 0.5))
    step = max(1, len(vectors) // (count * _SAMPLE_PER_CELL))
    sample = vectors[::step]
    found = sample[np.linspace(0, len(sample) - 1, count, dtype=np.int64)].copy()
    for _ in range(_ROUNDS):
        nearest = nearest_cells(sample, found, 1)[:, 0]
        order = np.argsort(nearest, kind="stable")
        edges = np.searchsorted(nearest[order], np.arange(count))
        is_used = np.diff(edges, append=len(order)) > 0
        sums = np.add.reduceat(sample[order], edges[is_used], axis=0)
        lengths = np.linalg.norm(sums, axis=1)[:, None]
        found[is_used] = np.where(lengths > 0, sums / np.where(lengths > 0, lengths, 1), found[is_used])
    return found


def nearest_cells(vectors: Vectors, centres: Vectors, count: int) -> Rows:
    """The nearest cells of each row, shape (rows, count), in no order; the nearest alone for 1."""
    count = min(count, len(centres))
    found = np.empty((len(vectors), count), np.int64)
    for start in range(0, len(vectors), _ROWS):
        part = slice(start, start + _ROWS)
        near = vectors[part] @ centres.T
        if count == 1:
            found[part, 0] = near.argmax(axis=1)
        else:
            found[part] = np.argpartition(-near, count - 1, axis=1)[:, :count]
    return found
