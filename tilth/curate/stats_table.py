"""Statistics drawn for a terminal."""

from collections.abc import Mapping
from shutil import get_terminal_size

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from tilth.curate.histogram import Histogram
from tilth.curate.stats import Spread, Statistics
from tilth.schemas.safe_text import safe_text

_NAME_WIDTH = 40
_BAR_WIDTH = 20
_GAP = 2
_NARROW = 60
_LONGEST_NAME = 22
_QUANTILES = {"0": "min", "0.05": "5%", "0.25": "25%", "0.5": "median", "0.75": "75%", "0.95": "95%", "1": "max"}
_LEAST_NEEDED = ("0.5", "1", "0.95", "0", "0.05", "0.25", "0.75")
"""Quantiles in the order in which a narrow terminal keeps them."""


def draw(statistics: Statistics, width: int | None = None) -> str:
    """A summary, then one table each for types, sources, fields, lengths and labels; what says nothing is left out.

    No number is ever cut: a narrow terminal gets fewer columns and shorter names.
    """
    width = width or get_terminal_size().columns
    console = Console(width=width, color_system=None, force_terminal=False)
    with console.capture() as drawn:
        console.print(_tables(statistics, width))
    return "\n".join(line.rstrip() for line in drawn.get().splitlines())


def _tables(statistics: Statistics, width: int) -> RenderableType:
    rows = statistics.rows
    repeats = rows - statistics.distinct_records
    summary = (
        f"{rows:,} rows, {statistics.distinct_records:,} different records; {_many(repeats, 'exact repeat')} "
        f"({statistics.duplicate_share:.1%}); {_many(statistics.empty_answers, 'empty answer')}"
    )
    parts = [_counts("type", "rows", statistics.types, rows, width)]
    if len(statistics.sources) > 1:
        parts.append(_counts("source", "rows", statistics.sources, rows, width))
    parts += [_counts("field", "rows", statistics.fields, rows, width), _quantiles("length", statistics.lengths, width)]
    parts += [_quantiles("number", statistics.numbers, width), _histograms(statistics, width)]
    if statistics.labels:
        title = f"label ({statistics.distinct_labels:,} in all)"
        parts.append(_counts(title, "times", statistics.labels, statistics.all_labels, width))
    return Group(Text(summary), *(line for part in parts if part.row_count for line in (Text(""), part)))


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")


def _counts(title: str, unit: str, counts: Mapping[str, int], total: int, width: int) -> Table:
    largest = max(counts.values(), default=1)
    taken = len(f"{largest:,}") + len("100.0%") + 3 * _GAP + len(unit)
    bar = _BAR_WIDTH if width - taken - _BAR_WIDTH >= _NAME_WIDTH // 2 else 0
    table = _table()
    names = max(8, min(_NAME_WIDTH, width - taken - bar))
    table.add_column(Text(title), no_wrap=True, max_width=names, overflow="ellipsis")
    table.add_column(Text(unit), justify="right", no_wrap=True)
    table.add_column(Text("share"), justify="right", no_wrap=True)
    table.add_column(Text(""), no_wrap=True)
    for name, count in counts.items():
        mark = Text("█" * max(1, round(bar * count / largest)) if bar else "")
        table.add_row(Text(safe_text(name, one_line=True)), f"{count:,}", f"{count / max(total, 1):.1%}", mark)
    return table


def _quantiles(title: str, spreads: Mapping[str, Spread], width: int) -> Table:
    known = {_short(name): spread for name, spread in spreads.items() if spread.quantiles}
    shown = {
        name: [f"{value:,.0f}" if spread.unit else figure(value) for value in spread.quantiles.values()]
        for name, spread in known.items()
    }
    widths = {
        key: max([len(head), *(len(values[place]) for values in shown.values())])
        for place, (key, head) in enumerate(_QUANTILES.items())
    }
    most = max((spread.rows for spread in known.values()), default=0)
    left = width - max(map(len, known), default=0) - _GAP - max(len(f"{most:,}"), len("rows")) - _GAP
    kept = set[str]()
    for key in _LEAST_NEEDED:
        left -= widths[key] + _GAP
        if left >= 0:
            kept.add(key)
    table = _table()
    table.add_column(Text(title), no_wrap=True)
    table.add_column(Text("rows"), justify="right", no_wrap=True)
    for key, head in _QUANTILES.items():
        if key in kept:
            table.add_column(Text(head), justify="right", no_wrap=True)
    for name, values in shown.items():
        cells = [value for key, value in zip(_QUANTILES, values, strict=True) if key in kept]
        table.add_row(Text(name), f"{known[name].rows:,}", *cells)
    return table


def _histograms(statistics: Statistics, width: int) -> Table:
    """A line of blocks for each length, with the values at its ends."""
    table = _table()
    table.add_column(Text("spread"), no_wrap=True)
    for justify in ("right", "left", "left"):
        table.add_column(Text(""), justify=justify, no_wrap=True)
    spreads = {**statistics.lengths, **statistics.numbers}
    known = {_short(name): spread.histogram for name, spread in spreads.items() if spread.quantiles}
    is_narrow = width < _NARROW
    ends = {name: _end(found, is_narrow) for name, found in known.items()}
    starts = {name: figure(found.start) for name, found in known.items()}
    taken = sum(max(map(len, texts), default=0) + _GAP for texts in (known, starts.values(), ends.values()))
    for name, found in known.items():
        if len(found.counts) > 1:
            blocks = found.blocks(max(8, width - taken - _GAP))
            table.add_row(Text(name), starts[name], Text(blocks), ends[name])
    return table


def figure(value: float) -> str:
    """A number in as few digits as say something: whole from a hundred on, else four of them."""
    return f"{value:,.0f}" if value == int(value) or abs(value) >= 100 else f"{value:.4g}"


def _short(name: str) -> str:
    shown = safe_text(name, one_line=True)
    return shown if len(shown) <= _LONGEST_NAME else f"…{shown[1 - _LONGEST_NAME :]}"


def _end(found: Histogram, is_narrow: bool) -> str:
    above = f" +{found.above:,}" if is_narrow else f" (+{found.above:,} above)"
    return figure(found.end) + (above if found.above else "")


def _table() -> Table:
    return Table(box=None, pad_edge=False, show_edge=False, padding=(0, _GAP, 0, 0))
