"""Where a record came from and what happened to it, read back from the evidence that runs and commands leave."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tilth.errors import DataError, UsageError
from tilth.recipes.manifest import sidecar


@dataclass(frozen=True)
class Event:
    """One thing that happened to a record, in the order of the run."""

    step: str
    what: str
    detail: str = ""
    text: str = ""
    """The start of the record's text, hostile until it is made safe."""


@dataclass
class Lineage:
    """Everything known of one record: its ids before and after changes, its parents, its events."""

    ids: list[str]
    parents: list[str] = field(default_factory=list)
    children: list[str] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)


def record_lineage(record_id: str, folder: Path) -> Lineage:
    """What happened in the run in `folder` to the record with this id (or the one id that starts with it).

    An edited record has one id before the edit and another after; both find it. Raises `UsageError` for an id that
    is nowhere in the run, or that fits several records.
    """
    steps = _steps(folder)
    ids = _connected_ids(_full_id(record_id, steps), steps)
    found = Lineage(ids)
    wanted = set(ids)
    present = False
    for step in steps:
        was_present = present
        for line in _lines(step / "changes.jsonl"):
            if line["id_before"] in wanted or line["id_after"] in wanted:
                found.events.append(Event(step.name, "changed", f"{line['id_before']} -> {line['id_after']}"))
        for line in _lines(step / "set-aside.jsonl"):
            if line["id"] in wanted:
                found.events.append(
                    Event(step.name, "set aside", _aside_words(line), json.dumps(line["row"], ensure_ascii=False))
                )
            elif line.get("against") in wanted:
                found.events.append(
                    Event(step.name, "kept in place of", f"{line['id']} ({line['code']} {line['score'] or ''})")
                )
        here = [(path, row) for path in _tables(step) for row in _lines(path) if row.get("id") in wanted]
        for path, row in here:
            if not was_present:
                was_present = True
                found.events.append(
                    Event(step.name, "came in", _source_words(row), json.dumps(row, ensure_ascii=False))
                )
                found.parents = list(row.get("meta", {}).get("parents", []))
            if path.parent.name == "data":
                found.events.append(Event(step.name, "put into the split", path.stem))
        present = bool(here) or (present and not _tables(step))
        for path in _tables(step):
            new = [row["id"] for row in _lines(path) if wanted & set(row.get("meta", {}).get("parents", ()))]
            found.children.extend(child for child in new if child not in found.children)
    return found


def file_lineage(path: Path) -> list[Mapping[str, Any]]:
    """Manifests from an output back to the files that nobody made: newest first."""
    chain: list[Mapping[str, Any]] = []
    waiting, seen = [path], set[Path]()
    while waiting:
        current = waiting.pop(0)
        if current in seen or not sidecar(current).exists():
            continue
        seen.add(current)
        manifest = _load(sidecar(current))
        chain.append({"output": str(current), **manifest})
        waiting.extend(Path(entry["path"]) for entry in manifest.get("inputs", ()))
    if not chain:
        raise UsageError(
            "nothing is known of how this file was made", where=str(path), fix="a file that has FILE.manifest.json"
        )
    return chain


def _steps(folder: Path) -> list[Path]:
    steps = sorted(path for path in (folder / "steps").glob("[0-9]*") if path.is_dir())
    if not steps:
        raise UsageError("this is not the folder of a run", where=str(folder), fix="tilth lineage ID --run runs/NAME")
    return steps


def _tables(step: Path) -> list[Path]:
    return [path for path in [step / "data.jsonl", *sorted((step / "data").glob("*.jsonl"))] if path.exists()]


def _full_id(start: str, steps: list[Path]) -> str:
    known: set[str] = {
        value
        for step in steps
        for path in [*_tables(step), step / "set-aside.jsonl", step / "changes.jsonl"]
        for row in _lines(path)
        for value in (row.get("id"), row.get("id_before"), row.get("id_after"))
        if value and value.startswith(start)
    }
    if not known:
        raise UsageError(
            f"no record of this run has an id that starts with {start}", fix="an id from data.jsonl or set-aside.jsonl"
        )
    if len(known) > 1:
        raise UsageError(f"{len(known)} records have an id that starts with {start}", fix=", ".join(sorted(known)[:3]))
    return known.pop()


def _connected_ids(record_id: str, steps: list[Path]) -> list[str]:
    """The ids that the record had, oldest first, through all changes."""
    pairs = [(line["id_before"], line["id_after"]) for step in steps for line in _lines(step / "changes.jsonl")]
    before: list[str] = []
    after = [record_id]
    for old, new in reversed(pairs):
        if new == (before[-1] if before else record_id) and old != new:
            before.append(old)
    for old, new in pairs:
        if old == after[-1] and old != new:
            after.append(new)
    return [*reversed(before), *after]


def _aside_words(line: Mapping[str, Any]) -> str:
    against = f" against {line['against']}" if line.get("against") else ""
    score = f" at {line['score']:.3f}" if line.get("score") is not None else ""
    return f"{line['code']}{against}{score}: {line['detail']}"


def _source_words(row: Mapping[str, Any]) -> str:
    meta = row.get("meta", {})
    if "generator" in meta:
        return f"made by {meta['generator'].get('name', 'a generator')}"
    source = meta.get("source", {})
    return f"from {source.get('file', 'an unknown file')}:{source.get('line', '?')}"


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    if path.exists():
        with path.open("rb") as file:
            for line in file:
                yield json.loads(line)


def _load(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as failure:
        raise DataError(f"the manifest is not JSON: {failure}", where=str(path)) from failure
    return content
