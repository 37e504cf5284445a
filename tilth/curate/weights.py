"""Fitted weights: a small readable file, and the score that they give."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tilth.curate.features import feature_names, features
from tilth.errors import DataError, UsageError
from tilth.operation import Batch

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SHOWN = 5  # terms that a row names: those that moved its score most


class Term(BaseModel):
    """One feature: how it is put on a common scale, and how much it counts."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    feature: str
    """Name of a signal, or of a part of the plain score."""
    log: bool
    """Whether the logarithm of 1 + value is taken first."""
    mean: float
    """Mean of the fitted rows; it also stands in where a row has no value."""
    scale: float
    """Standard deviation of the fitted rows."""
    weight: float
    """Log odds for one standard deviation above the mean."""


class Weights(BaseModel):
    """A logistic model of features that have names."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    kind: Literal["tilth-score-weights"] = "tilth-score-weights"
    intercept: float
    """Log odds of a row that is average in everything."""
    terms: tuple[Term, ...] = Field(min_length=1)
    """The largest weight first."""
    fitted: dict[str, Any] = Field(default_factory=dict)
    """On what, and how well: rows, area under the curve, calibration; out of fold."""

    @classmethod
    def load(cls, path: Path) -> "Weights":
        """The weights in a file. Raises `UsageError` for no file, and `DataError` for one that holds something else."""
        try:
            found = cls.model_validate_json(path.read_bytes())
        except OSError as failure:
            raise UsageError("there are no weights", where=str(path), fix="tilth fit-score IN -o FOLDER") from failure
        except ValidationError as failure:
            raise DataError("these are no weights of a fitted score", where=str(path)) from failure
        unknown = sorted({term.feature for term in found.terms} - set(feature_names()))
        if unknown:
            raise DataError(f"the weights name features that are not known here: {', '.join(unknown)}", where=str(path))
        return found

    def qualities(self, batch: Batch) -> list[dict[str, Any]]:
        """For each row `{"score": 0 to 100, "terms": {feature: log odds}}`, with the terms that moved it most.

        The score is the fitted chance, in percent, that people find the row good.
        """
        import numpy as np

        values = features(batch, [term.feature for term in self.terms])
        shares, scores = self.contributions(values), 100 * self.chances(values)
        order = np.argsort(-np.abs(shares), axis=1, kind="stable")[:, :_SHOWN]
        return [
            {
                "score": round(float(score), 1),
                "terms": {self.terms[place].feature: round(float(row[place]), 3) for place in largest},
            }
            for score, row, largest in zip(scores, shares, order, strict=True)
        ]

    def chances(self, values: "NDArray[np.float64]") -> "NDArray[np.float64]":
        """The chance, from 0 to 1, that people find each row good; values as for `contributions`."""
        import numpy as np

        return np.asarray(1 / (1 + np.exp(-(self.intercept + self.contributions(values).sum(1)))), np.float64)

    def contributions(self, values: "NDArray[np.float64]") -> "NDArray[np.float64]":
        """Log odds that each feature adds, shape (rows, terms), from values of the same shape."""
        import numpy as np

        logs = np.array([term.log for term in self.terms])
        means, scales, weights = (
            np.array([getattr(term, name) for term in self.terms]) for name in ("mean", "scale", "weight")
        )
        scaled = (np.where(logs, np.log1p(np.maximum(values, 0)), values) - means) / scales
        return np.asarray(np.nan_to_num(scaled, nan=0.0) * weights, np.float64)
