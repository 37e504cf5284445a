"""What became of one record, step by step, through every change of its content."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tilth.errors import UsageError
from tilth.recipes.trace.rows import FoundRow, rows_in
from tilth.recipes.trace.steps import Step

What = Literal["came in", "changed", "set aside", "restored", "stands for", "kept", "put into the split"]
ID_DIGITS = 32
_SHOWN_IDS = 3


@dataclass(frozen=True)
class Event:
    """One thing that happened to a record."""

    step: Step
    what: What
    id: str
    """The record's id then."""
    line: Mapping[str, Any]
    """The evidence: a line of rows set aside, restored or changed, or the row itself."""
    place: str = ""
    """Where the row lies, for an event that is about a row of a file."""


@dataclass
class History:
    """Everything that is known of one record."""

    ids: list[str]
    """Its ids, oldest first: a rewrite gives a record another content, and so another id."""
    events: list[Event] = field(default_factory=list)
    """In the order of the steps."""
    parents: list[str] = field(default_factory=list)
    children: list[str] = field(default_factory=list)


def history(start: str, steps: Sequence[Step], *, with_rows: bool = False) -> History:
    """What happened in some steps to the record whose id begins with `start`.

    The evidence is searched, and where it says nothing, or `with_rows`, the rows themselves: a record that every
    step kept is in no evidence. Raises `UsageError` for an id that is nowhere, or that fits several records.
    """
    start = start.lower()
    known = _ids_in_evidence(start, steps)
    if not known or with_rows:
        known |= {row.id for row in rows_in(_files(steps)) if row.id.startswith(start)}
        with_rows = True
    ids = _through_changes(_one_of(known, start), steps)
    found, wanted = History(ids), set(ids)
    seen = False
    for step in steps:
        if with_rows and not seen:
            seen = _come_in(found, step, wanted)
        found.events.extend(_in_evidence(step, wanted))
        if with_rows:
            seen |= _among_rows(found, step, wanted)
    return found


def _in_evidence(step: Step, wanted: set[str]) -> Iterator[Event]:
    for line in step.lines("changes", wanted):
        if line["id_before"] in wanted or line["id_after"] in wanted:
            yield Event(step, "changed", line["id_before"], line)
    kinds: tuple[tuple[str, What], ...] = (("set-aside", "set aside"), ("restored", "restored"))
    for kind, what in kinds:
        for line in step.lines(kind, wanted):
            if line["id"] in wanted:
                yield Event(step, what, line["id"], line)
            elif line.get("against") in wanted:
                yield Event(step, "stands for", line["against"], line)


def _come_in(found: History, step: Step, wanted: set[str]) -> bool:
    """The record as the first step read it from a file that no step made."""
    row = next((row for row in rows_in(path for path in step.inputs if path.is_file()) if row.id in wanted), None)
    if row is not None:
        found.events.append(_event(step, "came in", row))
        found.parents = found.parents or _parents(row)
    return row is not None


def _among_rows(found: History, step: Step, wanted: set[str]) -> bool:
    """The record among the rows that a step handed on, and the records that were made from it."""
    here: dict[str, Event] = {}
    for row in rows_in(path for path in step.outputs if path.exists()):
        if row.id in wanted:
            is_first = not any(event.what == "came in" for event in found.events)
            what: What = "came in" if is_first else "put into the split" if len(step.outputs) > 1 else "kept"
            here.setdefault(f"{row.id} {row.file}", _event(step, what, row))
            found.parents = found.parents or _parents(row)
        elif wanted & set(_parents(row)) and row.id not in found.children:
            found.children.append(row.id)
    found.events.extend(here.values())
    return bool(here)


def _event(step: Step, what: What, row: FoundRow) -> Event:
    return Event(step, what, row.id, row.record, row.place)


def _parents(row: FoundRow) -> list[str]:
    parents = (row.record.get("meta") or {}).get("parents")
    return [str(parent) for parent in parents] if isinstance(parents, list) else []


def _files(steps: Iterable[Step]) -> Iterator[Any]:
    return iter(dict.fromkeys(path for step in steps for path in (*step.outputs, *step.inputs) if path.is_file()))


def _ids_in_evidence(start: str, steps: Sequence[Step]) -> set[str]:
    return {
        value
        for step in steps
        for kind in ("set-aside", "restored", "changes")
        for line in step.lines(kind, [start])
        for value in (line.get(name) for name in ("id", "against", "id_before", "id_after"))
        if isinstance(value, str) and value.startswith(start)
    }


def _one_of(known: set[str], start: str) -> str:
    if len(known) == 1:
        return known.pop()
    if known:
        some = ", ".join(sorted(known)[:_SHOWN_IDS])
        raise UsageError(f"{len(known)} records have an id that starts with {start}", fix=f"more digits: {some}")
    raise UsageError(
        f"nothing here tells of a record whose id starts with {start}",
        fix="an id from a set-aside.jsonl file, or the folder where that lies: tilth why ID FOLDER",
    )


def _through_changes(record_id: str, steps: Sequence[Step]) -> list[str]:
    """The ids that the record had before and after, oldest first."""
    before = _follow(record_id, list(reversed(steps)), lambda line: (line["id_after"], line["id_before"]))
    after = _follow(record_id, steps, lambda line: (line["id_before"], line["id_after"]))
    return [*reversed(before), record_id, *after]


def _follow(
    record_id: str, steps: Sequence[Step], direction: Callable[[Mapping[str, Any]], tuple[str, str]]
) -> list[str]:
    found = [record_id]
    for step in steps:
        for line in step.lines("changes", found):
            here, there = direction(line)
            if here in found and there not in found:
                found.append(there)
    return found[1:]
