"""`why` and `restore`: why a row is not there, the rows beside it, and a person's decision that it stays."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from tilth.cli.summary import Json, Quiet, say
from tilth.errors import UsageError

if TYPE_CHECKING:
    from tilth.recipes.restored import Decision, Restored
    from tilth.recipes.trace.history import Event, History
    from tilth.recipes.trace.steps import Step

NOT_BALANCED = 4
"""Exit code when counts do not add up."""
_SHOWN = 20


def why(
    id_: Annotated[str | None, Parameter(name="ID")] = None,
    /,
    *places: Annotated[Path, Parameter(name="PLACES")],
    full: Annotated[bool, Parameter(negative=())] = False,
    json_: Json = False,
) -> int:
    """Say why a row is not there: which step, which reason, against which kept row, with the text of both.

    Every output of Tilth and every run under the working folder is searched, or only the files and folders named.
    Rows that were changed are followed from before to after. A row that every step kept is in no evidence; it is looked
    for among the rows where these are few (64 MB), and `tilth lineage ID` reads them however many. Without an ID the
    counts of all steps are checked: rows in = kept + set aside + rejected, in each step, in its files, and from step
    to step (exit code 4 if not).

    Parameters
    ----------
    id_
        A record's id, or its first digits; it stands in every line of a set-aside.jsonl file.
    places
        Files that Tilth wrote, or folders; the working folder when none is named.
    full
        Show texts whole, however long.
    json_
        Print it as one JSON object.
    """
    from tilth.recipes.trace.steps import find_steps

    if id_ is not None and Path(id_).exists():
        places, id_ = (Path(id_), *places), None
    steps = find_steps(places or (Path(),))
    if not steps:
        raise UsageError(
            "nothing that Tilth wrote lies here", where=str((places or (Path(),))[0]), fix="tilth why ID FOLDER"
        )
    return _books(steps, json_) if id_ is None else _explain(id_, steps, full, json_)


def restore(
    *ids: Annotated[str, Parameter(name="ID")],
    places: Annotated[tuple[Path, ...], Parameter(name="--in", negative=())] = (),
    why: str = "",
    by: str | None = None,
    undo: Annotated[bool, Parameter(negative=())] = False,
    list_: Annotated[bool, Parameter(name="--list", negative=())] = False,
    json_: Json = False,
    quiet: Quiet = False,
) -> int:
    """Decide that rows stay: no operation sets them aside any more, whatever its verdict, from the next run on.

    The decision is about the content, and so about all copies of it, in files of any name and format. It is one line
    in tilth.restored.jsonl, in the working folder or the nearest above that has one; commit it. The verdict of an
    operation that would have set the row aside is kept in OUT.restored.jsonl.

    Parameters
    ----------
    ids
        Ids of records, or their first digits.
    places
        Files that Tilth wrote, or folders, where the ids are looked up; the working folder when none is named.
    why
        The reason, for whoever reads it later.
    by
        Who decides; the login name when it is not given.
    undo
        Take the decision back.
    list_
        List the rows that stay, and by whose decision.
    json_
        Print it as one JSON object.
    quiet
        Say nothing on standard error.
    """
    from tilth.recipes.restored import decide, restored_here

    restored = restored_here()
    if list_ or not ids:
        if not list_:
            raise UsageError("restore takes the ids of rows, and none is given", fix="tilth restore ID, or --list")
        return _list(restored, json_)
    decisions = _undone(ids, restored, by, why) if undo else _decided(ids, places or (Path(),), by, why)
    after = decide(restored, decisions)
    if json_:
        say({"file": str(after.path), "decisions": [vars(entry) for entry in decisions], "restored": len(after.ids)})
    if not quiet:
        done = "no longer stays" if undo else "stays"
        for entry in decisions:
            why_aside = f": {entry.code}" if entry.code else ""
            from_what = f" (set aside by {entry.operation}{why_aside})" if entry.operation else ""
            print(f"{entry.id} {done}{from_what}", file=sys.stderr)
        print(f"restore: {after.path.name} now keeps {len(after.ids):,}; run the step again", file=sys.stderr)
    return 0


def _explain(start: str, steps: "list[Step]", full: bool, json_: bool) -> int:
    from tilth.cli.why_text import history_text
    from tilth.recipes.restored import restored_here
    from tilth.recipes.trace.history import history

    found = history(start, steps)
    if json_:
        restored = restored_here()
        say({"ids": found.ids, "restored": any(each in restored.ids for each in found.ids),
             "events": [_as_json(event, steps) for event in found.events]})  # fmt: skip
        return 0
    for line in history_text(found, steps, restored_here(), full=full, most=_SHOWN):
        print(line)
    return 0


def _as_json(event: "Event", steps: "list[Step]") -> dict[str, Any]:
    from tilth.recipes.trace.rows import find_row

    line = dict(event.line) if event.what in ("set aside", "restored", "stands for", "changed") else {"row": event.line}
    against = line.get("against")
    witness = find_row(line, event.step, steps) if against and event.what != "stands for" else None
    beside = {"witness": {"id": witness.id, "place": witness.place, "row": witness.row}} if witness else {}
    return {"step": event.step.title, "operation": event.step.operation, "what": event.what, **line, **beside}


def _books(steps: "list[Step]", json_: bool) -> int:
    from tilth.cli.why_text import books_text
    from tilth.recipes.trace.balance import balances

    books = balances(steps)
    wrong = sum(bool(entry.faults) for entry in books)
    if json_:
        told = [{"step": entry.step.title, "operation": entry.step.operation, "counts": entry.step.counts,
                 "faults": entry.faults} for entry in books]  # fmt: skip
        say({"steps": told, "adds_up": not wrong})
    else:
        print("\n".join(books_text(books)))
    return NOT_BALANCED if wrong else 0


def _decided(ids: tuple[str, ...], places: tuple[Path, ...], by: str | None, why: str) -> "list[Decision]":
    """A decision for every id that each of the rows had: before a change and after it."""
    from tilth.recipes.restored import Decision
    from tilth.recipes.trace.history import history
    from tilth.recipes.trace.steps import find_steps

    steps, decisions = find_steps(places), dict[str, Decision]()
    for start in ids:
        found = history(start, steps)
        operation, code = _verdict(found)
        for record_id in found.ids:
            decision = Decision(record_id, "restore", by or _login(), _now(), why, operation, code, found.ids[0])
            decisions[record_id] = decision
    return list(decisions.values())


def _verdict(found: "History") -> tuple[str, str]:
    """Which operation set the row aside, and why. Raises `UsageError` for a row that is not one to restore."""
    from tilth import operation
    from tilth.plugins import installed

    verdicts = [
        (str(event.line.get("operation") or event.step.operation), str(event.line.get("code", "")))
        for event in found.events
        if event.what in ("set aside", "restored", "passed over")
    ]
    if not verdicts:
        raise UsageError(f"no step set {found.ids[0]} aside", fix=f"tilth why {found.ids[0]}")
    for name, code in verdicts:
        if name in installed("tilth.ops") and operation.load(name).kind in operation.RESTORING:
            return name, code
    name, code = verdicts[0]
    raise UsageError(
        f"{name} set {found.ids[0]} aside because it could not use it ({code}), and no decision makes it usable",
        fix=f"tilth why {found.ids[0]}",
    )


def _undone(ids: tuple[str, ...], restored: "Restored", by: str | None, why: str) -> "list[Decision]":
    from tilth.recipes.restored import Decision

    decisions = []
    for start in ids:
        known = sorted(each for each in restored.ids if each.startswith(start.lower()))
        if len(known) != 1:
            many = f"{len(known)} restored rows have" if known else "no restored row has"
            raise UsageError(f"{many} an id that starts with {start}", fix="tilth restore --list")
        row = getattr(restored.decision(known[0]), "row", "")
        together = [each for each in sorted(restored.ids) if row and getattr(restored.decision(each), "row", "") == row]
        decisions += [Decision(each, "undo", by or _login(), _now(), why) for each in together or known]
    return decisions


def _list(restored: "Restored", json_: bool) -> int:
    from tilth.cli.why_text import restored_text

    in_force = [entry for each in sorted(restored.ids) if (entry := restored.decision(each)) is not None]
    if json_:
        say({"file": str(restored.path), "sha256": restored.sha256, "restored": [vars(entry) for entry in in_force]})
    else:
        print("\n".join(restored_text(restored, in_force)))
    return 0


def _login() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody"  # a container's user may have no name


def _now() -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
