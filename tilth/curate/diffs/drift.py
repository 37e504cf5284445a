"""How far a distribution has moved from one data set to the other; imports numpy."""

from array import array
from collections.abc import Mapping

import numpy as np

from tilth.curate.diffs.difference import LengthDrift, ShareDrift

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def length_drift(unit: str, before: "array[float]", after: "array[float]") -> LengthDrift:
    """Two sets of lengths side by side."""
    sides = [np.frombuffer(values, np.float32) if values else np.empty(0, np.float32) for values in (before, after)]
    mean = tuple(float(np.mean(values, dtype=np.float64)) if len(values) else 0.0 for values in sides)
    quantiles: dict[str, tuple[float, float]] = {}
    if all(len(values) for values in sides):
        found = [np.quantile(values, QUANTILES).tolist() for values in sides]
        quantiles = {f"{share:g}": (old, new) for share, old, new in zip(QUANTILES, *found, strict=True)}
    return LengthDrift(unit, (len(sides[0]), len(sides[1])), (mean[0], mean[1]), quantiles)


def share_drift(before: Mapping[str, int], after: Mapping[str, int]) -> ShareDrift:
    """Two sets of counts side by side."""
    totals = [sum(counts.values()) for counts in (before, after)]
    names = list(dict.fromkeys([*before, *after]))
    if not all(totals):
        return ShareDrift({name: (before.get(name, 0), after.get(name, 0)) for name in names}, float(any(totals)))
    moved = {name: abs(before.get(name, 0) / totals[0] - after.get(name, 0) / totals[1]) for name in names}
    names.sort(key=lambda name: (-moved[name], -before.get(name, 0), name))
    counts = {name: (before.get(name, 0), after.get(name, 0)) for name in names}
    return ShareDrift(counts, sum(moved.values()) / 2)
