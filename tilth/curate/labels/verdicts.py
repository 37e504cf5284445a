"""From texts and labels to one suspicion per row; imports numpy and scikit-learn."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tilth.curate.labels.classifier import Scores, bayes, linear, out_of_fold
from tilth.curate.labels.features import features, has_words
from tilth.curate.labels.folds import deal, near_groups
from tilth.curate.labels.labelled import Labelled
from tilth.curate.labels.noise import agreed, calibrated_by_noise
from tilth.curate.labels.ranking import Ranking, suspect
from tilth.errors import UsageError

_MOST_SCORES = 50_000_000  # rows times classes: each is a number in memory, several times over
_TOP_PAIRS = 20

NO_LABEL, NO_WORDS, ALONE, UNSEEN = "no label", "no words", "alone in its class", "its class is in no other fold"


@dataclass(frozen=True)
class Verdicts:
    """What was found of every row."""

    score: NDArray[np.float64]
    """From 0 to 1, larger for more suspicious; NaN where the row could not be judged."""
    given: NDArray[np.int64]
    """Number of the label that the score is about."""
    better: NDArray[np.int64]
    """Number of the class that the row more likely is of."""
    is_missing: NDArray[np.bool_]
    """Of rows with several labels: whether the suspicious thing is a label that is not there."""
    unjudged: dict[str, int]
    """Rows that could not be judged, by reason."""


@dataclass(frozen=True)
class Setting:
    """How rows are judged."""

    ranking: Ranking
    folds: int
    seed: int


def judge_single(labelled: Labelled, setting: Setting, given: Scores | None, *, second_opinion: bool) -> Verdicts:
    """One class per row. `given` are log-probabilities of another model, shape (rows, classes)."""
    codes = labelled.single
    counts = np.bincount(codes[codes >= 0], minlength=max(1, len(labelled.names)))
    why = np.full(len(codes), "", object)
    why[codes < 0] = NO_LABEL
    if given is None:
        why[(codes >= 0) & (counts[codes] < 2)] = ALONE
    rows = np.flatnonzero(why == "")
    used, classes = np.unique(codes[rows], return_inverse=True)
    score = np.full(len(codes), np.nan)
    better = np.full(len(codes), -1, np.int64)
    if len(used) >= 2:
        check_size(len(rows), len(used))
        texts = [labelled.texts[row] for row in rows.tolist()]
        if given is None:
            found, better_used = _from_texts(texts, classes, setting, rows, why)
        else:
            view = given[np.ix_(rows, used)]
            found, better_used = _from_given(view, texts if second_opinion else [], classes, setting)
        score[rows], better[rows] = found, used[better_used]
    score[why != ""] = np.nan
    unjudged = dict(Counter(why[why != ""].tolist()))
    return Verdicts(score, codes, better, np.zeros(len(codes), bool), unjudged)


def _from_texts(
    texts: list[str], classes: NDArray[np.int64], setting: Setting, rows: NDArray[np.int64], why: NDArray[Any]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    likely, is_seen, is_read = likely_classes(texts, classes, setting.folds, setting.seed)
    why[rows[~is_seen]] = UNSEEN
    why[rows[~is_read]] = NO_WORDS
    judged = np.flatnonzero(is_seen & is_read)
    score, better = np.full(len(classes), np.nan), np.zeros(len(classes), np.int64)
    score[judged], better[judged] = suspect(likely[judged], classes[judged], setting.ranking)
    return score, better


def likely_classes(
    texts: list[str], classes: NDArray[np.int64], folds: int, seed: int
) -> tuple[Scores, NDArray[np.bool_], NDArray[np.bool_]]:
    """Log-probabilities of shape (rows, classes) by the built-in classifier, out of fold.

    And for each row whether its class was in the other folds, and whether its text has any word.
    """
    matrix = features(texts, int(classes.max()) + 1)
    fold = deal(near_groups(texts), classes, folds, seed)
    planes, counts = (out_of_fold(matrix, classes, fold, view) for view in (linear, bayes))
    is_seen = ~np.isnan(planes[np.arange(len(classes)), classes])
    is_read = has_words(matrix)
    return agreed(planes, counts, classes, is_seen & is_read), is_seen, is_read


def _from_given(
    view: Scores, texts: list[str], classes: NDArray[np.int64], setting: Setting
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    everything = np.ones(len(classes), bool)
    likely = calibrated_by_noise(view, classes, everything) if setting.ranking in ("adaptive", "noise") else view.copy()
    if any(texts):
        matrix = features(texts, view.shape[1])
        fold = deal(near_groups(texts), classes, setting.folds, setting.seed)
        counts = out_of_fold(matrix, classes, fold, bayes)
        spoken = has_words(matrix) & ~np.isnan(counts).any(axis=1)
        likely[spoken] = agreed(view, counts, classes, spoken)[spoken]
    return suspect(likely, classes, setting.ranking)


def judge_multi(labelled: Labelled, setting: Setting) -> Verdicts:
    """Any number of classes per row: each class is a question of its own, to be there or not to be there."""
    rows = len(labelled.texts)
    check_size(rows, len(labelled.names))
    matrix = features(labelled.texts, 2)
    is_read = has_words(matrix)
    fold = deal(near_groups(labelled.texts), labelled.single, setting.folds, setting.seed)
    holders: list[list[int]] = [[] for _ in labelled.names]
    for row, own in enumerate(labelled.of_row):
        for number in own:
            holders[number].append(row)
    score = np.full(rows, np.nan)
    label = np.full(rows, -1, np.int64)
    is_missing = np.zeros(rows, bool)
    for number, own_rows in enumerate(holders):
        classes = np.zeros(rows, np.int64)
        classes[own_rows] = 1
        if not 2 <= len(own_rows) <= rows - 2:
            continue
        planes, counts = (out_of_fold(matrix, classes, fold, view) for view in (linear, bayes))
        judged = np.flatnonzero(~np.isnan(planes[np.arange(rows), classes]) & is_read)
        known = np.isin(np.arange(rows), judged)
        found = suspect(agreed(planes, counts, classes, known)[judged], classes[judged], setting.ranking).score
        more = np.isnan(score[judged]) | (found > score[judged])
        score[judged[more]], label[judged[more]] = found[more], number
        is_missing[judged[more]] = classes[judged[more]] == 0
    return Verdicts(score, label, label, is_missing, {"no words": int((~is_read).sum())})


def check_size(rows: int, classes: int) -> None:
    """Raises `UsageError` when a probability for each row and class would not fit."""
    if rows * classes > _MOST_SCORES:
        raise UsageError(
            f"{rows:,} rows of {classes:,} classes are more than {_MOST_SCORES:,} probabilities: is the label one?",
            fix="--label FIELD, or tilth sample IN -o PART --rows N",
        )


def exchanged(given: Iterable[int], better: Iterable[int], names: list[str]) -> list[dict[str, Any]]:
    """Which classes the suspicious rows were given, and which they look like: the most frequent pairs first."""
    pairs = Counter(zip(given, better, strict=True))
    ranked = sorted(pairs.items(), key=lambda item: (-item[1], item[0]))[:_TOP_PAIRS]
    return [{"given": names[one], "suggested": names[other], "rows": rows} for (one, other), rows in ranked]
