"""Before and after: how long prompts and answers are, and how they relate, as two histograms over the same bins."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from markupsafe import Markup

from tilth.recipes.evidence import RunEvidence, read_lines
from tilth.recipes.report import charts
from tilth.recipes.report.words import number
from tilth.schemas import Parts, parts

_SPANS_AND_LABELS: Final = frozenset({"qa", "ner", "classification"})
"""Record types whose answer is a place or a name: their length says nothing about writing."""
_BINS: Final = 24
_SHARE_SHOWN: Final = 0.97
"""Share of the rows that the plain bins cover; the rest goes into the last one, or outliers would flatten all else."""


@dataclass(frozen=True)
class Distribution:
    """One measure of the written rows, before and after."""

    title: str
    chart: Markup
    before: str
    after: str


@dataclass(frozen=True)
class _Measure:
    title: str
    unit: str
    of: Callable[[Parts], float | None]
    digits: int = 0


def _words(text: str | None) -> float | None:
    return None if text is None else float(len(text.split()))


def _ratio(record: Parts) -> float | None:
    prompt, answer = _words(record.prompt), _words(record.answer)
    return round(answer / prompt, 1) if prompt and answer is not None else None


_MEASURES: Final = (
    _Measure("Length of answers", "words in the answer", lambda record: _words(record.answer)),
    _Measure("Length of prompts", "words in the prompt", lambda record: _words(record.prompt)),
    _Measure("Answer to prompt", "words in the answer for each word of the prompt", _ratio, 1),
)


def distributions(run: RunEvidence) -> list[Distribution]:
    """The three measures over rows with a written answer; an empty list when there are none."""
    before, after = _counted(run.first.tables), _counted(run.last.tables)
    return [
        _distribution(measure, left, right)
        for measure, left, right in zip(_MEASURES, before, after, strict=True)
        if left and right
    ]


def _counted(tables: Iterable[Path]) -> list[Counter[float]]:
    """Values counted, not collected: the memory does not grow with the rows."""
    counters: list[Counter[float]] = [Counter() for _ in _MEASURES]
    for path in tables:
        for row in read_lines(path):
            if row.get("type") in _SPANS_AND_LABELS:
                continue
            record = parts(row)
            for counter, measure in zip(counters, _MEASURES, strict=True):
                if (value := measure.of(record)) is not None:
                    counter[value] += 1
    return counters


def _distribution(measure: _Measure, before: Counter[float], after: Counter[float]) -> Distribution:
    limit = _quantile(before, _SHARE_SHOWN)
    width = _bin_width(limit, whole=measure.digits == 0)
    plain = int(limit / width) + 1
    has_more = max(max(before), max(after)) >= plain * width
    bins = charts.Bins(
        0.0,
        width,
        _binned(before, width, plain, has_more),
        _binned(after, width, plain, has_more),
        has_more,
    )
    label = f"{measure.title}: {_summary(before)} before, {_summary(after)} after"
    return Distribution(
        measure.title, charts.histogram(bins, label=label, unit=measure.unit), _summary(before), _summary(after)
    )


def _bin_width(limit: float, *, whole: bool) -> float:
    raw = max(limit, 1) / _BINS
    width = charts.nice_ticks(0, raw, 1)[1]
    return max(1.0, round(width)) if whole else width


def _binned(counted: Mapping[float, int], width: float, plain: int, has_more: bool) -> list[int]:
    bins = [0] * (plain + has_more)
    for value, rows in counted.items():
        bins[min(int(value / width + 1e-9), len(bins) - 1)] += rows
    return bins


def _summary(counted: Counter[float]) -> str:
    return (
        f"median {number(_quantile(counted, 0.5))}, from {number(min(counted))} to {number(max(counted))} "
        f"({counted.total():,} rows)"
    )


def _quantile(counted: Counter[float], share: float) -> float:
    wanted, seen = share * counted.total(), 0
    for value in sorted(counted):
        seen += counted[value]
        if seen >= wanted:
            return value
    return max(counted)
