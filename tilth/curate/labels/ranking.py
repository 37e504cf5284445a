"""How wrong a label looks, given what a classifier thinks of the text; imports numpy."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tilth.curate.labels.classifier import Scores, log_softmax

Ranking = Literal["exchange", "self-confidence", "normalized-margin"]

_SLICE_ROWS = 8_192
_PRIOR = 0.05  # of a wrong label, before anything is known of the set
_PAIR_ROWS = 0.03  # rows that every pair of classes is taken to have exchanged, seen or not


class Suspicion(NamedTuple):
    """One number per row, larger for more suspicious, and the class that the row more likely is of."""

    score: NDArray[np.float64]
    better: NDArray[np.int64]


def suspect(likely: Scores, classes: NDArray[np.int64], ranking: Ranking) -> Suspicion:
    """Scores from 0 to 1 of each row's class.

    `self-confidence` is 1 less the probability of the given class; `normalized-margin` is half of 1 less its lead
    over the likeliest other one (both as in cleanlab; Northcutt, Jiang and Chuang 2021). `exchange` is the probability
    that the true class is another one, given how many rows each class seems to have lost to each other one:

        P(k is true | text, given) ~ P(k | text) * P(given | k is true)

    The last factor is counted from the same formula with equal exchange, and a small number of rows for each pair.
    So a label that its text denies is suspicious, and more so where the two classes are known to have been mixed up.
    """
    rows = np.arange(len(classes))
    others = likely.copy()
    others[rows, classes] = -np.inf
    best = others.argmax(axis=1)
    if ranking == "self-confidence":
        return Suspicion(1 - np.exp(likely[rows, classes]), best)
    if ranking == "normalized-margin":
        return Suspicion((1 - np.exp(likely[rows, classes]) + np.exp(others[rows, best])) / 2, best)
    del others
    exchange = _exchange(likely, classes)
    score, better = np.empty(len(classes)), np.empty(len(classes), np.int64)
    for start in range(0, len(classes), _SLICE_ROWS):
        part = slice(start, start + _SLICE_ROWS)
        posterior = _posterior(likely[part], exchange[:, classes[part]].T)
        inside = np.arange(len(posterior))
        posterior[inside, classes[part]] = 0
        score[part], better[part] = posterior.sum(axis=1), posterior.argmax(axis=1)
    return Suspicion(np.clip(score, 0, 1), better)


def _exchange(likely: Scores, classes: NDArray[np.int64]) -> Scores:
    """Log-probability that a row of class k (first axis) was given each class (second axis)."""
    count = likely.shape[1]
    equal = np.full((count, count), np.log(_PRIOR / max(1, count - 1)))
    np.fill_diagonal(equal, np.log1p(-_PRIOR))
    rows = np.full((count, count), _PAIR_ROWS)
    for start in range(0, len(classes), _SLICE_ROWS):
        part = slice(start, start + _SLICE_ROWS)
        np.add.at(rows.T, classes[part], _posterior(likely[part], equal[:, classes[part]].T))
    return np.asarray(np.log(rows / rows.sum(axis=1, keepdims=True)))


def _posterior(likely: Scores, given: Scores) -> Scores:
    return np.asarray(np.exp(log_softmax(likely + given)))
