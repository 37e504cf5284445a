"""The built-in classifier: two views of a text, each asked only about rows that it has not learned from.

A linear support vector machine sees which words tell classes apart; naive Bayes counts which words a class has. They
err in different places, learn in seconds, and need no model file. Imports scikit-learn.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.naive_bayes import MultinomialNB
from sklearn.svm import LinearSVC

Scores = NDArray[np.float64]
View = Callable[[Any, NDArray[np.int64], Any], Scores]
"""Learns from some rows and their classes, and scores other rows."""

_SVM_C = 0.5
_NB_ALPHA = 0.05  # texts are short: a word that a class never had is strong evidence
_CALIBRATION_ROWS = 5_000  # one number is fitted: more rows do not move it
TEMPERATURES = np.exp(np.linspace(-4, 4, 33))
"""What scores are multiplied with in search of calibration."""


def out_of_fold(matrix: Any, classes: NDArray[np.int64], fold: NDArray[np.int64], view: View) -> Scores:
    """Scores, shape (rows, classes), each row scored by a model of the other folds.

    NaN where those other folds have no row of the class, or fewer than two classes.
    """
    scores = np.full((len(classes), int(classes.max()) + 1), np.nan)
    for one in np.unique(fold):
        tested, learned = np.flatnonzero(fold == one), np.flatnonzero(fold != one)
        known = np.unique(classes[learned])
        if len(known) > 1:
            scores[np.ix_(tested, known)] = view(matrix[learned], classes[learned], matrix[tested])
    return scores


def linear(learned: Any, classes: NDArray[np.int64], tested: Any) -> Scores:
    """Distances from the planes that tell each class from all others."""
    machine = LinearSVC(C=_SVM_C, random_state=0).fit(learned, classes)
    found = machine.decision_function(tested)
    return np.column_stack([-found, found]) if found.ndim == 1 else np.asarray(found)


def bayes(learned: Any, classes: NDArray[np.int64], tested: Any) -> Scores:
    """Log-likelihoods of the words in each class, and of the class."""
    return np.asarray(MultinomialNB(alpha=_NB_ALPHA).fit(learned, classes).predict_joint_log_proba(tested))


def calibrated(scores: Scores, classes: NDArray[np.int64], judged: NDArray[np.bool_]) -> Scores:
    """Log-probabilities: the scores divided by the temperature under which the given labels are likeliest.

    (Guo, Pleiss, Sun and Weinberger 2017.)
    """
    rows = np.flatnonzero(judged)
    rows = rows[:: max(1, len(rows) // _CALIBRATION_ROWS)]
    if not len(rows):
        return log_softmax(scores)
    seen, own = scores[rows], classes[rows]
    likely = [log_softmax(seen * heat)[np.arange(len(rows)), own].mean() for heat in TEMPERATURES]
    return log_softmax(scores * TEMPERATURES[int(np.argmax(likely))])


def log_softmax(scores: Scores) -> Scores:
    """Log-probabilities from scores; a class that was not scored (NaN) gets none (-inf)."""
    filled = np.where(np.isnan(scores), -np.inf, scores)
    top = filled.max(axis=1, keepdims=True)
    shifted = filled - np.where(np.isfinite(top), top, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))
