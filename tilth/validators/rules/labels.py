"""Labels against the set of labels that was declared."""

from collections.abc import Iterator
from typing import Any

from tilth.errors import nearest
from tilth.schemas.problem import Path
from tilth.validators.rule import Repair, RuleContext, Violation


def undeclared(path: Path, label: Any, context: RuleContext) -> Iterator[Violation]:
    """A violation when a label is not among the declared ones; another spelling of exactly one can be repaired."""
    if not context.labels or not isinstance(label, str) or label in context.labels:
        return
    alike = [declared for declared in context.labels if _folded(declared) == _folded(label)]
    repair = Repair(alike[0]) if len(alike) == 1 else None
    expected = nearest(label, context.labels)
    yield Violation(path, "is no declared label", label, expected, repair, "declare it, or choose a declared one")


def _folded(label: str) -> str:
    return " ".join(label.casefold().replace("_", " ").replace("-", " ").split())
