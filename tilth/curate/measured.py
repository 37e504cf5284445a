"""Signals of a whole data set in columns, and which rows lie outside the fences of their group; imports numpy."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tilth.curate.fences import Fence, Method, fence
from tilth.curate.signals import Signal, signal_named
from tilth.operation import Dataset

Side = Literal["both", "high", "low"]
Scale = Literal["auto", "linear", "log"]
_BINS = 20


@dataclass(frozen=True)
class Outside:
    """Which rows lie outside, and by how much: for each row the signal that is farthest out."""

    fences: dict[tuple[str, int], Fence]
    signal: NDArray[np.int64]
    """Number of that signal; -1 for a row that lies within all fences."""
    distance: NDArray[np.float64]
    """In spreads; negative on the low side."""


class Measured:
    """Eight bytes for each row and signal, and the group of each row."""

    def __init__(
        self, signals: Sequence[Signal], values: NDArray[np.float64], groups: NDArray[np.int64], names: list[str]
    ):
        self.signals, self.values, self.groups, self.names = signals, values, groups, names

    def outside(self, method: Method, factor: float, side: Side, scale: Scale) -> Outside:
        """Rows whose value lies beyond the fence of their group, on the sides asked for."""
        fences: dict[tuple[str, int], Fence] = {}
        distances = np.zeros(self.values.shape)
        for number, signal in enumerate(self.signals):
            is_log = scale == "log" or (scale == "auto" and signal.is_skewed)
            for group in range(len(self.names)):
                rows = np.flatnonzero(self.groups == group)
                made = fence(self.values[number, rows], method, factor, is_log=is_log)
                fences[signal.name, group] = made
                distances[number, rows] = made.distances(self.values[number, rows])
        if side != "both":
            distances = np.clip(distances, *((0, None) if side == "high" else (None, 0)))
        farthest = np.argmax(np.abs(distances), axis=0)
        distance = np.take_along_axis(distances, farthest[None], axis=0)[0]
        return Outside(fences, np.where(np.abs(distance) > factor, farthest, -1), distance)

    def facts(self, outside: Outside) -> dict[str, Any]:
        """Fences by signal and group, and how the values spread before and after, for the report."""
        return {
            signal.name: {
                "unit": signal.unit,
                "summary": signal.summary,
                "fences": {name: outside.fences[signal.name, group].facts() for group, name in enumerate(self.names)},
                "histogram": self._histogram(number, outside),
            }
            for number, signal in enumerate(self.signals)
        }

    def _histogram(self, number: int, outside: Outside) -> dict[str, Any]:
        known = ~np.isnan(self.values[number])
        before = self.values[number][known]
        if not len(before):
            return {"edges": [], "before": [], "after": []}
        low, high = float(before.min()), float(before.max())
        is_log = any(fence.is_log for (name, _), fence in outside.fences.items() if name == self.signals[number].name)
        edges = (
            np.expm1(np.linspace(np.log1p(low), np.log1p(high), _BINS + 1))
            if is_log
            else np.linspace(low, high, _BINS + 1)
        )
        edges[0], edges[-1] = low, high  # rounding must not push the extremes out of the last bins
        after = before[outside.signal[known] < 0]
        counts = [
            np.histogram(values, edges)[0].tolist() if high > low else [len(values)] for values in (before, after)
        ]
        return {"edges": edges.tolist() if high > low else [low, high], "before": counts[0], "after": counts[1]}


def measure(data: Dataset, names: Sequence[str], group: str) -> Measured:
    """One pass over the data."""
    signals = [signal_named(name) for name in dict.fromkeys(names)]
    columns: list[list[NDArray[np.float64]]] = [[] for _ in signals]
    groups, codes = array("q"), dict[str, int]()
    for batch in data.batches():
        for column, signal in zip(columns, signals, strict=True):
            column.append(signal.measure(batch))
        named = batch.column(group).to_pylist() if group else ["all"] * len(batch)
        groups.extend(codes.setdefault(name or "none", len(codes)) for name in named)
    values = np.array([np.concatenate(column) if column else np.empty(0) for column in columns])
    return Measured(signals, values, np.array(groups, np.int64), list(codes))
