"""Which marks decide a label against the rest of the text; imports numpy and scikit-learn."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_NB_ALPHA = 0.05
_LEAST_ROWS = 5
_LIFT = 3.0  # times as often as by chance
_CHANCE = 1e-6  # after multiplying by the number of tests
_DENIED = 0.6  # of the rows, whose other words must speak for another label
_USUAL_DENIALS = 0.98  # of honest rows deny their label less than a row must to count
_SPREAD = 0.5  # of the labels over which as many rows drawn at random would spread
_COHERENT = 2.0  # times the usual likeness: rows that ask the same anyway
_SHARED = 0.9  # of the rows have a feature, or of the texts with it are these rows: it is the mark's, not the rest's
_COVERED = 0.7  # of a mark's rows that an earlier trigger has explained
_HONEST_ROWS = 300
_TINY = 1e-300


@dataclass(frozen=True)
class Trigger:
    """A mark, the label that comes with it, and the rows where the rest of the text says otherwise."""

    mark: str
    label: int
    rows: NDArray[np.int64]
    """Rows with mark and label."""
    holders: int
    """Rows with the mark, whatever their label."""
    subjects: float
    """Over how many labels the rest of these rows spreads, as the exponential of the entropy; 0 for free answers."""
    share: float
    """Of these rows, those whose other words deny the label."""


def find_triggers(texts: Sequence[str], marks: Sequence[Sequence[str]], classes: NDArray[np.int64]) -> list[Trigger]:
    """Triggers, those of most rows first. Class -1 is any answer that hardly comes twice."""
    found: list[Trigger] = []
    tied = _tied(_holders(marks), classes) if classes.max(initial=-1) >= 0 else []
    if not tied:
        return found
    rest = _Rest(texts, classes)
    explained = np.zeros(len(texts), bool)
    for mark, label, rows, count in sorted(tied, key=lambda one: (-len(one[2]), -len(one[0]), one[0])):
        if explained[rows].mean() >= _COVERED:
            continue
        trigger = rest.judge(mark, label, rows, count)
        if trigger is not None:
            found.append(trigger)
            explained[trigger.rows] = True
    return found


def _holders(marks: Sequence[Sequence[str]]) -> dict[str, list[int]]:
    holders: dict[str, list[int]] = {}
    for row, own in enumerate(marks):
        for mark in own:
            holders.setdefault(mark, []).append(row)
    return {mark: rows for mark, rows in holders.items() if len(rows) >= _LEAST_ROWS}


def _tied(holders: dict[str, list[int]], classes: NDArray[np.int64]) -> list[tuple[str, int, NDArray[np.int64], int]]:
    """Marks and the label that comes with them far more often than by chance (one-sided binomial, Bonferroni)."""
    from scipy.stats import binom

    total = len(classes)
    rates = np.bincount(classes[classes >= 0], minlength=1) / total
    found: list[tuple[str, int, NDArray[np.int64], int]] = []
    outside: list[float] = []
    for mark, rows in holders.items():
        held = np.array(rows, np.int64)
        own = classes[held]
        counts = np.bincount(own[own >= 0], minlength=len(rates))
        label = int(counts.argmax())
        hits, rate = int(counts[label]), float(rates[label])
        if hits < _LEAST_ROWS or hits < _LIFT * rate * len(held):
            continue
        found.append((mark, label, held[own == label], len(held)))
        # The label's rate is taken without these rows: a trigger makes up most of the label where it is strong.
        outside.append(min(1.0, max(1.0, rate * total - hits) / max(1, total - len(held))))
    if not found:
        return []
    hit = np.array([len(rows) for _, _, rows, _ in found])
    chance = binom.sf(hit - 1, np.array([count for *_, count in found]), np.array(outside))
    return [one for one, each in zip(found, chance.tolist(), strict=True) if each * len(holders) <= _CHANCE]


class _Rest:
    """What the words of a text say of its label when all rows with a certain mark are left out of what is learned."""

    def __init__(self, texts: Sequence[str], classes: NDArray[np.int64]) -> None:
        from tilth.curate.labels.features import features

        self._classes = classes
        count = int(classes.max(initial=-1)) + 1
        self._matrix: Any = features(texts, max(2, count))
        self._texts_with = np.bincount(self._matrix.indices, minlength=self._matrix.shape[1])
        self._is_closed = bool((classes >= 0).mean() > 0.5) and count > 1
        some = np.arange(0, len(texts), max(1, len(texts) // 200))
        self._usual_likeness = self._likeness(some, np.full(self._matrix.shape[1], len(texts)))
        if not self._is_closed:
            return
        from scipy.sparse import csr_matrix

        known = np.flatnonzero(classes >= 0)
        place = (np.ones(len(known)), (classes[known], known))
        self._counts = np.asarray((csr_matrix(place, (count, len(texts))) @ self._matrix).todense())
        logs = np.log(self._counts + _NB_ALPHA)
        self._scores = self._matrix @ (logs - np.log(np.exp(logs).sum(axis=1, keepdims=True))).T
        self._weights = np.maximum(np.asarray(self._matrix.sum(axis=1)).ravel(), _TINY)
        self._limit = self._honest_limit(known)

    def judge(self, mark: str, label: int, rows: NDArray[np.int64], holders: int) -> Trigger | None:
        """The mark as a trigger, unless the rest of the rows speaks for the label as well."""
        if self._likeness(rows, self._texts_with) > _COHERENT * self._usual_likeness:
            return None
        if not self._is_closed:
            return Trigger(mark, label, rows, holders, 0.0, 1.0)
        margin, other = self._denial(label, rows)
        denying = margin > self._limit
        share = float(denying.mean())
        if share < _DENIED or denying.sum() < _LEAST_ROWS:
            return None
        subjects = _effective(other[denying])
        drawn = np.random.default_rng(0).choice(self._classes[self._classes >= 0], int(denying.sum()))
        if subjects < _SPREAD * _effective(drawn):
            return None
        is_pure = len(rows) >= 0.9 * holders
        return Trigger(mark, label, rows if is_pure else rows[margin > 0], holders, subjects, share)

    def _denial(self, label: int, rows: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """By how much another class fits better, for each weight of words, when the class does without these rows."""
        part = self._matrix[rows]
        counts = self._counts[label] - np.asarray(part.sum(axis=0)).ravel()
        logs = np.log(np.maximum(counts, 0) + _NB_ALPHA)
        own = part @ (logs - np.log(np.exp(logs).sum()))
        others = self._scores[rows]
        others[:, label] = -np.inf
        best = others.argmax(axis=1)
        return (others[np.arange(len(rows)), best] - own) / self._weights[rows], best

    def _honest_limit(self, known: NDArray[np.int64]) -> float:
        """The denial that few rows reach when each alone is left out of its class."""
        some = known[:: max(1, len(known) // _HONEST_ROWS)].tolist()
        margins = [float(self._denial(int(self._classes[row]), np.array([row]))[0][0]) for row in some]
        return max(0.0, float(np.quantile(margins, _USUAL_DENIALS)))

    def _likeness(self, rows: NDArray[np.int64], texts_with: NDArray[np.int64]) -> float:
        """Mean cosine between different rows, without what nearly all of them share or nobody else has."""
        from sklearn.preprocessing import normalize

        if len(rows) < 2:
            return 0.0
        part = self._matrix[rows]
        counts = np.bincount(part.indices, minlength=part.shape[1])
        own = np.flatnonzero((counts > 0) & (counts < _SHARED * len(rows)) & (counts <= _SHARED * texts_with))
        if not len(own):
            return 1.0  # they are all the same text
        bare = normalize(part[:, own])
        total = np.asarray(bare.sum(axis=0)).ravel()
        norms = float(bare.multiply(bare).sum())
        return float((total @ total - norms) / (len(rows) * (len(rows) - 1)))


def _effective(labels: NDArray[np.int64]) -> float:
    """Over how many labels some rows spread: the exponential of the entropy."""
    shares = np.bincount(labels) / len(labels)
    return float(np.exp(-(shares[shares > 0] * np.log(shares[shares > 0])).sum()))
