"""Short stand-ins for vectors, whose dot products are never below the true ones: most pairs are ruled out by them.

Vectors are turned so that their first coordinates carry most of them (the eigenvectors of their second moments).
For x = (head, rest), Cauchy and Schwarz give x . y <= head_x . head_y + |rest_x| |rest_y|, which is itself a dot
product: that of the heads with one coordinate more, the length of the rest. A pair whose bound lies below the
threshold needs no second look, so that a search for pairs multiplies a fraction of the numbers and misses none.
"""

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

ROUNDING = 1e-5  # what float32 sums of up to a few thousand products may be off, with room to spare
_SAMPLE_ROWS = 1024
_MOMENT_ROWS = 20_000
_LENGTHS = (32, 64, 96, 128, 192, 256, 384, 512)
_LOOK = 250  # a pair that is looked at costs about as much as so many coordinates of all pairs' product


def heads(vectors: Vectors, threshold: float) -> Vectors:
    """What to multiply in a search for pairs above the threshold: heads of the length that makes it cheapest.

    That length is judged on a sample of the rows. Where no heads would pay, the vectors themselves come back.
    """
    rows, width = vectors.shape
    if rows < 2 * _SAMPLE_ROWS or width <= _LENGTHS[0]:
        return vectors
    some = vectors[:: -(-rows // _MOMENT_ROWS)].astype(np.float64)
    _, turn = np.linalg.eigh(some.T @ some)
    turn = np.ascontiguousarray(turn[:, ::-1], np.float32)  # the largest share first
    sample = vectors[:: -(-rows // _SAMPLE_ROWS)] @ turn
    above = float(np.mean(sample @ sample.T >= threshold))
    best, length = width + _LOOK * width * above, width
    for candidate in (length for length in _LENGTHS if length < width):
        short = _shortened(sample, candidate)
        cost = candidate + 1 + _LOOK * width * float(np.mean(short @ short.T >= threshold - ROUNDING))
        if cost < best:
            best, length = cost, candidate
    if length == width:
        return vectors
    short = np.empty((rows, length + 1), np.float32)
    for start in range(0, rows, _MOMENT_ROWS):
        short[start : start + _MOMENT_ROWS] = _shortened(vectors[start : start + _MOMENT_ROWS] @ turn, length)
    return short


def _shortened(turned: Vectors, length: int) -> Vectors:
    rest = np.linalg.norm(turned[:, length:], axis=1)
    return np.concatenate([turned[:, :length], rest[:, None]], axis=1)
