"""What was changed: each field before and after, with blanks at the edges made visible."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tilth.recipes.evidence import Line, RunEvidence
from tilth.recipes.report.removals import place_of
from tilth.recipes.report.words import Piece, compare, edges_shown
from tilth.schemas import dump_json
from tilth.schemas.safe_text import safe_text

EXAMPLES = 6
"""Changes shown; the file has them all."""
_PROVENANCE: Final = frozenset({"id", "meta"})


@dataclass(frozen=True)
class Change:
    """One field of one record."""

    place: str
    field: str
    before: list[Piece]
    after: list[Piece]


@dataclass(frozen=True)
class StepChanges:
    """The changes of one step."""

    operation: str
    count: int
    file: str
    shown: list[Change]


def changes(run: RunEvidence) -> list[StepChanges]:
    """Every step that changed what is in rows, with some of them."""
    return [
        StepChanges(
            step.name,
            step.changed,
            (step.folder / "changes.jsonl").relative_to(run.folder).as_posix(),
            _shown(step.changes()),
        )
        for step in run.steps
        if step.changed
    ]


def _shown(lines: Iterator[Line]) -> list[Change]:
    shown: list[Change] = []
    for line in lines:
        if line["before"] is None:  # taken out for privacy: there is nothing to lay beside
            continue
        for path, before, after in _differences(line["before"], line["after"]):
            if len(shown) == EXAMPLES:
                return shown
            shown.append(Change(place_of(line["before"]), path, *compare_values(before, after)))
    return shown


def compare_values(before: Any, after: Any) -> tuple[list[Piece], list[Piece]]:
    """Two values of a field as text, cut where they differ."""
    if isinstance(before, str) and isinstance(after, str):
        if before.strip() == after.strip():
            return [Piece(edges_shown(before), False)], [Piece(edges_shown(after), False)]
        return compare(before, after)
    return [Piece(_as_text(before), True)], [Piece(_as_text(after), True)]


def _differences(before: Any, after: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """The deepest values that differ, each with its path, such as `answers[0].start`."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in dict.fromkeys([*before, *after]):
            if path or name not in _PROVENANCE:
                yield from _differences(before.get(name), after.get(name), f"{path}.{name}" if path else name)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (left, right) in enumerate(zip(before, after, strict=True)):
            yield from _differences(left, right, f"{path}[{index}]")
    elif before != after:
        yield path, before, after


def _as_text(value: Any) -> str:
    return "absent" if value is None else safe_text(value if isinstance(value, str) else dump_json(value).decode())
