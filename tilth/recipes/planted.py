"""Planted against found: what a run made of a data set whose every defect is known.

A key file lists each planted row with its kind, its file and line, and where it has to turn up:

    planted:
      - {kind: near-duplicate, expect: set-aside, file: faq.jsonl, line: 93, of: {file: faq.jsonl, line: 1}}

A row is found when it is there: among the rejected, the set-aside or the changed rows. Every other row is clean, and
a clean row that was rejected or set aside is a false alarm.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from tilth.errors import DataError
from tilth.recipes.evidence import Line, RunEvidence, StepEvidence

Place = tuple[str, int]
"""File name and line. The name without folders: the key and the recipe may lie in different ones."""


class Witness(BaseModel):
    """The row that a planted duplicate repeats."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    line: int


class Planted(BaseModel):
    """One planted row."""

    model_config = ConfigDict(frozen=True, extra="allow")

    kind: str
    """What is wrong with it."""
    expect: Literal["rejected", "set-aside", "changed"]
    """Where it has to turn up."""
    file: str
    line: int
    of: Witness | None = None

    @property
    def place(self) -> Place:
        """File and line, as the run's evidence names them."""
        return PurePath(self.file).name, self.line


class Key(BaseModel):
    """A key file."""

    model_config = ConfigDict(frozen=True, extra="allow")

    planted: list[Planted]


@dataclass
class KindCount:
    """One kind of defect: how often it was planted, found, and by which reason."""

    kind: str
    expect: str
    planted: int = 0
    found: int = 0
    missed: list[Place] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        """True when none was missed."""
        return self.found == self.planted


@dataclass(frozen=True)
class Comparison:
    """The whole key against the whole run."""

    kinds: list[KindCount]
    false_alarms: list[tuple[Place, str]]
    """Clean rows that were rejected or set aside, with the reason."""

    @property
    def planted(self) -> int:
        """Rows planted."""
        return sum(kind.planted for kind in self.kinds)

    @property
    def found(self) -> int:
        """Planted rows found."""
        return sum(kind.found for kind in self.kinds)

    @property
    def is_perfect(self) -> bool:
        """True when nothing was missed and no clean row was set aside."""
        return self.found == self.planted and not self.false_alarms


def read_key(path: Path) -> Key:
    """A key file. Raises `DataError` when it is none."""
    try:
        return Key.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as failure:
        raise DataError(f"the key cannot be read: {failure.strerror}", where=str(path)) from failure
    except (yaml.YAMLError, UnicodeDecodeError) as failure:
        raise DataError("the key is not YAML", where=str(path)) from failure
    except ValidationError as failure:
        first = failure.errors()[0]
        raise DataError(
            f"{'.'.join(map(str, first['loc']))}: {first['msg']}",
            where=str(path),
            fix="planted: [{kind, expect, file, line}]",
        ) from failure


def compare_planted(key: Key, run: RunEvidence) -> Comparison:
    """Count, kind by kind, which planted rows turned up where they had to, and which clean rows were thrown away."""
    turned_up: dict[str, dict[Place, str]] = {"rejected": {}, "set-aside": {}, "changed": {}}
    for step in run.steps:
        for where, place, code in _evidence(step):
            turned_up[where].setdefault(place, code)
    kinds: dict[str, KindCount] = {}
    for planted in key.planted:
        kind = kinds.setdefault(planted.kind, KindCount(planted.kind, planted.expect))
        kind.planted += 1
        reason = turned_up[planted.expect].get(planted.place)
        if reason is None or (planted.expect == "changed" and planted.place in turned_up["set-aside"]):
            kind.missed.append(planted.place)
            continue
        kind.found += 1
        if reason not in kind.codes:
            kind.codes.append(reason)
    known = {planted.place for planted in key.planted}
    lost = {**turned_up["set-aside"], **turned_up["rejected"]}
    return Comparison(list(kinds.values()), sorted((place, code) for place, code in lost.items() if place not in known))


def _evidence(step: StepEvidence) -> Iterator[tuple[str, Place, str]]:
    """Where each row turned up in one step, and under which code. Rows that a step made itself have no place."""
    for line in step.lines("rejects"):
        yield "rejected", (PurePath(line["file"]).name, line["line"]), "rejected"
    for line in step.lines("set-aside"):
        if (place := _source(line["row"])) is not None:
            yield "set-aside", place, line["code"]
    for line in step.changes():
        if (place := _source(line["before"] or line["after"])) is not None:
            yield "changed", place, step.name


def _source(row: Line) -> Place | None:
    source: dict[str, Any] = (row.get("meta") or {}).get("source") or {}
    return (PurePath(source["file"]).name, source["line"]) if source else None
