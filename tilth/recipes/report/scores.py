"""The scores: how records were graded or scored, what cost points, and whether a fitted score keeps its word."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup

from tilth.recipes.evidence import RunEvidence, StepEvidence
from tilth.recipes.report import charts
from tilth.recipes.report.words import code_words, count_of, number

_SHOWN: Final = 12
"""Rows of a table; what comes after is rare or counts for little."""


@dataclass(frozen=True)
class Scores:
    """One step that scored rows, or fitted a score."""

    title: str
    sentence: str
    chart: Markup | None
    heads: tuple[str, ...]
    """Column titles of the table, of which all but the first stand over numbers; empty when there is no table."""
    rows: Sequence[tuple[str, ...]]


def scores(run: RunEvidence) -> list[Scores]:
    """One part for each `score`, `grade` and `fit-score` step, in the order of the run."""
    return [part for step in run.steps for part in _parts(step) if part is not None]


def _parts(step: StepEvidence) -> list[Scores | None]:
    facts = step.facts
    if "reliability" in facts:
        return [_fitted(facts)]
    if step.name in ("score", "grade") and facts.get("mean_score") is not None:
        return [_scored(step)]
    return []


def _scored(step: StepEvidence) -> Scores:
    facts = step.facts
    histogram, minimum = facts["histogram"], float(facts.get("minimum") or 0)
    edges, rows = histogram["edges"], histogram["rows"]
    kept = [count if edge + 1e-9 >= minimum else 0 for edge, count in zip(edges, rows, strict=False)]
    bins = charts.Bins(0.0, edges[1] - edges[0], rows, kept, False)
    total = sum(rows)
    sentence = f"{count_of(total, 'record')}, {number(facts['mean_score'])} points on average"
    if minimum:
        sentence += f"; {count_of(step.counts['set_aside'], 'record')} below {minimum:g} set aside"
    chart = charts.histogram(bins, label=f"Scores of {step.name}: {sentence}", unit="points of 100")
    if "deductions" in facts:
        sentence += f"; {count_of(facts['without_deduction'], 'record')} without a deduction"
        table = [
            (_cost(name), number(one["rows"]), number(one["points"]))
            for name, one in list(facts["deductions"].items())[:_SHOWN]
        ]
        return Scores("Quality of the records", f"{sentence}.", chart, ("What cost points", "records", "points"), table)
    weights = facts.get("weights") or facts.get("points") or {}
    parts = [(name, number(weight)) for name, weight in list(weights.items())[:_SHOWN]]
    return Scores("Quality of the answers", f"{sentence}.", chart, ("Part", "weight"), parts)


def _fitted(facts: Mapping[str, Any]) -> Scores:
    sentence = (
        f"Fitted to {count_of(facts['rows'], 'verdict')}, {number(facts['good'])} of them good. On rows that a fit had "
        f"not seen: area under the curve {number(facts['auc'])}, Brier score {number(facts['brier'])}, calibration "
        f"error {number(facts['calibration_error'])}."
    )
    table = [
        (
            f"{100 * row['from']:.0f} to {100 * row['to']:.0f}",
            number(row["rows"]),
            f"{row['expected']:.0%}",
            f"{row['good']:.0%}",
        )
        for row in facts["reliability"]
    ]
    heads = ("Score", "rows", "expected good", "found good")
    return Scores("Calibration of the fitted score", sentence, None, heads, table)


def _cost(name: str) -> str:
    code, _, field = name.partition(" ")
    return f"{code_words(code)}: {field}" if field else code_words(code)
