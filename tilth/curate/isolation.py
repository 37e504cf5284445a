"""How easily rows are told apart from the others by all their numbers together; imports sklearn.

Isolation forest (Liu, Ting and Zhou 2008): trees cut the space at random, and what is odd is alone after few cuts.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import IsolationForest

from tilth.curate.fences import MIN_ROWS
from tilth.curate.measured import Measured, Scale

_TREES = 200  # scores move by less than a hundredth from one seed to the next


def anomalies(measured: Measured, scale: Scale, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The published anomaly score of each row, from 0 (usual) over 0.5 to 1 (odd), within its group; and how far each
    number lies from the middle of the group, in robust deviations, shape (signals, rows).

    A missing number counts as the median. Groups of fewer than 8 rows get 0.
    """
    scaled = np.array(
        [
            np.log1p(np.maximum(values, 0)) if scale == "log" or (scale == "auto" and column.is_skewed) else values
            for column, values in zip(measured.signals, measured.values, strict=True)
        ]
    )
    scores, deviations = np.zeros(len(measured.groups)), np.zeros(scaled.shape)
    for rows in measured.rows_by_group():
        if len(rows) < MIN_ROWS:
            continue
        known = scaled[:, rows]
        middle = np.array([np.median(one[~np.isnan(one)]) if (~np.isnan(one)).any() else 0.0 for one in known])
        filled = np.where(np.isnan(known), middle[:, None], known)
        forest: Any = IsolationForest(n_estimators=_TREES, random_state=seed).fit(filled.T)
        scores[rows] = -forest.score_samples(filled.T)
        spread = 1.4826 * np.median(np.abs(filled - middle[:, None]), axis=1)
        plain = filled.std(axis=1)
        spread = np.where(spread > 0, spread, np.where(plain > 0, plain, 1.0))
        deviations[:, rows] = (filled - middle[:, None]) / spread[:, None]
    return scores, deviations
