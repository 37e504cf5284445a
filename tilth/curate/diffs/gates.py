"""Gates of a comparison: `edited>1%`, `label-drift>0.05`. One that is not passed fails the command."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from operator import ge, gt, le, lt

from tilth.curate.diffs.difference import Difference
from tilth.errors import UsageError, nearest

_GATE = re.compile(r"([a-z-]+)\s*(?:(>=|<=|>|<)\s*(\d+(?:\.\d+)?|\.\d+)(%?))?")
_COMPARE = {">": gt, ">=": ge, "<": lt, "<=": le}
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
    """One condition under which a comparison fails."""

    words: str
    """As it was written."""
    name: str
    sign: str
    limit: float
    is_share: bool
    """Whether a count is compared as a share of the first side's rows (of the second's, for repeats)."""

    def trips(self, found: Difference) -> str | None:
        """What was found, in words, when the condition holds; None when the gate is passed."""
        if self.name in _DRIFTS:
            value = _DRIFTS[self.name](found)
            shown = f"{value:.4g}"
        else:
            count = _COUNTS[self.name](found)
            rows = found.rows[1 if self.name == "repeats" else 0]
            value = count / max(rows, 1) if self.is_share else count
            shown = f"{count:,} of {rows:,} rows, {value:.3%}" if self.is_share else f"{count:,}"
        return f"{self.name} is {shown}" if _COMPARE[self.sign](value, self.limit) else None


def parse_gates(texts: tuple[str, ...]) -> list[Gate]:
    """The gates in some texts, each with one or several between commas. Raises `UsageError` for what is none."""
    return [_parse(part.strip()) for text in texts for part in text.split(",") if part.strip()]


def _parse(text: str) -> Gate:
    found = _GATE.fullmatch(text)
    if found is None:
        raise UsageError(f"--fail-on {text!r} is no gate", fix="--fail-on 'added,edited>1%,label-drift>0.05'")
    name, sign, number, percent = found.groups()
    if name not in GATES:
        raise UsageError(f"there is no gate {name}", fix=nearest(name, GATES))
    limit = float(number or 0)
    return Gate(text, name, sign or ">", limit / 100 if percent else limit, bool(percent))
