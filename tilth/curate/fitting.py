"""A score fitted to verdicts: logistic regression, judged and calibrated on rows it has not seen; imports sklearn."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score

from tilth.curate.features import is_log
from tilth.curate.weights import Term, Weights
from tilth.errors import DataError

_FOLDS = 10
_STRENGTH = 0.1  # inverse of the L2 penalty on standardised features: some forty of them share the work
_BINS = 10
_DIGITS = 6


def fit_weights(
    values: NDArray[np.float64], good: NDArray[np.bool_], groups: Sequence[str], names: Sequence[str], seed: int
) -> Weights:
    """Weights fitted to all rows; what is said about them comes from ten folds that keep groups together.

    `values` has the shape (rows, names). Raises `DataError` when there are too few verdicts of one kind.
    """
    codes = {name: code for code, name in enumerate(dict.fromkeys(groups))}
    group = np.array([codes[name] for name in groups], np.int64)
    folds = min(_FOLDS, len({*group[good]}), len({*group[~good]}))
    if folds < 2:
        raise _too_few(good)
    fold = _folds(group, good, folds, seed)
    chances = out_of_fold(values, good, fold, names)
    fitted = {"rows": len(good), "good": int(good.sum()), "folds": folds, **_quality(good, chances)}
    whole = _fitted(values, good, names)
    terms = tuple(sorted(whole.terms, key=lambda term: (-abs(term.weight), term.feature)))
    return whole.model_copy(update={"terms": terms, "fitted": fitted})


def out_of_fold(
    values: NDArray[np.float64], good: NDArray[np.bool_], fold: NDArray[np.int64], names: Sequence[str]
) -> NDArray[np.float64]:
    """The chance of each row by a fit on all folds but its own."""
    chances = np.empty(len(good))
    for held in np.unique(fold):
        out = fold == held
        chances[out] = _fitted(values[~out], good[~out], names).chances(values[out])
    return chances


def _too_few(good: NDArray[np.bool_]) -> DataError:
    rows, sides = len(good), (int(good.sum()), int((~good).sum()))
    if not rows:
        return DataError("no row has a verdict to fit to", fix="tilth review FILE, and --journal or --by FIELD here")
    if all(sides):
        what = f"there are {sides[0]:,} good rows and {sides[1]:,} bad ones"
        return DataError(f"{what}, and a fit needs both, of two prompts each", fix="more decisions: tilth review FILE")
    given, missing, verb = ("good", "bad", "reject") if sides[0] else ("bad", "good", "accept")
    return DataError(
        f"all {rows:,} verdicts say {given}, and a fit needs {missing} rows too, of two prompts at least",
        fix=f"tilth review FILE, and {verb} some",
    )


def _folds(group: NDArray[np.int64], good: NDArray[np.bool_], folds: int, seed: int) -> NDArray[np.int64]:
    """A fold for each row: groups stay whole, and groups of good and of bad rows are spread alike."""
    rows = np.bincount(group)
    share = np.bincount(group, weights=good) / rows
    shuffled = np.random.default_rng(seed).permutation(len(rows))
    rank = np.empty(len(rows), np.int64)
    rank[shuffled[np.argsort(share[shuffled], kind="stable")]] = np.arange(len(rows))
    return np.asarray(rank[group] % folds, np.int64)


def _fitted(values: NDArray[np.float64], good: NDArray[np.bool_], names: Sequence[str]) -> Weights:
    logs = [is_log(name) for name in names]
    scaled = np.where(logs, np.log1p(np.maximum(values, 0)), values)
    known = np.where(np.isnan(scaled).all(0), 0.0, scaled)  # a feature that no row has says nothing
    means, scales = np.nanmean(known, 0), np.nanstd(known, 0)
    scales = np.where(scales > 1e-12, scales, 1.0)
    standard = np.nan_to_num((known - means) / scales, nan=0.0)
    model: Any = LogisticRegression(C=_STRENGTH, max_iter=5000).fit(standard, good)
    terms = [
        Term(feature=name, log=log, mean=_short(mean), scale=_short(scale), weight=_short(weight))
        for name, log, mean, scale, weight in zip(names, logs, means, scales, model.coef_[0], strict=True)
    ]
    return Weights(intercept=_short(model.intercept_[0]), terms=tuple(terms))


def _quality(good: NDArray[np.bool_], chances: NDArray[np.float64]) -> dict[str, Any]:
    """Area under the curve, Brier score, expected calibration error (Naeini et al. 2015) and the table behind it."""
    place = np.minimum((chances * _BINS).astype(int), _BINS - 1)
    table = [
        {
            "from": held / _BINS,
            "to": (held + 1) / _BINS,
            "rows": int((place == held).sum()),
            "expected": _short(chances[place == held].mean()),
            "good": _short(good[place == held].mean()),
        }
        for held in range(_BINS)
        if (place == held).any()
    ]
    error = sum(abs(row["expected"] - row["good"]) * row["rows"] for row in table) / len(good)
    return {
        "auc": _short(roc_auc_score(good, chances)),
        "brier": _short(brier_score_loss(good, chances)),
        "calibration_error": _short(error),
        "reliability": table,
    }


def _short(value: Any) -> float:
    return float(f"{float(value):.{_DIGITS}g}")
