"""How wrong a label looks, given what a classifier thinks of the text; imports numpy."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tilth.curate.labels.classifier import Scores
from tilth.curate.labels.noise import explained, fit_noise

Ranking = Literal["adaptive", "noise", "self-confidence", "normalized-margin"]

_SLICE_ROWS = 8_192
_TOP_WEIGHT = 0.25  # of two labels that are as unlikely, the one whose text is clearer is the more suspicious
_CLEAR_MARGIN = 0.75  # another class leads by half of all probability
_BALANCE = -1.6  # one random label for five that lie between classes: clean sets stay below it, 1% at random lies above
_SHARPNESS = 8.0  # what lies between the two orders is worse than either


class Suspicion(NamedTuple):
    """One number per row, larger for more suspicious, and the class that the row more likely is of."""

    score: NDArray[np.float64]
    better: NDArray[np.int64]


def suspect(likely: Scores, classes: NDArray[np.int64], ranking: Ranking, noise: Scores | None = None) -> Suspicion:
    """Scores from 0 to 1 of each row's class, from log-probabilities of shape (rows, classes).

    `self-confidence` is 1 less the probability of the given class; `normalized-margin` is half of 1 less its lead
    over the likeliest other one (both as in cleanlab; Northcutt, Jiang and Chuang 2021). `noise` is the probability
    that the true class is another one, given how many labels of the set look wrong and in which way; that is fitted
    where it is not given.

    `adaptive` asks first what kind of errors a set has. Labels that were drawn at random are mostly far down the list
    of what the text might be, where an honest label hardly ever is; so they can be counted. Where they are many, the
    order is by the confidence in the given class; where errors lie between neighbouring classes, by the margin. How
    many rows reach which score is what `noise` says.
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
    wrong, better = explained(likely, classes, fit_noise(likely, classes) if noise is None else noise)
    if ranking == "noise" or likely.shape[1] < 3:
        return Suspicion(wrong, better)
    random = _random_share(likely, own, margin)
    order = random * _surprise(_TOP_WEIGHT * top - own) + (1 - random) * _surprise(margin)
    score = np.empty(len(classes))
    score[np.argsort(order, kind="stable")] = np.sort(wrong)
    return Suspicion(score, better)


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
