"""What `why` and `restore` print: for people, at any width, and nothing in it that a terminal would obey."""

import json
import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tilth.cli.aligned import aligned, terminal_width
from tilth.schemas.safe_text import safe_text

if TYPE_CHECKING:
    from tilth.recipes.restored import Decision, Restored
    from tilth.recipes.trace.balance import Balance
    from tilth.recipes.trace.history import Event, History
    from tilth.recipes.trace.rows import FoundRow
    from tilth.recipes.trace.steps import Step

_INDENT = "  "
_SHORT_ID = 12
_EXCERPT = 160
_LINES = 8  # of a field, before it is cut
_UNSAID = ("id", "meta", "type", "extra")


def history_text(
    found: "History", steps: "Sequence[Step]", restored: "Restored", *, full: bool, most: int
) -> Iterator[str]:
    """What became of a record, a paragraph for each thing that happened to it."""
    from tilth.recipes.trace.rows import find_row

    width = terminal_width()
    shown: Counter[str] = Counter()
    witnesses: dict[str, FoundRow | None] = {}
    is_aside = False
    for event in found.events:
        shown[event.what] += 1
        if shown[event.what] > most:
            continue
        yield from textwrap.wrap(_headline(event), width, subsequent_indent=_INDENT)
        rows = [("step", safe_text(event.step.title, one_line=True))]
        rows += (
            [("detail", safe_text(detail, one_line=True))] if (detail := str(event.line.get("detail") or "")) else []
        )
        yield from (_INDENT + line for line in aligned(rows, width - len(_INDENT)))
        is_aside |= event.what in ("set aside", "passed over")
        if event.what in ("set aside", "restored"):
            yield from _row("row", event.id, _place(event.line), event.line["row"], width, full)
            if against := event.line.get("against"):
                is_known, known = str(against) in witnesses, witnesses.get(str(against))
                witness = known if is_known else find_row(event.line, event.step, steps)
                witnesses[str(against)] = witness
                if witness is None:
                    yield f"{_INDENT}against {safe_text(str(against), one_line=True)}, a row that is not here any more"
                elif is_known:
                    yield f"{_INDENT}kept  {witness.id[:_SHORT_ID]}, as above"
                else:
                    yield from _row("kept", witness.id, witness.place, witness.row, width, full)
        elif event.what == "changed":
            yield from _row("before", event.line["id_before"], "", event.line.get("before") or {}, width, full)
            yield from _row("after", event.line["id_after"], "", event.line.get("after") or {}, width, full)
        elif event.what == "stands for":
            yield from _row("set aside", str(event.line["id"]), _place(event.line), event.line["row"], width, full)
        else:
            yield from _row("row", event.id, event.place, event.line, width, full)
        yield ""
    for what, number in shown.items():
        if number > most:
            yield f"and {number - most:,} more times: {what} (--json lists them all)"
    yield from _decision(found, restored, is_aside, width)


def lineage_text(found: "History") -> Iterator[str]:
    """What became of a record from its file to the last step, a line or two for each event."""
    yield f"record  {' -> '.join(found.ids)}"
    for label, ids in (("parents", found.parents), ("children", found.children)):
        if ids:
            yield f"{label} {safe_text(', '.join(ids), one_line=True)}"
    for event in found.events:
        line = event.line
        said = str(line.get("detail") or "") or event.place
        if event.what == "changed":
            said = f"{line['id_before']} -> {line['id_after']}"
        elif event.what == "came in":
            said = _source(line, event.place)
        elif event.what == "stands for":
            said = f"{line['id']}: {said}"
        elif event.what in ("set aside", "restored"):
            said = f"{line['code']}{f' against {against}' if (against := line.get('against')) else ''}: {said}"
        yield safe_text(f"{Path(event.step.title).name:<20} {event.what:<18} {said}", one_line=True)
        if event.what in ("came in", "set aside"):
            row = line["row"] if event.what == "set aside" else line
            yield " " * 21 + safe_text(_words(row)[:_EXCERPT], one_line=True)


def books_text(books: "Sequence[Balance]") -> Iterator[str]:
    """A line of counts for each step, and under it what does not add up."""
    width = terminal_width()
    for entry in books:
        number = entry.number
        yield safe_text(f"{entry.step.title}: {entry.step.operation}", one_line=True)
        made = f" + {number('made'):,} made" if number("made") else ""
        back = f" ({number('restored'):,} restored)" if number("restored") else ""
        sentence = (
            f"{number('in'):,} in{made} = {number('kept'):,} kept{back} + {number('set_aside'):,} set aside"
            f" + {number('rejected'):,} rejected"
        )
        rows = [("" if entry.faults else "ok", sentence), *(("NOT OK", safe_text(fault)) for fault in entry.faults)]
        yield from (_INDENT + line for line in aligned(rows, width - len(_INDENT)))
    wrong = sum(bool(entry.faults) for entry in books)
    steps = f"{len(books):,} step" + ("" if len(books) == 1 else "s")
    yield f"{steps}: " + (f"the counts of {wrong:,} do not add up" if wrong else "all counts add up")


def restored_text(restored: "Restored", decisions: "Sequence[Decision]") -> Iterator[str]:
    """A paragraph for each row that stays because somebody said so."""
    width = terminal_width()
    for entry in decisions:
        yield entry.id
        rows = [
            ("by", f"{entry.by}, {entry.at}"),
            ("why", entry.why),
            ("against", f"{entry.operation} {entry.code}".strip()),
        ]
        held = [(label, safe_text(text, one_line=True)) for label, text in rows if text]
        yield from (_INDENT + line for line in aligned(held, width - len(_INDENT)))
    many = "1 content stays" if len(decisions) == 1 else f"{len(decisions):,} contents stay"
    yield f"{many} whatever an operation says of it ({safe_text(restored.path.name)})"


def record_text(row: Mapping[str, Any], width: int, *, full: bool) -> Iterator[str]:
    """The fields of a row, each under its name; of a conversation, its turns."""
    for name, value in row.items():
        if name in _UNSAID or value in (None, "", [], {}):
            continue
        for label, text in _turns(name, value):
            yield from _field(label, text, width, full)


def _source(record: Mapping[str, Any], place: str) -> str:
    meta = record.get("meta") or {}
    if "generator" in meta:
        return f"made by {meta['generator'].get('name', 'a generator')}"
    source = meta.get("source") or {}
    return f"from {source['file']}:{source.get('line', '?')}" if source.get("file") else f"from {place}"


def _headline(event: "Event") -> str:
    line, operation = event.line, event.step.operation
    code = safe_text(str(line.get("code", "")), one_line=True)
    score = f" at {line['score']:.4g}" if isinstance(line.get("score"), int | float) else ""
    return {
        "set aside": f"{operation} set it aside: {code}{score}",
        "restored": f"{operation} would set it aside ({code}{score}), and it stays: somebody restored it",
        "changed": f"{operation} changed it",
        "stands for": f"{operation} kept it, and set another row aside because of it: {code}{score}",
        "passed over": f"{operation} did not take it",
        "came in": f"{operation} read it",
        "kept": f"{operation} kept it",
        "put into the split": f"{operation} put it into a split",
    }[event.what]


def _decision(found: "History", restored: "Restored", is_aside: bool, width: int) -> Iterator[str]:
    kept_by = next((entry for each in found.ids if (entry := restored.decision(each)) is not None), None)
    short = found.ids[0][:_SHORT_ID]
    if kept_by is not None:
        words = f"It stays from now on, as {kept_by.by} decided at {kept_by.at}"
        words += f": {kept_by.why}" if kept_by.why else ""
        yield from textwrap.wrap(safe_text(words, one_line=True), width)
        yield from aligned([("undo", f"`tilth restore {short} --undo`")], width)
    elif is_aside:
        yield from aligned([("keep it", f"`tilth restore {short}`")], width)


def _row(label: str, record_id: str, place: str, row: Mapping[str, Any], width: int, full: bool) -> Iterator[str]:
    words = " ".join(word for word in (record_id[:_SHORT_ID], safe_text(place, one_line=True)) if word)
    yield from (_INDENT + line for line in aligned([(label, words)], width - len(_INDENT)))
    inner = 2 * _INDENT
    yield from (inner + line for line in record_text(row, width - len(inner), full=full))


def _place(line: Mapping[str, Any]) -> str:
    return f"{line['file']}:{line['line']}" if line.get("file") else ""


def _turns(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, list) and all(isinstance(turn, dict) and "content" in turn for turn in value):
        yield from ((str(turn.get("role", name)), _words(turn["content"])) for turn in value)
    else:
        yield name, _words(value)


def _words(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _field(label: str, text: str, width: int, full: bool) -> Iterator[str]:
    # A text may be a book: what cannot be shown in so many lines is not wrapped either.
    part = text if full else text[: _LINES * width]
    lines = [
        wrapped
        for line in safe_text(part).replace("\t", " ").split("\n")
        for wrapped in textwrap.wrap(line, width - len(_INDENT)) or [""]
    ]
    is_short = len(lines) == 1 and len(label) + 2 + len(lines[0]) <= width
    if is_short:
        yield f"{safe_text(label, one_line=True)}  {lines[0]}".rstrip()
        return
    yield safe_text(label, one_line=True)
    shown = lines if full else lines[:_LINES]
    yield from (_INDENT + line.rstrip() for line in shown)
    if len(shown) < len(lines) or len(part) < len(text):
        yield f"{_INDENT}… ({len(text):,} characters; --full)"
