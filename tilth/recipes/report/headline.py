"""The top of the report: a few sentences that a person without the time for the rest can act on, and five figures."""

from dataclasses import dataclass

from tilth.recipes.evidence import RunEvidence
from tilth.recipes.planted import Comparison
from tilth.recipes.report.training import Evaluation, Training
from tilth.recipes.report.words import code_words, count_of, listed, number


@dataclass(frozen=True)
class Headline:
    """Sentences and figures."""

    sentences: list[str]
    figures: list[tuple[str, str]]
    """Figure and what it counts."""


def headline(
    run: RunEvidence, trained: list[Training], evaluated: list[Evaluation], planted: Comparison | None
) -> Headline:
    """What came in, what left, why, and what the model learned."""
    came_in, rejected = run.first.counts["in"], run.first.counts["rejected"]
    aside = sum(step.counts["set_aside"] for step in run.steps if step.kind not in ("make", "build"))
    changed = sum(step.changed for step in run.steps)
    made = sum(step.counts.get("made", 0) - step.counts["set_aside"] for step in run.kind("make"))
    left = run.last.counts["kept"]
    sentences = [_flow(came_in, len(run.first.summary["inputs"]), rejected + aside, changed, made, left)]
    if reasons := _reasons(run, rejected):
        sentences.append(reasons)
    if evaluated:
        sentences.append(evaluated[-1].sentence)
    elif trained:
        sentences.append(trained[-1].sentence)
    if planted is not None:
        sentences.append(_planted(planted))
    figures = [(number(came_in), "rows in"), (number(rejected + aside), "removed"), (number(changed), "changed")]
    if run.kind("make"):
        figures.append((number(made), "grown"))
    figures.append((number(left), "rows out"))
    return Headline(sentences, figures)


def _flow(came_in: int, files: int, removed: int, changed: int, made: int, left: int) -> str:
    middle = [f"{count_of(removed, 'row')} {'was' if removed == 1 else 'were'} removed"]
    if changed:
        middle.append(f"{number(changed)} changed")
    if made:
        middle.append(f"{number(made)} grown")
    return (
        f"{count_of(came_in, 'row')} came in from {count_of(files, 'file')}, {listed(middle)}, and "
        f"{count_of(left, 'row')} left as training data."
    )


def _reasons(run: RunEvidence, rejected: int) -> str:
    by_code: dict[str, int] = {"unreadable-row": rejected} if rejected else {}
    for step in run.steps:
        if step.kind not in ("make", "build"):
            for code, count in step.counts["by_code"].items():
                by_code[code] = by_code.get(code, 0) + count
    common = sorted(by_code.items(), key=lambda item: (-item[1], item[0]))[:3]
    if not common:
        return ""
    named = [f"{code_words(code)[:1].lower()}{code_words(code)[1:]} ({count})" for code, count in common]
    return f"The commonest {'reason' if len(named) == 1 else 'reasons'} for a removal: {listed(named)}."


def _planted(planted: Comparison) -> str:
    alarms = len(planted.false_alarms)
    clean = "no clean row was removed" if not alarms else f"{count_of(alarms, 'clean row')} removed by mistake"
    return f"Of {count_of(planted.planted, 'planted defect')}, {number(planted.found)} turned up; {clean}."
