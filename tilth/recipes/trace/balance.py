"""Whether the counts of a chain of steps add up: inside each step, in its files, and from step to step."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tilth.recipes.trace.steps import Step


@dataclass(frozen=True)
class Balance:
    """The books of one step."""

    step: Step
    faults: tuple[str, ...]
    """What does not add up, in words; nothing when all does."""

    def number(self, name: str) -> int:
        """One of its counts."""
        return int(self.step.counts.get(name) or 0)


def balances(steps: Sequence[Step]) -> list[Balance]:
    """The books of every step that kept some, in their order."""
    return [Balance(step, tuple(_faults(step, steps))) for step in steps if step.counts]


def _faults(step: Step, steps: Sequence[Step]) -> Iterator[str]:
    counts = {name: value for name, value in step.counts.items() if isinstance(value, int)}
    came, left = counts.get("in", 0) + counts.get("made", 0), counts.get("kept", 0)
    left += counts.get("set_aside", 0) + counts.get("rejected", 0)
    if came != left:
        yield f"{came:,} rows came in and {left:,} are accounted for"
    by_code = sum((step.counts.get("by_code") or {}).values())
    if by_code != counts.get("set_aside", 0):
        yield f"{counts.get('set_aside', 0):,} rows are set aside, and {by_code:,} have a reason"
    for kind, name in (("set-aside", "set_aside"), ("restored", "restored"), ("rejects", "rejected")):
        number, words = counts.get(name, 0), name.replace("_", " ")
        if kind not in step.evidence:
            if number:
                yield f"{number:,} rows are {words}, and the file that lists them is gone"
        elif (listed := _line_count(step.evidence[kind])) != number:
            yield f"{number:,} rows are {words}, and {step.evidence[kind].name} lists {listed:,}"
    if len(step.came) == 1:
        makers = [other for other in steps if other is not step and other.left == step.came and other.counts]
        read, most = int(step.read.get("rows", counts.get("in", 0))), step.read.get("limit")
        handed_on = {int(other.counts.get("kept", 0)) for other in makers}
        if handed_on and read not in (handed_on if most is None else {min(rows, int(most)) for rows in handed_on}):
            asked = "" if most is None else f" of at most {int(most):,}"
            yield f"{read:,} rows{asked} came in, and {makers[0].title} handed on {makers[0].counts.get('kept', 0):,}"


def _line_count(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in file)
