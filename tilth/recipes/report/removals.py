"""What was removed and why: each reason with its count and some rows, and the kept row that each lost against."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

from tilth.recipes.evidence import Line, RunEvidence, StepEvidence, find_rows
from tilth.recipes.report.words import Piece, code_words, compare, excerpt, number
from tilth.schemas import parts
from tilth.schemas.safe_text import safe_text

EXAMPLES = 3
"""Rows shown for each reason; the file has them all."""


@dataclass(frozen=True)
class Shown:
    """One record as the report shows it: where it lay, and its prompt and answer."""

    place: str
    text: list[Piece]
    note: str = ""


@dataclass(frozen=True)
class Example:
    """One removed row."""

    row: Shown
    detail: str
    score: str
    witness: Shown | None


@dataclass
class Removal:
    """One reason in one step."""

    code: str
    title: str
    operation: str
    count: int
    file: str
    examples: list[Example] = field(default_factory=list)


def removals(run: RunEvidence, steps: Iterable[StepEvidence]) -> list[Removal]:
    """Reasons in the order of the steps, the commonest of each step first; unreadable rows come before all."""
    found = _unreadable(run)
    for step in steps:
        by_code = sorted(step.counts["by_code"].items(), key=lambda item: (-item[1], item[0]))
        taken = _first_lines(step)
        for code, count in by_code:
            removal = Removal(code, code_words(code), step.name, count, _file(run, step, "set-aside"))
            removal.examples = _examples(step, taken.get(code, []))
            found.append(removal)
    return found


def show(row: Line, text: str | None = None) -> Shown:
    """A record with its text as one piece."""
    return Shown(place_of(row), [Piece(excerpt(text if text is not None else record_text(row)), False)])


def record_text(row: Line) -> str:
    """Prompt and answer of a record, one below the other; for a pair, both answers by name."""
    if row.get("type") == "preference":
        named = [f"{name}: {row[name]}" for name in ("chosen", "rejected") if isinstance(row.get(name), str)]
        return "\n".join([parts(row).prompt or "", *named])
    return parts(row).text


def place_of(row: Line) -> str:
    """Where a record came from: `faq.jsonl:17`, or what made it."""
    meta = row.get("meta") or {}
    source = meta.get("source") or {}
    if source:
        return safe_text(f"{source.get('file')}:{source.get('line')}", one_line=True)
    made_by = (meta.get("generator") or {}).get("name")
    return f"made by {safe_text(str(made_by), one_line=True)}" if made_by else str(row.get("id", ""))[:12]


def _first_lines(step: StepEvidence) -> dict[str, list[Line]]:
    """The first few lines of each code."""
    taken: dict[str, list[Line]] = {}
    for line in step.lines("set-aside"):
        lines = taken.setdefault(line["code"], [])
        if len(lines) < EXAMPLES:
            lines.append(line)
    return taken


def _examples(step: StepEvidence, lines: list[Line]) -> list[Example]:
    wanted = {line["against"] for line in lines if line.get("against")}
    witnesses = find_rows(step.tables, wanted)
    return [_example(line, witnesses.get(line.get("against") or "")) for line in lines]


def _example(line: Line, witness: Line | None) -> Example:
    row = {**line["row"], "id": line["id"]}
    score = "" if line.get("score") is None else number(float(line["score"]))
    detail = safe_text(line.get("detail") or "", one_line=True)
    if witness is None:
        return Example(show(row), detail, score, None)
    left, right = compare(record_text(row), record_text(witness))
    return Example(Shown(place_of(row), left), detail, score, Shown(place_of(witness), right))


def _unreadable(run: RunEvidence) -> list[Removal]:
    step, count = run.first, run.first.counts["rejected"]
    if not count:
        return []
    examples = [
        Example(
            Shown(safe_text(f"{line['file']}:{line['line']}", one_line=True), [Piece(excerpt(line["raw"]), False)]),
            safe_text(line["reason"], one_line=True),
            "",
            None,
        )
        for line in islice(step.lines("rejects"), EXAMPLES)
    ]
    return [Removal("rejected", "Could not be read", "read", count, _file(run, step, "rejects"), examples)]


def _file(run: RunEvidence, step: StepEvidence, name: str) -> str:
    return (step.folder / f"{name}.jsonl").relative_to(run.folder).as_posix()
