"""The operation `outliers`: rows whose numbers lie far outside those of the others are set aside."""

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from tilth.curate.signals import SignalName
from tilth.errors import MissingExtraError
from tilth.operation import Dataset, Judged, Options, Reason, judge

if TYPE_CHECKING:
    from tilth.curate.measured import Measured

_DISTANCE = "neighbour_distance"
_NAMED = 3
Verdict = Callable[[int], Reason | None]


class OutliersOptions(Options):
    """Which numbers are looked at, and how far out is too far."""

    signals: tuple[SignalName, ...] = ("prompt_words", "answer_words")
    """The signals; a row that is far out in any of them is set aside. None when only `fields` are named."""
    fields: tuple[str, ...] = ()
    """Fields with numbers, also as text (`price`, `meta.rating`), compared like signals."""
    method: Literal["iqr", "mad", "z", "isolation-forest", "knn"] = "iqr"
    """How far out is measured: from the quartiles in interquartile ranges, from the median in scaled median absolute
    deviations, from the mean in standard deviations; by all numbers together; or by the distance to the most similar
    records in the space of an embedder."""
    factor: Annotated[float, Field(gt=0)] = 3.0
    """How many ranges or deviations out a value may lie."""
    anomaly: Annotated[float, Field(gt=0, le=1)] = 0.65
    """For `isolation-forest`: the anomaly score from which a row is set aside; 0.5 is usual, 1 is odd."""
    side: Literal["both", "high", "low"] = "both"
    """Which values count: too large, too small, or both."""
    scale: Literal["auto", "linear", "log"] = "auto"
    """`log` compares ratios instead of differences; `auto` does so for signals that spread over orders of magnitude,
    such as lengths."""
    group: str = "type"
    """A field by which rows are compared with their own kind; empty to compare all with all."""
    neighbours: Annotated[int, Field(ge=1)] = 10
    """For `knn`: how many most similar records count."""
    model: Path | None = None
    """For `knn`: folder of an embedding model; hashed n-grams when none is named. Nothing is downloaded."""
    seed: int = 0
    """For `isolation-forest`: draws the cuts."""

    @model_validator(mode="before")
    @classmethod
    def _take_only_what_is_named(cls, given: Any) -> Any:
        """Fields without signals mean the fields alone; `knn` means the distance alone."""
        if isinstance(given, dict) and "signals" not in given:
            if given.get("method") == "knn":
                return {**given, "signals": (_DISTANCE,)}
            if given.get("fields"):
                return {**given, "signals": ()}
        return given

    @model_validator(mode="after")
    def _looks_at_something(self) -> Self:
        if not self.signals and not self.fields:
            raise PydanticCustomError("no_signal", "name at least one signal")
        return self


@judge(OutliersOptions, suspicion="high")
def outliers(data: Dataset, options: OutliersOptions) -> Iterator[Judged]:
    """Set aside rows whose numbers lie far outside those of the other rows of their group.

    The reason names the signal that is farthest out, its value and the fence; the score is the distance from the
    quartile, median or mean in ranges or deviations (0 and more, larger is odder). A row without a signal's part has no
    value there. There is no fence where fewer than 8 values are known or most of them are equal; the facts say so.

    `isolation-forest` (Liu et al. 2008) looks at all numbers together, and needs the extra `[quality]`; its score lies
    between 0 and 1. `knn` puts a fence on the mean cosine distance to the most similar records, on its high side.
    """
    if options.method == "isolation-forest" and find_spec("sklearn") is None:
        raise MissingExtraError("the isolation forest", "quality")
    from tilth.curate.measured import Space, measure

    space = Space(options.model, options.neighbours)
    measured = measure(data, options.signals, options.group, fields=options.fields, space=space)
    verdict, facts = (_isolated if options.method == "isolation-forest" else _fenced)(measured, options)
    row = 0
    for batch in data.batches():
        reasons = [verdict(one) for one in range(row, row + len(batch))]
        row += len(batch)
        yield Judged(batch, reasons, facts=facts)


def _fenced(measured: "Measured", options: OutliersOptions) -> tuple[Verdict, dict[str, Any]]:
    """Rows outside a fence of any column."""
    is_knn = options.method == "knn"
    method: Literal["iqr", "mad", "z"] = (
        "iqr" if options.method == "knn" or options.method == "isolation-forest" else options.method
    )
    outside = measured.outside(method, options.factor, "high" if is_knn else options.side, options.scale)

    def verdict(row: int) -> Reason | None:
        number = int(outside.signal[row])
        if number < 0:
            return None
        return Reason("outlier", None, abs(float(outside.distance[row])), measured.words(row, number, outside))

    return verdict, {"signals": measured.facts(outside)}


def _isolated(measured: "Measured", options: OutliersOptions) -> tuple[Verdict, dict[str, Any]]:
    """Rows that few cuts tell apart from the others."""
    import numpy as np

    from tilth.curate.isolation import anomalies

    scores, deviations = anomalies(measured, options.scale, options.seed)

    def verdict(row: int) -> Reason | None:
        if scores[row] < options.anomaly:
            return None
        farthest = np.argsort(-np.abs(deviations[:, row]), kind="stable")[:_NAMED]
        named = ", ".join(
            f"{measured.signals[one].name} {measured.values[one, row]:.4g} ({deviations[one, row]:+.1f} MAD)"
            for one in farthest
        )
        said = f"isolation score {scores[row]:.3f} is at or above {options.anomaly:g}; farthest out: {named}"
        return Reason("outlier", None, float(scores[row]), said)

    edges = np.linspace(0, 1, 21)
    histogram = {"edges": edges.tolist(), "rows": np.histogram(scores, edges)[0].tolist()}
    columns = {one.name: {"unit": one.unit, "summary": one.summary} for one in measured.signals}
    return verdict, {"anomaly": {"threshold": options.anomaly, "histogram": histogram}, "looked_at": columns}
