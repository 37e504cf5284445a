"""The splits: how many rows of each record type went where."""

from collections import Counter
from dataclasses import dataclass

from markupsafe import Markup

from tilth.recipes.evidence import RunEvidence, read_lines
from tilth.recipes.report import charts
from tilth.recipes.report.words import listed

_STYLES = ("train", "validation", "test", "other")


@dataclass(frozen=True)
class Splits:
    """A table: one row for each split, one column for each record type."""

    types: list[str]
    rows: list[tuple[str, list[int], int]]
    bar: Markup
    styles: list[tuple[str, str]]


def split_order(name: str) -> tuple[int, str]:
    """Sorts splits in the order in which a model meets them."""
    return (_STYLES.index(name) if name in _STYLES else len(_STYLES), name)


def splits(run: RunEvidence) -> Splits | None:
    """The splits of the run's last table; None when it was never split."""
    tables = run.last.tables
    if [path.name for path in tables] == ["data.jsonl"]:
        return None
    counted = {path.stem: Counter(str(row.get("type")) for row in read_lines(path)) for path in tables}
    names = sorted(counted, key=split_order)
    types = sorted({kind for counter in counted.values() for kind in counter})
    styles = [(name, name if name in _STYLES else "other") for name in names]
    totals = {name: counted[name].total() for name in names}
    label = listed([f"{totals[name]} rows for {name}" for name in names])
    bar = charts.stack([(style, totals[name]) for name, style in styles], sum(totals.values()), label=label)
    return Splits(types, [(name, [counted[name][kind] for kind in types], totals[name]) for name in names], bar, styles)
