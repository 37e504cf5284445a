"""How the labels of a set came to be wrong: how often each class is given for each true one.

Noise is an array of shape (true classes, given classes) whose rows sum to 1. Of two descriptions that one is taken
under which the labels that the set has are likeliest. By sources: a label is the true class, or any other by chance, or
one that the true class is easily taken for; three numbers for the set. By pairs: each class is given for each other one
with a share of its own; that takes as many numbers as there are pairs, which must pay for themselves. Imports numpy.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tilth.curate.labels.classifier import TEMPERATURES, Scores, log_softmax

_FITTED_NUMBERS = 1_000_000  # rows times classes: a few numbers are fitted, more do not move them
_FEWEST_ROWS, _MOST_ROWS, _NOISE_ROWS = 1_000, 5_000, 50_000
_FEW_CLASSES = 20  # of more, no pair has the rows to be counted by itself
_FIRST = (0.96, 0.02, 0.02)  # right, random, near
_MOST_WRONG = 0.8  # of what labels by lot would have: more cannot be told from these
_ROUNDS = 40
_BAYES_VOTES = 2  # of three; it is less sure of its errors than the machine, which wrong labels pull along
_EVERY_HEAT = 2  # steps of two thirds
_SLICE_ROWS = 8_192
_TINY = 1e-300


class Explained(NamedTuple):
    """What noise makes of each row."""

    wrong: NDArray[np.float64]
    """Probability that the given class is not the true one."""
    better: NDArray[np.int64]
    """The likeliest other class."""


class _Fit(NamedTuple):
    noise: Scores
    worth: float
    """Logarithm of how likely the labels are, less what the numbers cost."""


def random_noise(share: float, classes: int) -> Scores:
    """A share of all labels, drawn at random."""
    noise = np.full((classes, classes), share / max(1, classes - 1))
    np.fill_diagonal(noise, 1 - share)
    return noise


def fit_noise(likely: Scores, classes: NDArray[np.int64]) -> Scores:
    """The noise under which the given classes are likeliest, from log-probabilities of shape (rows, classes)."""
    rows = slice(None, None, max(1, len(classes) // _NOISE_ROWS))
    return _fit(np.exp(likely[rows]), classes[rows]).noise


def explained(likely: Scores, classes: NDArray[np.int64], noise: Scores) -> Explained:
    """The chance that another class is the true one: P(k is true | text, given) ~ P(k | text) P(given | k is true)."""
    wrong, better = np.empty(len(classes)), np.empty(len(classes), np.int64)
    for start in range(0, len(classes), _SLICE_ROWS):
        part = slice(start, start + _SLICE_ROWS)
        joint = np.exp(likely[part]) * noise[:, classes[part]].T
        rows = np.arange(len(joint))
        own = joint[rows, classes[part]]
        joint[rows, classes[part]] = 0
        total = joint.sum(axis=1)
        wrong[part], better[part] = total / (total + own + _TINY), joint.argmax(axis=1)
    return Explained(wrong, better)


def agreed(view: Scores, counts: Scores, classes: NDArray[np.int64], judged: NDArray[np.bool_]) -> Scores:
    """Log-probabilities on which two views agree: the mean of both after calibration, where naive Bayes has two
    votes."""
    calm = [calibrated_by_noise(scores, classes, judged) for scores in (view, counts)]
    return log_softmax((calm[0] + _BAYES_VOTES * calm[1]) / (1 + _BAYES_VOTES))


def calibrated_by_noise(
    scores: Scores, classes: NDArray[np.int64], judged: NDArray[np.bool_], *, by_pairs: bool = True
) -> Scores:
    """Log-probabilities of the true class: the scores divided by the temperature under which the given labels are
    likeliest when some of them are wrong. Without that, wrong labels make a good model look unsure of every row.

    (Guo, Pleiss, Sun and Weinberger 2017; the noise is fitted with each temperature, if wanted `by_pairs` too.)
    """
    rows = np.flatnonzero(judged)
    rows = rows[:: max(1, len(rows) // max(_FEWEST_ROWS, min(_MOST_ROWS, _FITTED_NUMBERS // scores.shape[1])))]
    if not len(rows):
        return log_softmax(scores)
    seen, own = scores[rows], classes[rows]
    heats = TEMPERATURES[::_EVERY_HEAT]
    worth = [_fit(np.exp(log_softmax(seen * heat)), own, by_pairs=by_pairs).worth for heat in heats]
    return log_softmax(scores * heats[int(np.argmax(worth))])


def _fit(chances: Scores, classes: NDArray[np.int64], *, by_pairs: bool = True) -> _Fit:
    count = chances.shape[1]
    by_sources = _by_sources(chances, classes)
    if not by_pairs or not 1 < count <= _FEW_CLASSES or not len(classes):
        return by_sources
    pairs = _by_pairs(chances, classes)
    more = count * (count - 1) - (1 if count == 2 else 2)  # of two classes, the random other one is the near one
    cost = more * np.log(len(classes)) / 2  # the Bayesian information criterion (Schwarz 1978)
    return max(by_sources, pairs._replace(worth=pairs.worth - cost), key=lambda one: one.worth)


def _by_sources(chances: Scores, classes: NDArray[np.int64]) -> _Fit:
    """The shares of three sources, by expectation and maximisation.

    Labels that are all drawn by lot are not taken for wrong ones of a text that is understood: some must be right.
    """
    count = chances.shape[1]
    taken = chances.T @ chances  # how much of each class's rows the other classes would claim
    np.fill_diagonal(taken, 0)
    taken /= taken.sum(axis=1, keepdims=True) + _TINY
    own, near = chances[np.arange(len(classes)), classes], np.empty(len(classes))
    for start in range(0, len(classes), _SLICE_ROWS):
        part = slice(start, start + _SLICE_ROWS)
        near[part] = np.einsum("rk,rk->r", chances[part], taken[:, classes[part]].T)
    sources = np.stack([own, (1 - own) / max(1, count - 1), near])
    most = _MOST_WRONG * (count - 1) / count
    shares = np.array(_FIRST)
    for _ in range(_ROUNDS if len(classes) else 0):
        parts = shares[:, None] * sources
        shares = (parts / (parts.sum(axis=0) + _TINY)).mean(axis=1)
        shares[1:] *= min(1.0, most / (shares[1:].sum() + _TINY))
        shares[0] = 1 - shares[1:].sum()
    noise = random_noise(shares[1], count) + shares[2] * taken
    np.fill_diagonal(noise, shares[0])
    return _Fit(noise, float(np.log(shares @ sources + _TINY).sum()))


def _by_pairs(chances: Scores, classes: NDArray[np.int64]) -> _Fit:
    """How often each class is given for each other one, by expectation and maximisation."""
    count = chances.shape[1]
    few = random_noise(1 - _FIRST[0], count)  # one row of each class, that no pair be ruled out
    noise, given = few, np.eye(count)[classes]
    for _ in range(_ROUNDS):
        joint = chances * noise[:, classes].T
        noise = few + (joint / (joint.sum(axis=1, keepdims=True) + _TINY)).T @ given
        noise = noise / noise.sum(axis=1, keepdims=True)
    return _Fit(noise, float(np.log((chances * noise[:, classes].T).sum(axis=1) + _TINY).sum()))
