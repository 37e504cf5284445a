"""What a classifier that has not seen a text says of its tokens; imports scikit-learn."""

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.svm import LinearSVC

from tilth.curate.labels.classifier import Scores, calibrated, out_of_fold
from tilth.curate.labels.folds import deal, near_groups
from tilth.curate.labels.spans.features import token_features
from tilth.curate.labels.spans.tagged import Numbers, Tagged

_C = 2.0
_TOLERANCE = 1e-3  # finer makes it slower and changes no order worth naming
_ROUNDS = 50  # through the data; wrong labels would keep it busy for a thousand


def likely_classes(tagged: Tagged, folds: int, seed: int) -> tuple[Scores, NDArray[np.bool_], Numbers]:
    """Log-probabilities of shape (tokens, classes), out of fold; which tokens have one for their own class; and the
    group of each row: near-duplicates share one, and a fold."""
    groups = near_groups(tagged.texts)
    if not len(tagged.row):
        return np.zeros((0, len(tagged.names))), np.zeros(0, bool), groups
    rarest = np.zeros(len(tagged.texts), np.int64)  # a row counts for its last class, which came later than others
    np.maximum.at(rarest, tagged.row, tagged.given)
    fold = deal(groups, rarest, folds, seed)[tagged.row]
    scores = out_of_fold(token_features(tagged), tagged.given, fold, _linear)
    is_seen = ~np.isnan(scores[np.arange(len(tagged.given)), tagged.given])
    return calibrated(scores, tagged.given, is_seen), is_seen, groups


def _linear(learned: Any, classes: Numbers, tested: Any) -> Scores:
    machine = LinearSVC(C=_C, tol=_TOLERANCE, max_iter=_ROUNDS, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        machine.fit(learned, classes)
    found = machine.decision_function(tested)
    return np.column_stack([-found, found]) if found.ndim == 1 else np.asarray(found)
