"""Charts as inline SVG: pure functions from numbers to markup, coloured by the classes of the page's style sheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from markupsafe import Markup, escape

from tilth.schemas.safe_text import safe_text

WIDTH, HEIGHT = 460, 210
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 10, 12, 34
_PLOT_WIDTH, _PLOT_HEIGHT = WIDTH - _LEFT - _RIGHT, HEIGHT - _TOP - _BOTTOM


@dataclass(frozen=True)
class Line:
    """One curve: its name, its style class, and its points (x, y) in order of x."""

    name: str
    style: str
    points: Sequence[tuple[float, float]]
    dots: bool = False
    """Mark each point: for a few measurements rather than a trace."""


@dataclass(frozen=True)
class Bins:
    """Counts over equal intervals, two sets over the same intervals; the last bin also holds what lies above."""

    start: float
    width: float
    before: Sequence[int]
    after: Sequence[int]
    has_more_above: bool


def histogram(bins: Bins, *, label: str, unit: str) -> Markup:
    """Two histograms in one: wide bars for before, narrow bars for after."""
    top = max(*bins.before, *bins.after, 1)
    ticks = nice_ticks(0, top, 4)
    step = _PLOT_WIDTH / len(bins.before)
    marks = [_horizontal_grid(ticks, ticks[-1])]
    for index, (before, after) in enumerate(zip(bins.before, bins.after, strict=True)):
        x = _LEFT + index * step
        marks += [
            _bar(x + step * 0.06, step * 0.88, before / ticks[-1], "before"),
            _bar(x + step * 0.24, step * 0.52, after / ticks[-1], "after"),
        ]
    every = max(1, ceil(len(bins.before) / 6))
    for index in range(0, len(bins.before) - (2 if bins.has_more_above else 0), every):
        marks.append(_x_label(_LEFT + index * step, number_label(bins.start + index * bins.width), "middle"))
    end = bins.start + bins.width * (len(bins.before) - bins.has_more_above)
    if bins.has_more_above:
        marks.append(_x_label(WIDTH - _RIGHT, f"over {number_label(end)}", "end"))
    marks.append(_x_label((_LEFT + WIDTH - _RIGHT) / 2, unit, "middle", below=True))
    return _figure(marks, label)


def lines(curves: Sequence[Line], *, label: str, x_unit: str, from_zero: bool = False) -> Markup:
    """Curves over a common x axis, each named at its right end."""
    points = [point for curve in curves for point in curve.points]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    y_ticks = nice_ticks(min(0.0, *ys) if from_zero else min(ys), max(ys), 4)
    low, high = y_ticks[0], y_ticks[-1]
    x_low, x_span = min(xs), (max(xs) - min(xs)) or 1
    marks = [_horizontal_grid(y_ticks, high, low)]
    for curve in curves:
        placed = [
            (
                _LEFT + (x - x_low) / x_span * _PLOT_WIDTH,
                _TOP + (1 - (y - low) / ((high - low) or 1)) * _PLOT_HEIGHT,
            )
            for x, y in curve.points
        ]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
        marks.append(Markup('<polyline class="curve {}" points="{}"/>').format(curve.style, path))
        if curve.dots:
            marks += [
                Markup('<circle class="dot {}" cx="{:.1f}" cy="{:.1f}" r="3"/>').format(curve.style, x, y)
                for x, y in placed
            ]
    for tick in nice_ticks(x_low, x_low + x_span, 5):
        if x_low <= tick <= x_low + x_span:
            marks.append(_x_label(_LEFT + (tick - x_low) / x_span * _PLOT_WIDTH, number_label(tick), "middle"))
    marks.append(_x_label((_LEFT + WIDTH - _RIGHT) / 2, x_unit, "middle", below=True))
    return _figure(marks, label)


def stack(parts: Sequence[tuple[str, int]], total: int, *, label: str) -> Markup:
    """One bar, cut into shares of `total`; what the parts leave over stays empty. Parts are (style, count)."""
    marks, at = [], 0.0
    for style, count in parts:
        width = 1000 * count / total if total else 0
        # One row in ten thousand must still be seen.
        width = max(width, 3.0) if count else 0.0
        marks.append(Markup('<rect class="{}" x="{:.1f}" y="0" width="{:.1f}" height="10"/>').format(style, at, width))
        at += width
    return Markup(
        '<svg class="stack" viewBox="0 0 {:.0f} 10" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>'
    ).format(max(1000.0, at), safe_text(label), Markup("").join(marks))


def scatter(points: Sequence[tuple[float, float, str]], *, label: str) -> Markup:
    """Points with x and y between 0 and 1, each with its style."""
    size, edge = 460, 6
    marks = [
        Markup('<circle class="point {}" cx="{:.1f}" cy="{:.1f}" r="2.6"/>').format(
            style, edge + x * (size - 2 * edge), edge + (1 - y) * (size - 2 * edge)
        )
        for x, y, style in points
    ]
    return Markup('<svg class="chart map" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        size, size, safe_text(label), Markup("").join(marks)
    )


_SMALLEST_SPAN = 1e-9  # ticks are rounded to ten digits: what differs by less is one value on a chart


def nice_ticks(low: float, high: float, wanted: int) -> list[float]:
    """Round values that enclose `low` and `high`, about `wanted` intervals apart, in steps of 1, 2 or 5."""
    span = high - low
    if span < _SMALLEST_SPAN:
        span = max(abs(high), 1.0)
    raw = span / wanted
    power = 10 ** floor(log10(raw))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw * 0.999)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [round(index * step, 10) for index in range(first, max(last, first + 1) + 1)]


def number_label(value: float) -> str:
    """A tick label without needless digits."""
    for size, sign in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= size:
            return f"{value / min(size, 1e3 if sign == 'k' else size):g}{sign}"
    return f"{value:,.0f}" if value == int(value) else f"{value:g}"


def _figure(marks: Sequence[Markup], label: str) -> Markup:
    return Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        WIDTH, HEIGHT + 16, safe_text(label), Markup("").join(marks)
    )


def _bar(x: float, width: float, share: float, style: str) -> Markup:
    height = share * _PLOT_HEIGHT
    return Markup('<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
        style, x, _TOP + _PLOT_HEIGHT - height, width, height
    )


def _horizontal_grid(ticks: Sequence[float], high: float, low: float = 0.0) -> Markup:
    marks = []
    for tick in ticks:
        y = _TOP + (1 - (tick - low) / ((high - low) or 1)) * _PLOT_HEIGHT
        marks.append(
            Markup(
                '<line class="grid" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>'
                '<text class="tick" x="{}" y="{:.1f}" text-anchor="end">{}</text>'
            ).format(_LEFT, WIDTH - _RIGHT, y, y, _LEFT - 8, y + 4, number_label(tick))
        )
    return Markup("").join(marks)


def _x_label(x: float, text: str, anchor: str, *, below: bool = False) -> Markup:
    y = HEIGHT - _BOTTOM + (36 if below else 18)
    return Markup('<text class="{}" x="{:.1f}" y="{}" text-anchor="{}">{}</text>').format(
        "axis" if below else "tick", x, y, anchor, escape(text)
    )
