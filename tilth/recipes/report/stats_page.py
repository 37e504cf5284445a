"""`stats.html`: one data set as a page of charts that needs nothing else."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from tilth.curate.histogram import Histogram
from tilth.curate.portrait import TextMap, languages_of, sources_of, text_map
from tilth.curate.portrait.languages import LANGUAGE_ROWS
from tilth.curate.stats import Spread, Statistics, describe
from tilth.errors import MissingExtraError
from tilth.recipes.execute import refuse_existing
from tilth.recipes.report import charts
from tilth.recipes.report.environment import page_environment
from tilth.recipes.report.words import count_of, number

if TYPE_CHECKING:
    from tilth.formats import Dataset

_STYLES = ("g0", "g1", "g2", "g3", "g4", "g5")
_BARS = 12
"""Labels or sources that get a bar of their own; the rest are one bar."""
_CHARTED = ("prompt_words", "answer_words", "text_words", "tokens")


@dataclass(frozen=True)
class Bar:
    """One value and how often it occurs."""

    name: str
    count: int
    chart: Markup


@dataclass(frozen=True)
class Chart:
    """One histogram with its words."""

    title: str
    unit: str
    chart: Markup
    words: str


@dataclass(frozen=True)
class Group:
    """A colour of the map."""

    name: str
    style: str
    count: int


def write_stats_page(
    data: "Dataset", target: Path, title: str, *, embedder: str | None = None, overwrite: bool = False
) -> Statistics:
    """Write the page and return the statistics it shows. It opens without a network and on a phone."""
    from tilth.formats import replacing

    if not overwrite:
        refuse_existing([target])  # before a row is read
    found = describe(data)
    sources = sources_of(data)
    languages, missing = _languages(data)
    map_ = text_map(data, embedder) if found.rows else None
    page = page_environment().get_template("stats.html.j2").render(
        title=title,
        style=files("tilth.recipes.report").joinpath("page/report.css").read_text(encoding="utf-8"),
        stats=found,
        repeats=found.rows - found.distinct_records,
        lengths=_charts(_lengths(found)),
        numbers=_charts(found.numbers),
        fields=_bars(found.fields, found.rows),
        labels=_bars(found.labels, found.all_labels, found.distinct_labels),
        sources=_bars(sources.rows, found.rows),
        types=_bars(found.types, found.rows),
        languages=_bars(languages, sum(languages.values())),
        language_rows=min(found.rows, LANGUAGE_ROWS),
        languages_missing=missing,
        overlaps=sources.overlaps,
        map=map_,
        map_chart=_map_chart(map_) if map_ else None,
        groups=_groups(map_) if map_ else [],
    )  # fmt: skip
    with replacing(target, overwrite=overwrite) as temporary:
        temporary.write_text(page, encoding="utf-8")
    return found


def _languages(data: "Dataset") -> tuple[Mapping[str, int], str]:
    try:
        return languages_of(data), ""
    except MissingExtraError as failure:
        return {}, failure.fix


def _lengths(found: Statistics) -> Mapping[str, Spread]:
    """The lengths that are charted: that of the text only where it is not all prompt."""
    lengths = {name: found.lengths[name] for name in _CHARTED}
    if lengths["text_words"].quantiles == lengths["prompt_words"].quantiles:
        del lengths["text_words"]
    return lengths


def _charts(spreads: Mapping[str, Spread]) -> list[Chart]:
    """Of what differs from row to row."""
    return [_chart(name, spread) for name, spread in spreads.items() if len(spread.histogram.counts) > 1]


def _chart(name: str, spread: Spread) -> Chart:
    low, quarter, median, three, high = (number(spread.quantiles[key]) for key in ("0", "0.25", "0.5", "0.75", "1"))
    words = (
        f"mean {number(spread.mean)}, median {median}, from {low} to {high}; half lie between {quarter} and {three} "
        f"({count_of(spread.rows, 'row')})"
    )
    title = name.replace("_", " ").capitalize() if spread.unit else name
    return Chart(title, spread.unit, _histogram(spread.histogram, f"{title}: {words}", spread.unit), words)


def _histogram(found: Histogram, label: str, unit: str) -> Markup:
    counts = [*found.counts, *([found.above] if found.above else [])]
    bins = charts.Bins(found.start, found.width, [0] * len(counts), counts, bool(found.above))
    return charts.histogram(bins, label=label, unit=unit)


def _bars(counts: Mapping[str, int], total: int, distinct: int = 0) -> list[Bar]:
    """The most frequent values, and what is left over in one bar."""
    shown = dict(list(counts.items())[:_BARS])
    largest = max(shown.values(), default=1)
    bars = [
        Bar(name, count, charts.stack([("kept", count)], largest, label=f"{name}: {count:,}"))
        for name, count in shown.items()
    ]
    others = max(len(counts), distinct) - len(shown)
    if others > 0 and (rest := (total if distinct else sum(counts.values())) - sum(shown.values())) > 0:
        chart = charts.stack([("other", min(rest, largest))], largest, label=f"others: {rest:,}")
        bars.append(Bar(f"{count_of(others, 'other')}", rest, chart))
    return bars


def _groups(found: TextMap) -> list[Group]:
    counts = Counter(found.groups)
    styles = _style_of(found)
    return [Group(name, styles(name), count) for name, count in counts.most_common()]


def _style_of(found: TextMap) -> Callable[[str], str]:
    names = [name for name, _ in Counter(found.groups).most_common() if name != "other"]
    known = dict(zip(names, _STYLES, strict=False))
    return lambda name: known.get(name, "rest")


def _map_chart(found: TextMap) -> Markup:
    style = _style_of(found)
    points: Sequence[tuple[float, float, str]] = [
        (x, y, style(group)) for (x, y), group in zip(found.points, found.groups, strict=True)
    ]
    return charts.scatter(points, label=f"Map of {len(points):,} texts by {found.by}")
