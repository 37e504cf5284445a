"""Charts: well-formed SVG for any numbers, and axes that enclose what they show."""

from xml.etree import ElementTree

from hypothesis import example, given
from hypothesis import strategies as st

from tilth.recipes.report import charts

_SVG = ' xmlns="http://www.w3.org/2000/svg"'
_numbers = st.floats(min_value=-1e6, max_value=1e6)


@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 10**7)), min_size=1, max_size=40), st.booleans())
def test_no_bar_leaves_the_plot(counts: list[tuple[int, int]], has_more: bool) -> None:
    bins = charts.Bins(0, 2.5, [before for before, _ in counts], [after for _, after in counts], has_more)

    drawn = _parse(charts.histogram(bins, label="a <label>", unit="words & more"))

    bars = [mark for mark in drawn if mark.get("class") in ("before", "after")]
    assert len(bars) == 2 * len(counts)
    assert all(float(bar.get("y", "nan")) >= 0 for bar in bars)
    assert all(float(bar.get("x", "nan")) + float(bar.get("width", "nan")) <= charts.WIDTH for bar in bars)


@given(st.lists(st.tuples(st.integers(0, 10**6), _numbers), min_size=1, max_size=60))
def test_every_point_of_a_curve_lies_in_the_plot(points: list[tuple[int, float]]) -> None:
    drawn = _parse(charts.lines([charts.Line("loss", "train", sorted(points), dots=True)], label="loss", x_unit="step"))

    dots = [mark for mark in drawn if mark.tag.endswith("circle")]
    assert len(dots) == len(points)
    assert all(0 <= float(dot.get("cx", "nan")) <= charts.WIDTH for dot in dots)
    assert all(0 <= float(dot.get("cy", "nan")) <= charts.HEIGHT for dot in dots)


@given(_numbers, _numbers, st.integers(1, 8))
@example(0.0, 5e-324, 1)
@example(0.0, 1e-9, 8)
def test_ticks_enclose_what_they_measure(one: float, other: float, wanted: int) -> None:
    low, high = sorted((one, other))

    ticks = charts.nice_ticks(low, high, wanted)

    slack = 1e-6 * max(1.0, abs(low), abs(high))
    assert ticks[0] <= low + slack
    assert ticks[-1] >= high - slack
    assert 2 <= len(ticks) <= 3 * wanted + 3


def test_a_single_row_among_ten_thousand_is_still_drawn() -> None:
    drawn = _parse(charts.stack([("kept", 9_999), ("aside", 1)], 10_000, label="one"))

    assert float(next(mark for mark in drawn if mark.get("class") == "aside").get("width", "0")) >= 3


def _parse(markup: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(str(markup).replace("<svg", f"<svg{_SVG}", 1)))
