"""What a step counted: rows in, made, kept, set aside by code, rejected, per split; it must add up."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tilth.errors import TilthError
from tilth.judgement import Routed


@dataclass
class Tally:
    """Counts of one step. `rows_in + made = kept + set_aside + rejected` holds or `check` raises."""

    rows_in: int = 0
    made: int = 0
    kept: int = 0
    set_aside: int = 0
    rejected: int = 0
    passed_over: int = 0
    """Rows that were read and left where they are, as those that a sample does not take."""
    changed: int = 0
    restored: int = 0
    """Rows among the kept that stay because a person said so."""
    by_code: Counter[str] = field(default_factory=Counter)
    parts: Counter[str] = field(default_factory=Counter)
    facts: dict[str, Any] = field(default_factory=dict)
    hashes: dict[Path, str] = field(default_factory=dict)
    """Hex sha256 of files that were written, where that is known without reading them again."""

    def add(self, routed: Routed) -> None:
        """Count one routed batch."""
        if routed.batch is None:
            self.made += routed.rows_in
        else:
            self.rows_in += routed.rows_in
        self.kept += routed.rows_kept
        self.set_aside += len(routed.aside)
        self.changed += len(routed.changes)
        self.restored += len(routed.restored)
        self.by_code.update(row.reason.code for row in routed.aside)
        self.parts.update(routed.parts or ())
        self.facts.update(routed.facts)

    def reject(self, rows: int) -> None:
        """Count rows of the input that could not be read: they came in, and no step saw them."""
        self.rows_in += rows
        self.rejected += rows

    @property
    def read(self) -> int:
        """Rows read from the inputs, whatever became of them."""
        return self.rows_in + self.passed_over

    def check(self, name: str) -> None:
        """Raise `TilthError` when a row is neither kept nor set aside, or both."""
        if self.rows_in + self.made != self.kept + self.set_aside + self.rejected:
            raise TilthError(f"{name}: the counts do not add up ({self.counts()}): this is a bug in Tilth")

    def counts(self) -> Mapping[str, Any]:
        """The counts as plain data, for `step.json` and `--json`."""
        return {
            "in": self.rows_in,
            "made": self.made,
            "kept": self.kept,
            "set_aside": self.set_aside,
            "rejected": self.rejected,
            "changed": self.changed,
            "restored": self.restored,
            "by_code": dict(sorted(self.by_code.items())),
            "parts": dict(self.parts),
        }

    def sentence(self) -> str:
        """The counts in one line for people."""
        made = f", {self.made} made" if self.made else ""
        changed = f", {self.changed} changed" if self.changed else ""
        restored = f", {self.restored} of them restored" if self.restored else ""
        rejected = f", {self.rejected} rejected" if self.rejected else ""
        codes = ", ".join(f"{number} {code}" for code, number in sorted(self.by_code.items()))
        parts = ", ".join(f"{number} {part}" for part, number in self.parts.items())
        return (
            f"{self.rows_in} in{made}, {self.kept} kept{f' ({parts})' if parts else ''}{restored}{changed}, "
            f"{self.set_aside} set aside{f' ({codes})' if codes else ''}{rejected}"
        )
