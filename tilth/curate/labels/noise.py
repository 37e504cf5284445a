"""How the labels of a set came to be wrong: how many, drawn at random or taken from a class that is alike.

A given label is taken to be the true class, or any other one by chance, or one that the true class is easily taken for.
The shares of the three are those under which the labels that the set has are likeliest. Imports numpy.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tilth.curate.labels.classifier import TEMPERATURES, Scores, log_softmax

_FITTED_NUMBERS = 1_000_000  # rows times classes: three numbers are fitted, more do not move them
_FEWEST_ROWS, _MOST_ROWS = 1_000, 5_000
_FIRST = (0.96, 0.02, 0.02)
_MOST_WRONG = 0.8  # of what labels by lot would have: more cannot be told from these
_ROUNDS = 40
_BAYES_VOTES = 2  # of three; it is less sure of its errors than the machine, which wrong labels pull along
_EVERY_HEAT = 2  # steps of two thirds
_SLICE_ROWS = 8_192
_TINY = 1e-300


class Noise(NamedTuple):
    """Where labels come from."""

    right: float
    """Share of labels that are the true class."""
    random: float
    """Share of labels that are any other class."""
    near: float
    """Share of labels that are a class for which the true one is easily taken."""
    taken: Scores
    """Shape (classes, classes): how often each class is taken for each other one, of all that it is taken for."""


class Explained(NamedTuple):
    """What noise makes of each row."""

    wrong: NDArray[np.float64]
    """Probability that the given class is not the true one."""
    better: NDArray[np.int64]
    """The likeliest other class."""


def random_noise(share: float, classes: int) -> Noise:
    """A share of all labels, drawn at random."""
    return Noise(1 - share, share, 0.0, np.zeros((classes, classes)))


def fit_noise(likely: Scores, classes: NDArray[np.int64]) -> Noise:
    """The noise under which the given classes are likeliest, from log-probabilities of shape (rows, classes)."""
    chances = np.exp(likely)
    taken = _taken(chances)
    return Noise(*_shares(_sources(chances, classes, taken), len(taken))[0], taken)


def explained(likely: Scores, classes: NDArray[np.int64], noise: Noise) -> Explained:
    """The chance that another class is the true one: P(k is true | text, given) ~ P(k | text) P(given | k is true)."""
    given = noise.random / max(1, len(noise.taken) - 1) + noise.near * noise.taken
    wrong, better = np.empty(len(classes)), np.empty(len(classes), np.int64)
    for start in range(0, len(classes), _SLICE_ROWS):
        part = slice(start, start + _SLICE_ROWS)
        others = np.exp(likely[part]) * given[:, classes[part]].T
        rows = np.arange(len(others))
        own = noise.right * np.exp(likely[part])[rows, classes[part]]
        others[rows, classes[part]] = 0
        total = others.sum(axis=1)
        wrong[part], better[part] = total / (total + own + _TINY), others.argmax(axis=1)
    return Explained(wrong, better)


def calibrated_by_noise(scores: Scores, classes: NDArray[np.int64], judged: NDArray[np.bool_]) -> Scores:
    """Log-probabilities of the true class: the scores divided by the temperature under which the given labels are
    likeliest when some of them are wrong. Without that, wrong labels make a good model look unsure of every row.

    (Guo, Pleiss, Sun and Weinberger 2017; the noise is fitted with each temperature.)
    """
    rows = np.flatnonzero(judged)
    rows = rows[:: max(1, len(rows) // max(_FEWEST_ROWS, min(_MOST_ROWS, _FITTED_NUMBERS // scores.shape[1])))]
    if not len(rows):
        return log_softmax(scores)
    seen, own = scores[rows], classes[rows]
    fits = []
    heats = TEMPERATURES[::_EVERY_HEAT]
    for heat in heats:
        chances = np.exp(log_softmax(seen * heat))
        fits.append(_shares(_sources(chances, own, _taken(chances)), scores.shape[1])[1])
    return log_softmax(scores * heats[int(np.argmax(fits))])


def agreed(view: Scores, counts: Scores, classes: NDArray[np.int64], judged: NDArray[np.bool_]) -> Scores:
    """Log-probabilities on which two views agree: the mean of both after calibration, where naive Bayes has two
    votes."""
    calm = [calibrated_by_noise(scores, classes, judged) for scores in (view, counts)]
    return log_softmax((calm[0] + _BAYES_VOTES * calm[1]) / (1 + _BAYES_VOTES))


def _taken(chances: Scores) -> Scores:
    """How much of each class's rows the other classes would claim."""
    taken = chances.T @ chances
    np.fill_diagonal(taken, 0)
    return np.asarray(taken / (taken.sum(axis=1, keepdims=True) + _TINY))


def _sources(chances: Scores, classes: NDArray[np.int64], taken: Scores) -> Scores:
    """Shape (3, rows): how likely the given class is when it is the true one, a random one, and a near one."""
    own = chances[np.arange(len(classes)), classes]
    near = np.empty(len(classes))
    for start in range(0, len(classes), _SLICE_ROWS):
        part = slice(start, start + _SLICE_ROWS)
        near[part] = np.einsum("rk,rk->r", chances[part], taken[:, classes[part]].T)
    return np.stack([own, (1 - own) / max(1, chances.shape[1] - 1), near])


def _shares(sources: Scores, classes: int) -> tuple[tuple[float, float, float], float]:
    """The shares of the three under which the labels are likeliest, by expectation and maximisation, and how likely.

    Labels that are all drawn by lot are not taken for wrong ones of a text that is understood: some must be right.
    """
    most = _MOST_WRONG * (classes - 1) / classes
    shares = np.array(_FIRST)
    for _ in range(_ROUNDS if sources.shape[1] else 0):
        parts = shares[:, None] * sources
        shares = (parts / (parts.sum(axis=0) + _TINY)).mean(axis=1)
        wrong = shares[1:].sum()
        shares[1:] *= min(1.0, most / (wrong + _TINY))
        shares[0] = 1 - shares[1:].sum()
    right, random, near = shares.tolist()
    return (right, random, near), float(np.log(shares @ sources + _TINY).mean()) if sources.shape[1] else 0.0
