"""Fences around the bulk of a set of numbers; imports numpy."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Method = Literal["iqr", "mad", "z"]

MIN_ROWS = 8  # quartiles of fewer values are not worth a verdict
_MAD_TO_SIGMA = 1.4826  # the median absolute deviation of a normal distribution, times this, is its standard deviation


@dataclass(frozen=True)
class Fence:
    """The range within which values count as usual, on the scale on which it was measured."""

    method: Method
    is_log: bool
    rows: int
    base_low: float
    """What the low fence is measured from: the first quartile, the median, or the mean."""
    base_high: float
    spread: float
    """Interquartile range, scaled median absolute deviation, or standard deviation."""
    factor: float
    without: str = ""
    """Why there is no fence, where there is none."""

    @property
    def low(self) -> float:
        """Values below it are outliers; in the signal's own unit."""
        return -np.inf if self.without else float(self._back(self.base_low - self.factor * self.spread))

    @property
    def high(self) -> float:
        """Values above it are outliers; in the signal's own unit."""
        return np.inf if self.without else float(self._back(self.base_high + self.factor * self.spread))

    def distances(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """How many spreads each value lies above (positive) or below (negative) what the fence is measured from."""
        if self.without:
            return np.zeros(len(values))
        scaled = np.log1p(values) if self.is_log else values
        above = np.maximum(scaled - self.base_high, 0)
        below = np.minimum(scaled - self.base_low, 0)
        return np.nan_to_num(np.asarray((above + below) / self.spread, np.float64), nan=0.0)

    def describe(self, *, is_high: bool) -> str:
        """The arithmetic of one side, for people."""
        base, spread = self.base_high if is_high else self.base_low, self.spread
        named = {"iqr": "Q3" if is_high else "Q1", "mad": "median", "z": "mean"}[self.method]
        unit = {"iqr": "IQR", "mad": "MAD", "z": "SD"}[self.method]
        sign = "+" if is_high else "-"
        if self.is_log:
            return f"{named} {self._back(base):.4g}, {self.factor:g} x {unit} on a log scale"
        return f"{named} {base:.4g} {sign} {self.factor:g} x {unit} {spread:.4g}"

    def facts(self) -> dict[str, Any]:
        """For the report."""
        if self.without:
            return {"rows": self.rows, "no_fence": self.without}
        fence = {"low": self.low, "high": self.high, "from_low": float(self._back(self.base_low))}
        return {"rows": self.rows, **fence, "from_high": float(self._back(self.base_high)), "spread": self.spread}

    def _back(self, scaled: float) -> float:
        return float(np.expm1(scaled)) if self.is_log else float(scaled)


def fence(values: NDArray[np.float64], method: Method, factor: float, *, is_log: bool) -> Fence:
    """The fence of some values; NaN is left out. Without spread, or with too few values, there is none."""
    known = values[~np.isnan(values)] if len(values) >= MIN_ROWS else values
    if len(known) < MIN_ROWS:
        return Fence(method, is_log, len(known), 0, 0, 0, factor, f"fewer than {MIN_ROWS} values")
    scaled = np.log1p(known) if is_log else known
    if method == "iqr":
        low, high = (float(quartile) for quartile in np.percentile(scaled, [25, 75]))
        spread = high - low
    elif method == "z":
        low = high = float(np.mean(scaled))
        spread = float(np.std(scaled))
    else:
        low = high = float(np.median(scaled))
        spread = _MAD_TO_SIGMA * float(np.median(np.abs(scaled - low)))
    # Rounding alone can leave a trace of spread among equal values.
    without = "" if spread > 1e-9 * max(1.0, abs(high)) else "most values are equal"
    return Fence(method, is_log, len(known), low, high, spread, factor, without)
