"""The evidence that a run leaves in its folder, as the report reads it: streamed, and never changed."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tilth.errors import DataError, UsageError

Line = dict[str, Any]


@dataclass(frozen=True)
class StepEvidence:
    """One step: its summary, and the files beside it."""

    folder: Path
    summary: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Name of the operation, or `read`."""
        return str(self.summary["step"])

    @property
    def kind(self) -> str:
        """One of read, judge, rewrite, make, build."""
        return str(self.summary["kind"])

    @property
    def counts(self) -> Mapping[str, Any]:
        """Rows in, made, kept, set aside by code, rejected, changed, per split."""
        counts: Mapping[str, Any] = self.summary["counts"]
        return counts

    @property
    def facts(self) -> Mapping[str, Any]:
        """What the operation told about itself."""
        facts: Mapping[str, Any] = self.summary.get("facts") or {}
        return facts

    @property
    def options(self) -> Mapping[str, Any]:
        """The options that it ran with, defaults filled in."""
        options: Mapping[str, Any] = self.summary.get("options") or {}
        return options

    @property
    def tables(self) -> list[Path]:
        """The rows that it handed on: one file, or one per split; none for a step that builds."""
        single = self.folder / "data.jsonl"
        return [single] if single.exists() else sorted((self.folder / "data").glob("*.jsonl"))

    def lines(self, name: str) -> Iterator[Line]:
        """Lines of an evidence file (`set-aside`, `changes`, `rejects`); nothing where there is no such file."""
        return read_lines(self.folder / f"{name}.jsonl")

    def changes(self) -> Iterator[Line]:
        """Rows whose content changed, before and after; a score that was written beside it changes nothing."""
        return (line for line in self.lines("changes") if line["id_before"] != line["id_after"])

    @cached_property
    def changed(self) -> int:
        """Number of rows whose content changed."""
        return sum(1 for _ in self.changes()) if self.counts.get("changed") else 0

    def artifact(self, name: str) -> Line | None:
        """A JSON file that a `build` step left, or None."""
        path = self.folder / "artifact" / name
        return load_json_file(path) if path.exists() else None


@dataclass(frozen=True)
class RunEvidence:
    """A finished run."""

    folder: Path
    manifest: Mapping[str, Any]
    steps: tuple[StepEvidence, ...]

    @property
    def first(self) -> StepEvidence:
        """The step that read the inputs."""
        return self.steps[0]

    @cached_property
    def last(self) -> StepEvidence:
        """The last step that handed rows on: what the run made of its inputs."""
        return [step for step in self.steps if step.tables][-1]

    def kind(self, kind: str) -> list[StepEvidence]:
        """The steps of one kind."""
        return [step for step in self.steps if step.kind == kind]


def read_run(folder: Path) -> RunEvidence:
    """The run in a folder. Raises `UsageError` when it holds no finished run."""
    path = folder / "manifest.json"
    if not path.exists():
        raise UsageError("this is not the folder of a finished run", where=str(folder), fix="tilth run RECIPE")
    places = sorted(place for place in (folder / "steps").glob("[0-9]*") if (place / "step.json").exists())
    steps = tuple(StepEvidence(place, load_json_file(place / "step.json")) for place in places)
    return RunEvidence(folder, load_json_file(path), steps)


def find_rows(paths: Iterable[Path], ids: set[str]) -> dict[str, Line]:
    """The rows with these ids, found in one pass that ends when it has all."""
    found: dict[str, Line] = {}
    for path in paths:
        for row in read_lines(path):
            if len(found) == len(ids):
                return found
            if row.get("id") in ids:
                found.setdefault(row["id"], row)
    return found


def read_lines(path: Path, where: Callable[[bytes], bool] = lambda line: True) -> Iterator[Line]:
    """The JSON objects of a file of lines that Tilth wrote; nothing where there is no such file.

    `where` chooses among the unread lines, so that most need not be parsed to find a few.
    """
    if not path.exists():
        return
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not where(line):
                continue
            try:
                yield json.loads(line)
            except ValueError as failure:
                raise DataError(
                    f"a line of the run's evidence is not JSON: {failure}", where=f"{path}:{number}"
                ) from failure


def load_json_file(path: Path) -> Line:
    """A JSON file that Tilth wrote."""
    try:
        content: Line = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as failure:
        raise DataError(f"the run's evidence cannot be read: {failure}", where=str(path)) from failure
    return content
