"""Statistics drawn for a terminal."""

from collections.abc import Mapping
from shutil import get_terminal_size

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from tilth.curate.stats import Statistics
from tilth.schemas.safe_text import safe_text

_NAME_WIDTH = 40
_BAR_WIDTH = 20


def draw(statistics: Statistics, width: int | None = None) -> str:
    """A summary line, then one table each for types, sources, fields, lengths and labels; empty ones are left out."""
    console = Console(width=width or get_terminal_size().columns, color_system=None, force_terminal=False)
    with console.capture() as drawn:
        console.print(_tables(statistics))
    return "\n".join(line.rstrip() for line in drawn.get().splitlines())


def _tables(statistics: Statistics) -> RenderableType:
    rows = statistics.rows
    repeats = rows - statistics.distinct_records
    summary = (
        f"{rows:,} rows, {statistics.distinct_records:,} different records; {repeats:,} exact repeats "
        f"({statistics.duplicate_share:.1%}); {statistics.empty_answers:,} empty answers"
    )
    counted = {
        "type": statistics.types,
        "source": statistics.sources,
        "field": statistics.fields,
        f"label ({statistics.distinct_labels:,} in all)": statistics.labels,
    }
    tables = [_counts(title, counts, rows) for title, counts in counted.items() if counts]
    parts = [*tables[:3], _lengths(statistics), *tables[3:]]
    return Group(Text(summary), *(line for part in parts for line in (Text(""), part)))


def _counts(title: str, counts: Mapping[str, int], rows: int) -> Table:
    table = _table()
    table.add_column(Text(title), no_wrap=True, max_width=_NAME_WIDTH, overflow="ellipsis")
    table.add_column(Text("rows"), justify="right")
    table.add_column(Text("share"), justify="right")
    table.add_column(Text(""), no_wrap=True)
    largest = max(counts.values())
    for name, count in counts.items():
        bar = "█" * max(1, round(_BAR_WIDTH * count / largest))
        table.add_row(Text(safe_text(name, one_line=True)), f"{count:,}", f"{count / max(rows, 1):.1%}", Text(bar))
    return table


def _lengths(statistics: Statistics) -> Table:
    table = _table()
    table.add_column(Text("length"), no_wrap=True)
    for title in ("rows", "min", "5%", "25%", "median", "75%", "95%", "max"):
        table.add_column(Text(title), justify="right")
    for name, spread in statistics.lengths.items():
        if spread.quantiles:
            table.add_row(Text(name), f"{spread.rows:,}", *(f"{value:,.0f}" for value in spread.quantiles.values()))
    return table


def _table() -> Table:
    return Table(box=None, pad_edge=False, show_edge=False, padding=(0, 2, 0, 0))
