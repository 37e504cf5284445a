"""Which of two answers looks better, judged by pairs that were not learned from; imports numpy and scikit-learn."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack, vstack
from sklearn.linear_model import LogisticRegression

from tilth.curate.labels.classifier import calibrated
from tilth.curate.labels.features import features
from tilth.curate.labels.folds import deal, near_groups
from tilth.curate.labels.labelled import TEXT_CHARACTERS
from tilth.curate.quality import PARTS
from tilth.operation import Dataset
from tilth.schemas.message import messages_text

_STRENGTH = 3.0  # of learning: the inverse of what is paid for large weights
_FLIPPED = 0.05  # of all pairs, before anything is known of one
_PARTS_WEIGHT = 0.1  # of a part of the quality score beside all words: there are few parts, and they are dense


class Pair(NamedTuple):
    """One preference, by its row."""

    row: int
    prompt: str
    chosen: str
    rejected: str


def gather(data: Dataset) -> list[Pair]:
    """All preferences in file order whose two answers differ and say something."""
    pairs: list[Pair] = []
    row = 0
    for batch in data.batches():
        for place, record in enumerate(batch.records):
            if record.get("type") != "preference":
                continue
            said = (messages_text(record.get(name)) or "" for name in ("prompt", "chosen", "rejected"))
            pair = Pair(row + place, *(text.strip()[:TEXT_CHARACTERS] for text in said))
            if pair.chosen and pair.rejected and pair.chosen != pair.rejected:
                pairs.append(pair)
        row += len(batch)
    return pairs


def suspicions(pairs: list[Pair], folds: int, seed: int) -> dict[int, float]:
    """For each row the probability that it is the wrong way round, where one pair in twenty is.

    How many are cannot be told from the pairs themselves: that the better answer looks worse happens far more often.
    """
    matrix = _differences(pairs)
    groups = near_groups([pair.prompt for pair in pairs])
    fold = deal(groups, np.zeros(len(pairs), np.int64), folds, seed)
    margin = np.full(len(pairs), np.nan)
    for one in np.unique(fold):
        tested, learned = np.flatnonzero(fold == one), np.flatnonzero(fold != one)
        if len(learned):
            margin[tested] = _margins(matrix[learned], matrix[tested])
    judged = ~np.isnan(margin)
    likely = calibrated(np.column_stack([margin, -margin]) / 2, np.zeros(len(pairs), np.int64), judged)
    better = np.exp(likely)  # the chosen one, and the rejected one
    found: NDArray[np.float64] = _FLIPPED * better[:, 1] / (better @ [1 - _FLIPPED, _FLIPPED])
    return {pair.row: float(score) for pair, score, known in zip(pairs, found, judged, strict=True) if known}


def _margins(learned: Any, tested: Any) -> NDArray[np.float64]:
    """Log-odds that the chosen answer is the better one. Each pair is learned from both ways round."""
    sides = np.repeat([1, 0], learned.shape[0])
    model = LogisticRegression(C=_STRENGTH, fit_intercept=False, max_iter=500)
    return np.asarray(model.fit(vstack([learned, -learned]), sides).decision_function(tested))


def _differences(pairs: list[Pair]) -> Any:
    """What the chosen answer has more than the rejected one, a row per pair."""
    texts = features([pair.chosen for pair in pairs] + [pair.rejected for pair in pairs], 2)
    parts = np.array(
        [[_value(part, pair, pair.chosen) - _value(part, pair, pair.rejected) for part in PARTS] for pair in pairs]
    )
    spread = np.where(parts.std(axis=0) > 0, parts.std(axis=0), 1.0)
    return hstack([texts[: len(pairs)] - texts[len(pairs) :], csr_matrix(_PARTS_WEIGHT * parts / spread)]).tocsr()


def _value(part: str, pair: Pair, said: str) -> float:
    return PARTS[part].value(pair.prompt, said) or 0.0
