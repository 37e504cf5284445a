"""What became of one record, step by step, through every change of its content."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from tilth.errors import UsageError
from tilth.recipes.trace.rows import FoundRow, rows_in
from tilth.recipes.trace.steps import Step

What = Literal["came in", "changed", "set aside", "passed over", "restored", "stands for", "kept", "put into the split"]
ID_DIGITS = 32
_START_OF_ID = re.compile(rf"[0-9a-f]{{1,{ID_DIGITS}}}")
_SHOWN_IDS = 3
_SHOWN_STEPS = 5
_READ_UNASKED = 64 << 20
"""Bytes of rows that are read, a second or so, for an id that no evidence names."""


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

    The evidence is searched, and `with_rows` the rows themselves: a record that every step kept is in no evidence.
    Where evidence says nothing and the rows are few, they are searched unasked. Raises `UsageError`, which says what
    was searched, for an id that is nowhere, and for one that fits several records.
    """
    start = start.lower()
    if not _START_OF_ID.fullmatch(start):
        raise UsageError(f"no record has an id that starts with {start}: an id is {ID_DIGITS} digits of 0-9 and a-f")
    known, files = _ids_in_evidence(start, steps), _files(steps)
    with_rows |= not known and sum(path.stat().st_size for path in files) <= _READ_UNASKED
    if with_rows:
        known |= {row.id for row in rows_in(files) if row.id.startswith(start)}
    if not known:
        raise _nowhere(start, steps, files, with_rows)
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
    if not here and step.read.get("rows", 0) > step.counts.get("in", 0):  # a sample left rows where they were
        left = (row for row in rows_in(path for path in step.inputs if path.is_file()) if row.id in wanted)
        found.events.extend(_event(step, "passed over", row) for row in islice(left, 1))
    found.events.extend(here.values())
    return bool(here)


def _event(step: Step, what: What, row: FoundRow) -> Event:
    return Event(step, what, row.id, row.record, row.place)


def _parents(row: FoundRow) -> list[str]:
    parents = (row.record.get("meta") or {}).get("parents")
    return [str(parent) for parent in parents] if isinstance(parents, list) else []


def _files(steps: Iterable[Step]) -> Sequence[Path]:
    return list(dict.fromkeys(path for step in steps for path in (*step.outputs, *step.inputs) if path.is_file()))


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
    some = ", ".join(sorted(known)[:_SHOWN_IDS])
    raise UsageError(f"{len(known)} records have an id that starts with {start}", fix=f"more digits: {some}")


def _nowhere(start: str, steps: Sequence[Step], files: Sequence[Path], with_rows: bool) -> UsageError:
    if not steps:
        return UsageError(f"nothing that Tilth wrote lies here, and so no record whose id starts with {start} is known")
    titles = ", ".join(step.title for step in steps[:_SHOWN_STEPS])
    told = f"what {titles}{', ...' if len(steps) > _SHOWN_STEPS else ''} set aside, changed or restored"
    if with_rows:
        return UsageError(
            f"no record has an id that starts with {start}: not in {told}, nor among the rows of {len(files):,} files",
            fix="an id from a set-aside.jsonl file, or the folder where that lies: tilth why ID FOLDER",
        )
    size = sum(path.stat().st_size for path in files) / 1e6
    return UsageError(
        f"no id that starts with {start} is in {told}; the rows that were kept ({size:,.0f} MB) were not searched",
        fix=f"tilth lineage {start}, which reads them all, or tilth why {start} FOLDER",
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
