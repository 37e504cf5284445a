"""What was grown: new rows, the candidates that were turned down and why, and who answered."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from tilth.recipes.evidence import Line, RunEvidence, StepEvidence, read_lines
from tilth.recipes.report.removals import Removal, Shown, removals, show
from tilth.recipes.report.words import count_of

EXAMPLES = 4
"""New rows shown."""


@dataclass(frozen=True)
class Growth:
    """One step that made rows."""

    operation: str
    model: str
    made: int
    kept: int
    turned_down: list[Removal]
    rounds: list[dict[str, Any]]
    stopped: str
    answered_by: str
    is_recorded: bool
    """No model was asked: every answer came from a file."""
    live_flag: str
    shown: list[Shown]


def growths(run: RunEvidence) -> list[Growth]:
    """The steps that made rows, in order."""
    return [_growth(run, step) for step in run.kind("make")]


def _growth(run: RunEvidence, step: StepEvidence) -> Growth:
    counts, facts = step.counts, step.facts
    made = counts.get("made", 0)
    recorded, sent = facts.get("answers_recorded", 0), facts.get("requests_sent", 0)
    return Growth(
        operation=step.name,
        model=str(facts.get("model") or step.options.get("model") or ""),
        made=made,
        kept=made - counts["set_aside"],
        turned_down=removals_of(run, step),
        rounds=list(facts.get("rounds", ())),
        stopped=str(facts.get("stopped") or ""),
        answered_by=_answered_by(step, recorded, sent),
        is_recorded=bool(recorded) and not sent,
        live_flag=f"--set {step.name}.endpoint=http://127.0.0.1:8080/v1",
        shown=[show(row) for row in islice(_new_rows(step), EXAMPLES)],
    )


def removals_of(run: RunEvidence, step: StepEvidence) -> list[Removal]:
    """The reasons of one step alone."""
    return [removal for removal in removals(run, [step]) if removal.operation == step.name]


def _answered_by(step: StepEvidence, recorded: int, sent: int) -> str:
    sources = []
    if recorded:
        sources.append(f"{count_of(recorded, 'answer')} from the file {step.options.get('answers')}")
    if reused := step.facts.get("answers_reused", 0):
        sources.append(f"{count_of(reused, 'answer')} that the ledger held already")
    if sent:
        cost = step.facts.get("cost_usd")
        price = f", for at most ${cost:.4f}" if isinstance(cost, int | float) and cost else ""
        sources.append(f"{count_of(sent, 'request')} sent to {step.options.get('endpoint') or 'the endpoint'}{price}")
    return "; ".join(sources)


def _new_rows(step: StepEvidence) -> Iterator[Line]:
    for path in step.tables:
        for row in read_lines(path):
            if ((row.get("meta") or {}).get("generator") or {}).get("name") == step.name:
                yield row
