"""What was removed and why: each reason with its count and some rows, and the kept row that each lost against."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

from tilth.recipes.evidence import Line, RunEvidence, StepEvidence, find_rows
from tilth.recipes.report.words import Piece, code_words, compare, edges_shown, number
from tilth.schemas import parts
from tilth.schemas.safe_text import safe_text

EXAMPLES = 3
"""Rows shown for each reason; the file has them all."""


@dataclass(frozen=True)
class Shown:
    """One record as the report shows it: where it lay, what is asked in it, and the rest of its text."""

    place: str
    asked: list[Piece]
    text: list[Piece]


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


def show(row: Line) -> Shown:
    """A record as it is."""
    asked, text = texts_of(row)
    return Shown(place_of(row), _whole(asked), _whole(text))


def show_beside(row: Line, witness: Line) -> tuple[Shown, Shown]:
    """Two records, each with the words marked in which it differs from the other."""
    asked, text = (compare(left, right) for left, right in zip(texts_of(row), texts_of(witness), strict=True))
    return Shown(place_of(row), asked[0], text[0]), Shown(place_of(witness), asked[1], text[1])


def texts_of(row: Line) -> tuple[str, str]:
    """What is asked in a record, and the rest: the answer, both answers of a pair by name, the turns by role."""
    record, kind = parts(row), row.get("type")
    if kind == "chat" and isinstance(row.get("messages"), list):
        turns = [turn for turn in row["messages"] if isinstance(turn, dict)]
        return "", "\n".join(f"{turn.get('role')}: {turn.get('content') or ''}" for turn in turns)
    if kind == "preference":
        named = [f"{name}: {row[name]}" for name in ("chosen", "rejected") if isinstance(row.get(name), str)]
        return record.prompt or "", "\n".join(named) or record.text
    if kind == "qa":
        return record.prompt or "", record.text.removeprefix(record.prompt or "").lstrip("\n")
    return (record.prompt, record.answer) if record.prompt and record.answer is not None else ("", record.text)


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
    # The detail names the witness by its place in a file of this run; here it stands beside.
    left, right = show_beside(row, witness)
    return Example(left, "", score, right)


def _whole(text: str) -> list[Piece]:
    return [Piece(edges_shown(text), False)] if text else []


def _unreadable(run: RunEvidence) -> list[Removal]:
    step, count = run.first, run.first.counts["rejected"]
    if not count:
        return []
    examples = [
        Example(
            Shown(safe_text(f"{line['file']}:{line['line']}", one_line=True), [], _whole(line["raw"].rstrip("\n"))),
            safe_text(line["reason"], one_line=True),
            "",
            None,
        )
        for line in islice(step.lines("rejects"), EXAMPLES)
    ]
    return [Removal("rejected", "Could not be read", "read", count, _file(run, step, "rejects"), examples)]


def _file(run: RunEvidence, step: StepEvidence, name: str) -> str:
    return (step.folder / f"{name}.jsonl").relative_to(run.folder).as_posix()
