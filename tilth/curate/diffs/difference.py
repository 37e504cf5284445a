"""The result of a comparison: counts that add up, examples, and how the distributions moved."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from tilth.curate.diffs.fields import Change
from tilth.curate.diffs.subject import Unit

Way = str
"""How two rows were found to be one: `content`, the name of a field, `prompt`, `answer` or `row`."""
Kind = Literal["added", "removed", "edited"]


@dataclass(frozen=True)
class LengthDrift:
    """One kind of length on both sides."""

    unit: str
    rows: tuple[int, int]
    """Rows that have it."""
    mean: tuple[float, float]
    quantiles: dict[str, tuple[float, float]]
    """From `0.05` over `0.5` (the median) to `0.95`; empty when one side has none."""

    @property
    def drift(self) -> float:
        """The largest relative change of the mean, the median and the 95% quantile: 0.1 is a tenth longer or shorter.

        The short end is left out: from 2 words to 3 is no drift.
        """
        pairs = [self.mean, self.quantiles["0.5"], self.quantiles["0.95"]] if self.quantiles else []
        return max((abs(after - before) / max(abs(before), 1.0) for before, after in pairs), default=0.0)


@dataclass(frozen=True)
class ShareDrift:
    """How often each value occurs on both sides."""

    counts: dict[str, tuple[int, int]]
    """By value, the values whose share changed most first."""
    drift: float
    """Total variation: the share of one side that would have to be renamed to get the other's, from 0 to 1."""

    def shares(self) -> dict[str, tuple[float, float]]:
        """Shares instead of counts."""
        totals = [sum(pair[side] for pair in self.counts.values()) or 1 for side in (0, 1)]
        return {name: (pair[0] / totals[0], pair[1] / totals[1]) for name, pair in self.counts.items()}


@dataclass(frozen=True)
class Example:
    """One row that is not the same on both sides."""

    kind: Kind
    before: str | None
    """File and line on the first side."""
    after: str | None
    """File and line on the second."""
    changes: tuple[Change, ...] = ()
    """Of an edited row: the fields that differ."""
    row: Mapping[str, Any] | None = None
    """Of an added or removed row: the row as its file holds it."""

    def as_json(self) -> dict[str, Any]:
        """Plain data, as in the lines of a diff file."""
        line = {"change": self.kind, "a": self.before, "b": self.after}
        if self.kind == "edited":
            return {**line, "fields": [change.as_json() for change in self.changes]}
        return {**line, "row": self.row}


@dataclass(frozen=True)
class Difference:
    """What two data sets have in common and what not.

    `unchanged + edited + removed` are the rows of the first, `unchanged + edited + added` those of the second.
    """

    names: tuple[str, str]
    """What was compared."""
    dialects: tuple[str, str]
    unit: Unit
    """Whether rows were compared as they are, or what the records in them say."""
    rows: tuple[int, int]
    unchanged: int
    edited: int
    added: int
    removed: int
    ways: dict[Way, int]
    """Rows found on the other side, by how: `content` is equal, everything else was edited."""
    repeats: tuple[int, int]
    """Rows that repeat an earlier one of their own side."""
    fields: dict[str, int]
    """Edited rows by the fields that differ, most first; `messages[].content` stands for that of any message."""
    types: ShareDrift
    """Record types."""
    labels: ShareDrift
    lengths: dict[str, LengthDrift]
    exact_tokens: bool
    """Whether tokens are those of a tokenizer, or an estimate."""
    examples: tuple[Example, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the two hold the same rows, in whatever order."""
        return not (self.added or self.removed or self.edited)

    @property
    def is_all(self) -> bool:
        """Whether no row of one side was found on the other."""
        return not (self.unchanged or self.edited) and all(self.rows)

    def as_json(self) -> dict[str, Any]:
        """Plain data for `--json`; its names stay what they are."""
        sides = ("a", "b")
        return {
            **{
                side: {"name": name, "dialect": dialect, "rows": rows, "repeats": repeats}
                for side, name, dialect, rows, repeats in zip(
                    sides, self.names, self.dialects, self.rows, self.repeats, strict=True
                )
            },
            "compared": self.unit,
            "unchanged": self.unchanged,
            "edited": self.edited,
            "added": self.added,
            "removed": self.removed,
            "found_by": self.ways,
            "fields": self.fields,
            "types": asdict(self.types),
            "labels": asdict(self.labels),
            "lengths": {name: {**asdict(each), "drift": each.drift} for name, each in self.lengths.items()},
            "tokens": "exact" if self.exact_tokens else "estimated",
            "examples": [example.as_json() for example in self.examples],
        }

    def table(self, width: int | None = None, *, colour: bool = False) -> str:
        """Plain text for a terminal, as wide as that is unless `width` says otherwise."""
        from tilth.curate.diffs.table import draw

        return draw(self, width, colour=colour)
