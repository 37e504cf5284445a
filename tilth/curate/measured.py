"""Signals of a whole data set in columns, and which rows lie outside the fences of their group; imports numpy."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tilth.curate.fences import Fence, Method, fence
from tilth.curate.fields import NumericField
from tilth.curate.signals import Signal, signal_named
from tilth.errors import UsageError, nearest
from tilth.operation import Dataset

Side = Literal["both", "high", "low"]
Scale = Literal["auto", "linear", "log"]
Column = Signal | NumericField
_BINS = 20
_GROUPS_SHOWN = 50  # the facts name the fences of so many groups, the largest; each row's reason names its own


@dataclass(frozen=True)
class Outside:
    """Which rows lie outside, and by how much: for each row the signal that is farthest out."""

    fences: dict[tuple[str, int], Fence]
    signal: NDArray[np.int64]
    """Number of that signal; -1 for a row that lies within all fences."""
    distance: NDArray[np.float64]
    """In spreads; negative on the low side."""
    distances: NDArray[np.float64]
    """The same for every signal, shape (signals, rows)."""


class Measured:
    """Eight bytes for each row and signal, and the group of each row."""

    def __init__(
        self, signals: Sequence[Column], values: NDArray[np.float64], groups: NDArray[np.int64], names: list[str]
    ):
        self.signals, self.values, self.groups, self.names = signals, values, groups, names

    def outside(self, method: Method, factor: float, side: Side, scale: Scale) -> Outside:
        """Rows whose value lies beyond the fence of their group, on the sides asked for."""
        fences: dict[tuple[str, int], Fence] = {}
        distances = np.zeros(self.values.shape)
        for number, signal in enumerate(self.signals):
            is_log = scale == "log" or (scale == "auto" and signal.is_skewed)
            for group, rows in enumerate(self.rows_by_group()):
                made = fence(self.values[number, rows], method, factor, is_log=is_log)
                fences[signal.name, group] = made
                distances[number, rows] = made.distances(self.values[number, rows])
        if side != "both":
            distances = np.clip(distances, *((0, None) if side == "high" else (None, 0)))
        farthest = np.argmax(np.abs(distances), axis=0)
        distance = np.take_along_axis(distances, farthest[None], axis=0)[0]
        return Outside(fences, np.where(np.abs(distance) > factor, farthest, -1), distance, distances)

    def rows_by_group(self) -> list[NDArray[np.int64]]:
        """The numbers of the rows of each group; one sort, however many groups there are."""
        order = np.argsort(self.groups, kind="stable")
        return (
            np.split(order, np.cumsum(np.bincount(self.groups, minlength=len(self.names)))[:-1]) if len(order) else []
        )

    def words(self, row: int, number: int, outside: Outside) -> str:
        """The arithmetic of one value outside its fence: the value, the fence and what that is made of."""
        column, value = self.signals[number], float(self.values[number, row])
        fence = outside.fences[column.name, int(self.groups[row])]
        is_high = outside.distances[number, row] > 0
        bound = f"above {fence.high:.4g}" if is_high else f"below {fence.low:.4g}"
        return f"{column.name} {value:.4g} is {bound} ({fence.describe(is_high=bool(is_high))})"

    def facts(self, outside: Outside) -> dict[str, Any]:
        """Fences by signal and group, and how the values spread before and after, for the report."""
        sizes = np.bincount(self.groups, minlength=len(self.names))
        largest = sorted(np.argsort(-sizes, kind="stable")[:_GROUPS_SHOWN].tolist())
        return {
            signal.name: {
                "unit": signal.unit,
                "summary": signal.summary,
                "groups": len(self.names),
                "fences": {self.names[group]: outside.fences[signal.name, group].facts() for group in largest},
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


@dataclass(frozen=True)
class Space:
    """Where records lie near each other: a model, or hashed n-grams when none is named, and how many count as near."""

    model: Path | None = None
    neighbours: int = 10


def measure(
    data: Dataset, names: Sequence[str], group: str, *, fields: Sequence[str] = (), space: Space | None = None
) -> Measured:
    """One pass over the data. Raises `UsageError` for a field that has a number in no record."""
    numeric = [NumericField(name) for name in dict.fromkeys(fields)]
    columns: list[Column] = [*(signal_named(name) for name in dict.fromkeys(names)), *numeric]
    found: list[list[NDArray[np.float64]]] = [[] for _ in columns]
    groups, codes, texts = array("q"), dict[str, int](), list[str]()
    needs_texts = any(column.needs == "set" for column in columns)
    known: set[str] = set()
    for batch in data.batches():
        for parts, column in zip(found, columns, strict=True):
            parts.append(np.full(len(batch), np.nan) if column.needs == "set" else column.measure(batch))
        if numeric:
            known.update(name for record in batch.records for name in (*record, *(record.get("extra") or ())))
        if needs_texts:
            texts.extend(text or "" for text in batch.column("text").to_pylist())
        named = batch.column(group).to_pylist() if group else ["all"] * len(batch)
        groups.extend(codes.setdefault(name or "none", len(codes)) for name in named)
    values = np.array([np.concatenate(column) if column else np.empty(0) for column in found])
    for place, column in enumerate(columns):
        if column.needs == "set" and len(groups):
            values[place] = _distances(texts, space or Space())
        if isinstance(column, NumericField) and len(groups) and np.isnan(values[place]).all():
            raise _no_numbers(column.name, known)
    return Measured(columns, values, np.array(groups, np.int64), list(codes))


def _distances(texts: list[str], space: Space) -> NDArray[np.float64]:
    """Mean cosine distance of each text to its nearest ones; NaN for a text that is empty or alone."""
    from tilth.curate.semantic.embedder import embedder
    from tilth.curate.semantic.neighbours import knn_distance

    model = embedder(None if space.model is None else str(space.model))
    said = np.array([bool(text.strip()) for text in texts])
    spoken = [text for text in texts if text.strip()]
    distances = np.full(len(texts), np.nan)
    if spoken:
        model.learn(spoken)
        distances[said] = knn_distance(model.embed(spoken), space.neighbours)
    return distances


def _no_numbers(name: str, known: set[str]) -> UsageError:
    first = name.split(".")[0]
    if first in known:
        return UsageError(f"{name} holds no number in any record")
    return UsageError(f"no record has a field {name}", fix=nearest(name, known - {"type", "id", "meta", "extra"}))
