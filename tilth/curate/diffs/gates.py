"""Gates of a comparison: `edited>1%`, `label-drift>0.05`. One that is not passed fails the command."""

from collections.abc import Callable
from dataclasses import dataclass

from tilth.curate.condition import Condition, parse_conditions
from tilth.curate.diffs.difference import Difference
from tilth.errors import UsageError, nearest

_COUNTS: dict[str, Callable[[Difference], int]] = {
    "added": lambda found: found.added,
    "removed": lambda found: found.removed,
    "edited": lambda found: found.edited,
    "changed": lambda found: found.added + found.removed + found.edited,
    "unchanged": lambda found: found.unchanged,
    "repeats": lambda found: found.repeats[1],
}
_DRIFTS: dict[str, Callable[[Difference], float]] = {
    "label-drift": lambda found: found.labels.drift,
    "type-drift": lambda found: found.types.drift,
    "length-drift": lambda found: max(
        (found.lengths[name].drift for name in ("prompt_words", "answer_words")), default=0
    ),
    "token-drift": lambda found: found.lengths["tokens"].drift,
}
GATES = (*_COUNTS, *_DRIFTS)


@dataclass(frozen=True)
class Gate:
    """One condition under which a comparison fails. A count is compared as a share of the first side's rows (of the
    second's, for repeats) where the limit has a %."""

    condition: Condition

    @property
    def words(self) -> str:
        """As it was written."""
        return self.condition.words

    def trips(self, found: Difference) -> str | None:
        """What was found, in words, when the condition holds; None when the gate is passed."""
        name, is_share = self.condition.name, self.condition.is_share
        if name in _DRIFTS:
            value = _DRIFTS[name](found)
            shown = f"{value:.4g}"
        else:
            count = _COUNTS[name](found)
            rows = found.rows[1 if name == "repeats" else 0]
            value = count / max(rows, 1) if is_share else count
            shown = f"{count:,} of {rows:,} rows, {value:.3%}" if is_share else f"{count:,}"
        return f"{name} is {shown}" if self.condition.holds(value) else None


def parse_gates(texts: tuple[str, ...]) -> list[Gate]:
    """The gates in some texts, each with one or several between commas. Raises `UsageError` for what is none."""
    return [Gate(condition) for condition in parse_conditions(texts, "added,edited>1%,label-drift>0.05", _check)]


def _check(name: str) -> None:
    if name not in GATES:
        raise UsageError(f"there is no gate {name}", fix=nearest(name, GATES))
