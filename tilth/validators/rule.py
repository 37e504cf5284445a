"""What a rule is: a code, how much it weighs, and a function that finds its violations in one record."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from tilth.schemas import Fields
from tilth.schemas.problem import Path

Severity = Literal["error", "warning"]
"""An error sets the row aside; a warning only says so."""


@dataclass(frozen=True)
class Repair:
    """The one right value for the place of a violation."""

    value: Any


@dataclass(frozen=True)
class Violation:
    """One breach of a rule: where, what was found, what was expected and, if there is only one, the remedy."""

    path: Path
    message: str
    """Present tense, continues the name of the field: `output` ... `holds no text`."""
    found: Any = None
    expected: str = ""
    repair: Repair | None = None
    hint: str = ""
    """What a person can do where there is no repair."""


@dataclass(frozen=True)
class RuleContext:
    """What the user declared about the whole set, for rules that compare with it."""

    labels: frozenset[str] = field(default_factory=frozenset)
    """The labels that may occur; empty when none were declared."""


Check = Callable[[Fields, RuleContext], Iterator[Violation]]


@dataclass(frozen=True)
class Rule:
    """One rule. Its check never raises, whatever the record: values of a wrong type are for the schema to report."""

    code: str
    """Kebab-case and stable."""
    severity: Severity
    summary: str
    """One line: what a record must not be."""
    check: Check


def rule(code: str, severity: Severity = "error") -> Callable[[Check], Rule]:
    """Decorator: a rule from its check; the first line of the docstring is its summary."""
    return lambda check: Rule(code, severity, (check.__doc__ or "").strip().splitlines()[0], check)
