"""Few rows that cover all: greedy k-centre, which takes the row that is farthest from those already taken."""

from random import Random
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

_CANDIDATES = 512  # farthest rows that are looked at together
_ROWS = 16_384  # rows whose distances to new centres are computed at once
_DIGITS = 6


class Cover(NamedTuple):
    """The rows that were taken, in the order in which they were."""

    rows: NDArray[np.int64]
    distances: NDArray[np.float64]
    """How far each was from those before it (1 - cosine, from 0 to 2); NaN for the first."""
    radius: float
    """How far the farthest row is from its nearest centre, once all were taken; NaN when none was."""


def k_centre(vectors: Vectors, count: int, seed: int = 0) -> Cover:
    """The rows of a diverse sample: from a row that `seed` draws, always the one farthest from all taken so far.

    Takes unit vectors, float32, shape (rows, width). The radius is at most twice the best possible, measured in
    straight-line distance (Gonzalez 1985); of rows that are as far, the first is taken. All rows when there are no more
    than `count`.

    Distances to new centres are computed for many at once: among the farthest rows the next centres are told apart from
    each other, and as long as one is farther than all rows outside, nobody else can be the next.
    """
    count = min(count, len(vectors))
    if count <= 0:
        return Cover(np.empty(0, np.int64), np.empty(0), float("nan"))
    rows = [Random(seed).randrange(len(vectors))]  # noqa: S311 a sample is no secret
    distances = [float("nan")]
    gap = np.full(len(vectors), np.inf, np.float32)  # to the nearest centre; -1 for a centre
    _come_closer(gap, vectors, rows)
    while len(rows) < count:
        taken = _farthest(gap, vectors, count - len(rows))
        rows += [row for row, _ in taken]
        distances += [distance for _, distance in taken]
        _come_closer(gap, vectors, [row for row, _ in taken])
    return Cover(np.array(rows, np.int64), np.array(distances), max(0.0, float(gap.max())))


def _come_closer(gap: NDArray[np.float32], vectors: Vectors, centres: list[int]) -> None:
    for start in range(0, len(vectors), _ROWS):
        part = slice(start, start + _ROWS)
        for some in range(0, len(centres), _CANDIDATES):
            near = vectors[part] @ vectors[centres[some : some + _CANDIDATES]].T
            np.minimum(gap[part], _distance(near.max(axis=1)), out=gap[part])
    gap[centres] = -1


def _farthest(gap: NDArray[np.float32], vectors: Vectors, most: int) -> list[tuple[int, float]]:
    """The next centres, with how far each is: one at least, and more as long as no row outside can come before."""
    if not gap.max() > 0:  # the rest repeats what was taken
        return [(int(row), 0.0) for row in np.flatnonzero(gap >= 0)[:most]]
    candidates = np.arange(len(gap))
    outside = -1.0
    if len(gap) > _CANDIDATES:
        order = np.argpartition(-gap, _CANDIDATES)
        outside = float(gap[order[_CANDIDATES]])
        candidates = np.union1d(order[:_CANDIDATES], np.argmax(gap))
    between = _distance(vectors[candidates] @ vectors[candidates].T)
    left = gap[candidates].copy()
    taken: list[tuple[int, float]] = []
    while len(taken) < most:
        place = int(np.argmax(left))
        if left[place] < 0 or (taken and left[place] <= outside):
            break
        taken.append((int(candidates[place]), float(left[place])))
        np.minimum(left, between[place], out=left)
        left[place] = -1
    return taken


def _distance(cosine: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.maximum(np.round(1 - cosine, _DIGITS), 0).astype(np.float32)
