"""A finding: what is wrong, where, how badly, and what to do about it."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from tilth.schemas.safe_text import safe_text
from tilth.validators.rule import Repair, Severity

SHOWN_CHARACTERS = 60
"""How much of a record's text a message quotes."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with one record."""

    file: str
    line: int
    id: str
    """The record's content identity."""
    field: str
    """Dotted path of the place, such as `messages[2].content`; empty when it is the whole record."""
    code: str
    """Stable and kebab-case."""
    severity: Severity
    message: str
    found: Any
    """The value that is there, as it is: raw text of a record, never to be shown without `safe_text`."""
    expected: str
    fix: str
    """What to do, in words."""
    repair: Repair | None = None
    """The value that `--fix` puts there, where there is one right answer."""

    def as_json(self) -> dict[str, Any]:
        """The finding as JSON values, with a `fixable` for the repair."""
        plain = {name: value for name, value in asdict(self).items() if name != "repair"}
        return {**plain, "fixable": self.repair is not None}

    def __str__(self) -> str:
        """One line, as a compiler writes it. Record text in it is cut and made safe to show."""
        fix = f"; {self.fix}" if self.fix else ""
        return safe_text(f"{self.file}:{self.line}: {self._said()}{fix}", one_line=True)

    def brief(self) -> str:
        """The finding without its place in the file, for a list of several about one row."""
        return safe_text(self._said(), one_line=True)

    def _said(self) -> str:
        place = f"{shortened(self.field)}: " if self.field else ""
        return f"{place}{self.code}: {self.message}{self._evidence()}"

    def _evidence(self) -> str:
        words = []
        if self.found not in (None, "", [], {}):
            words.append(f"found {quoted(self.found)}")
        if self.expected:
            words.append(f"expected {shortened(self.expected)}")
        return f" ({', '.join(words)})" if words else ""


def quoted(value: Any) -> str:
    """A value as a message quotes it: JSON, cut to a width. Never raises, whatever the value."""
    if isinstance(value, str):
        return json.dumps(shortened(value), ensure_ascii=False)
    return shortened(json.dumps(value, ensure_ascii=False, default=str))


def shortened(text: str) -> str:
    """The text, cut where it becomes longer than a message can quote."""
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[: SHOWN_CHARACTERS - 1]}…"
