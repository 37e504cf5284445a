"""How wrong a label looks, given what a classifier thinks of the text; imports numpy."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tilth.curate.labels.classifier import Scores, log_softmax

Ranking = Literal["adaptive", "exchange", "self-confidence", "normalized-margin"]

_SLICE_ROWS = 8_192
_PRIOR = 0.05  # of a wrong label, before anything is known of the set
_TOP_WEIGHT = 0.25  # of two labels that are as unlikely, the one whose text is clearer is the more suspicious
_EXCHANGE_WEIGHT = 0.1
_CLEAR_MARGIN = 0.75  # another class leads by half of all probability
_BALANCE = -1.6  # one random label for five that lie between classes: clean sets stay below it, 1% at random lies above
_SHARPNESS = 4.0
_TINY = 1e-12
_PAIR_ROWS = 0.03  # rows that every pair of classes is taken to have exchanged, seen or not


class Suspicion(NamedTuple):
    """One number per row, larger for more suspicious, and the class that the row more likely is of."""

    score: NDArray[np.float64]
    better: NDArray[np.int64]


def suspect(likely: Scores, classes: NDArray[np.int64], ranking: Ranking) -> Suspicion:
    """Scores from 0 to 1 of each row's class, from log-probabilities of shape (rows, classes).

    `self-confidence` is 1 less the probability of the given class; `normalized-margin` is half of 1 less its lead
    over the likeliest other one (both as in cleanlab; Northcutt, Jiang and Chuang 2021). `exchange` is the probability
    that the true class is another one, given how many rows each class seems to have lost to each other one:

        P(k is true | text, given) ~ P(k | text) * P(given | k is true)

    The last factor is counted from the same formula with equal exchange, and a small number of rows for each pair.

    `adaptive` asks first what kind of errors a set has. Labels that were drawn at random are mostly far down the list
    of what the text might be, where an honest label hardly ever is; so they can be counted. Where they are many, the
    order is by the confidence in the given class; where errors lie between neighbouring classes, by the margin.
    Exchange tips the balance between rows. How many rows reach which score is what `exchange` says.
    """
    rows = np.arange(len(classes))
    own = likely[rows, classes]
    others = likely.copy()
    others[rows, classes] = -np.inf
    best = others.argmax(axis=1)
    top = others[rows, best]
    del others
    if ranking == "self-confidence":
        return Suspicion(1 - np.exp(own), best)
    margin = (1 - np.exp(own) + np.exp(top)) / 2
    if ranking == "normalized-margin":
        return Suspicion(margin, best)
    plain, informed, better = _probabilities_wrong(likely, classes)
    if ranking == "exchange" or likely.shape[1] < 3:
        return Suspicion(informed, better)
    share = _random_share(likely, own, margin)
    unsure = _surprise(_TOP_WEIGHT * top - own)
    order = share * unsure + (1 - share) * _surprise(margin) + _EXCHANGE_WEIGHT * (_odds(informed) - _odds(plain))
    score = np.empty(len(classes))
    score[np.argsort(order, kind="stable")] = np.sort(informed)
    return Suspicion(score, better)


def _probabilities_wrong(
    likely: Scores, classes: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """That the label is wrong, under equal exchange and under the found one; the likeliest other class."""
    equal = _equal_exchange(likely.shape[1])
    found = _exchange(likely, classes, equal)
    plain, informed = np.empty(len(classes)), np.empty(len(classes))
    better = np.empty(len(classes), np.int64)
    for start in range(0, len(classes), _SLICE_ROWS):
        part = slice(start, start + _SLICE_ROWS)
        for exchange, score in ((equal, plain), (found, informed)):
            posterior = _posterior(likely[part], exchange[:, classes[part]].T)
            posterior[np.arange(len(posterior)), classes[part]] = 0
            score[part], better[part] = np.clip(posterior.sum(axis=1), 0, 1), posterior.argmax(axis=1)
    return plain, informed, better


def _random_share(likely: Scores, own: NDArray[np.float64], margin: NDArray[np.float64]) -> float:
    """From 0 to 1: whether the wrong labels look drawn at random, rather than taken from a neighbouring class."""
    classes = likely.shape[1]
    near = max(2, classes // 4)  # places at the top of the list where an honest label or a neighbour may stand
    if classes - 1 <= near:
        return 0.0
    place = np.concatenate(
        [
            (likely[start : start + _SLICE_ROWS] > own[start : start + _SLICE_ROWS, None]).sum(axis=1)
            for start in range(0, len(own), _SLICE_ROWS)
        ]
    )
    random = 1 + (place > near).sum() * (classes - 1) / (classes - 1 - near)
    denied = 1 + max(0.0, (margin > _CLEAR_MARGIN).sum() - random)
    return float(1 / (1 + np.exp(-_SHARPNESS * (np.log(random / denied) - _BALANCE))))


def _surprise(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The place of each value from the top, on a scale where each halving of the place counts the same."""
    place = np.empty(len(values))
    place[np.argsort(-values, kind="stable")] = np.arange(1, len(values) + 1)
    return -np.log(place)


def _odds(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    safe = np.clip(probability, _TINY, 1 - _TINY)
    return np.asarray(np.log(safe / (1 - safe)))


def _equal_exchange(count: int) -> Scores:
    equal = np.full((count, count), np.log(_PRIOR / max(1, count - 1)))
    np.fill_diagonal(equal, np.log1p(-_PRIOR))
    return equal


def _exchange(likely: Scores, classes: NDArray[np.int64], equal: Scores) -> Scores:
    """Log-probability that a row of class k (first axis) was given each class (second axis)."""
    rows = np.full(equal.shape, _PAIR_ROWS)
    for start in range(0, len(classes), _SLICE_ROWS):
        part = slice(start, start + _SLICE_ROWS)
        np.add.at(rows.T, classes[part], _posterior(likely[part], equal[:, classes[part]].T))
    return np.asarray(np.log(rows / rows.sum(axis=1, keepdims=True)))


def _posterior(likely: Scores, given: Scores) -> Scores:
    return np.asarray(np.exp(log_softmax(likely + given)))
