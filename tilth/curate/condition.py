"""Conditions such as `duplicates>1%`: the grammar that the gates of `check` and of `diff` share."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from operator import ge, gt, le, lt

from tilth.errors import UsageError

_CONDITION = re.compile(
    r"(?P<name>[a-z][a-z0-9-]*(?:\([a-z0-9_]+\))?)\s*(?:(?P<sign>>=|<=|>|<)\s*(?P<number>\d+(?:\.\d+)?|\.\d+)(?P<percent>%?))?"
)
_COMPARE: dict[str, Callable[[float, float], bool]] = {">": gt, ">=": ge, "<": lt, "<=": le}


@dataclass(frozen=True)
class Condition:
    """A measure, a sign and a limit. Without a sign and a limit it holds when there is anything at all."""

    words: str
    """As it was written."""
    name: str
    sign: str
    limit: float
    is_share: bool
    """Whether the limit was given with %: a count is then compared as a share."""

    def holds(self, value: float) -> bool:
        """Whether the condition is true of a value (a share, where `is_share`)."""
        return _COMPARE[self.sign](value, self.limit)


def parse_conditions(texts: tuple[str, ...], example: str, check: Callable[[str], None]) -> list[Condition]:
    """The conditions in some texts, each with one or several between commas.

    `check` raises for a name that is not known. Raises `UsageError`, with the example, for what is no condition.
    """
    parts = [part.strip() for text in texts for part in text.split(",") if part.strip()]
    return [_parse(part, example, check) for part in parts]


def _parse(text: str, example: str, check: Callable[[str], None]) -> Condition:
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise UsageError(f"--fail-on {text!r} is no gate", fix=f"--fail-on '{example}'")
    check(found["name"])
    limit = float(found["number"] or 0)
    is_share = bool(found["percent"])
    return Condition(text, found["name"], found["sign"] or ">", limit / 100 if is_share else limit, is_share)
