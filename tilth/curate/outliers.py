"""The operation `outliers`: rows whose numbers lie far outside those of the others are set aside."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from tilth.curate.signals import SignalNames
from tilth.operation import Dataset, Judged, Options, Reason, judge

if TYPE_CHECKING:
    from tilth.curate.measured import Measured, Outside


class OutliersOptions(Options):
    """Which numbers are looked at, and how far out is too far."""

    signals: SignalNames = ("prompt_words", "answer_words")
    """The signals; a row that is far out in any of them is set aside."""
    method: Literal["iqr", "mad"] = "iqr"
    """How far out is measured: from the quartiles in interquartile ranges, or from the median in scaled median
    absolute deviations."""
    factor: Annotated[float, Field(gt=0)] = 3.0
    """How many ranges or deviations out a value may lie."""
    side: Literal["both", "high", "low"] = "both"
    """Which values count: too large, too small, or both."""
    scale: Literal["auto", "linear", "log"] = "auto"
    """`log` compares ratios instead of differences; `auto` does so for signals that spread over orders of magnitude,
    such as lengths."""
    group: str = "type"
    """A field by which rows are compared with their own kind; empty to compare all with all."""


@judge(OutliersOptions, suspicion="high")
def outliers(data: Dataset, options: OutliersOptions) -> Iterator[Judged]:
    """Set aside rows whose signals lie far outside those of the other rows of their group.

    The reason names the signal that is farthest out, its value and the fence; the score is the distance from the
    quartile (or median) in ranges (or deviations). A row without a signal's part has no value there. There is no
    fence where fewer than 8 values are known or most of them are equal; the facts say so.
    """
    from tilth.curate.measured import measure

    measured = measure(data, options.signals, options.group)
    outside = measured.outside(options.method, options.factor, options.side, options.scale)
    facts = {"signals": measured.facts(outside)}
    row = 0
    for batch in data.batches():
        reasons = [_reason(one, measured, outside) for one in range(row, row + len(batch))]
        row += len(batch)
        yield Judged(batch, reasons, facts=facts)


def _reason(row: int, measured: "Measured", outside: "Outside") -> Reason | None:
    number = int(outside.signal[row])
    if number < 0:
        return None
    signal, distance = measured.signals[number], float(outside.distance[row])
    fence = outside.fences[signal.name, int(measured.groups[row])]
    is_high = distance > 0
    bound = f"above {fence.high:.4g}" if is_high else f"below {fence.low:.4g}"
    value = float(measured.values[number, row])
    return Reason(
        "outlier", None, abs(distance), f"{signal.name} {value:.4g} is {bound} ({fence.describe(is_high=is_high)})"
    )
