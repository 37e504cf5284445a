"""The flow of rows: what went into each step, what it made, and where every row of it is."""

from dataclasses import dataclass

from markupsafe import Markup

from tilth.recipes.evidence import RunEvidence, StepEvidence
from tilth.recipes.report import charts
from tilth.recipes.report.splits import split_order
from tilth.recipes.report.words import code_words, duration

_VERBS = {"read": "reads", "judge": "judges", "rewrite": "may change rows", "make": "makes rows", "build": "builds"}


@dataclass(frozen=True)
class FlowLine:
    """One step. `adds_up` is checked here again: rows in + made = kept + set aside + rejected."""

    name: str
    verb: str
    rows_in: int
    made: int
    kept: int
    set_aside: int
    rejected: int
    changed: int
    restored: int
    """Rows among the kept that stay because a person said so."""
    annotated: int
    """Rows that something was written beside, such as a score, and whose content is what it was."""
    decisions: list[tuple[str, int]]
    """What reviewers left, for a step that applies their decisions."""
    parts: list[tuple[str, int]]
    reasons: list[tuple[str, int]]
    seconds: str
    is_reused: bool
    bar: Markup

    @property
    def adds_up(self) -> bool:
        """True when every row of the step is accounted for."""
        return self.rows_in + self.made == self.kept + self.set_aside + self.rejected


def flow(run: RunEvidence) -> list[FlowLine]:
    """One line for each step, on one scale."""
    widest = max(step.counts["in"] + step.counts.get("made", 0) for step in run.steps)
    return [_line(step, widest) for step in run.steps]


def _line(step: StepEvidence, widest: int) -> FlowLine:
    counts = step.counts
    made = counts.get("made", 0)
    grown = max(0, made - counts["set_aside"]) if step.kind == "make" else 0
    pieces = [
        ("kept", counts["kept"] - grown),
        ("grown", grown),
        ("aside", counts["set_aside"]),
        ("rejected", counts["rejected"]),
    ]
    label = f"{step.name}: {counts['kept']} kept, {counts['set_aside']} set aside, {counts['rejected']} rejected"
    reasons = sorted(counts["by_code"].items(), key=lambda item: (-item[1], item[0]))
    return FlowLine(
        name=step.name,
        verb=_VERBS.get(step.kind, step.kind),
        rows_in=counts["in"],
        made=made,
        kept=counts["kept"],
        set_aside=counts["set_aside"],
        rejected=counts["rejected"],
        changed=step.changed,
        restored=counts.get("restored", 0),
        annotated=counts.get("changed", 0) - step.changed,
        decisions=list((step.facts.get("decisions") or {}).items()),
        parts=sorted((counts.get("parts") or {}).items(), key=lambda part: split_order(part[0])),
        reasons=[(code_words(code), count) for code, count in reasons],
        seconds=duration(float(step.summary["seconds"])),
        is_reused=bool(step.summary.get("reused")),
        bar=charts.stack(pieces, widest, label=label),
    )
