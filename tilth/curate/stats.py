"""What a data set looks like in numbers: types, sources, fields, lengths, labels, repeats."""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from tilth.curate.histogram import Histogram, histogram
from tilth.curate.number_fields import NumberFields
from tilth.curate.signals import Signal, signal_named
from tilth.operation import Batch, Dataset
from tilth.schemas.identity import NOT_CONTENT

LENGTHS = ("prompt_words", "answer_words", "text_words", "text_chars", "tokens")
QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
_TOP = 20


@dataclass(frozen=True)
class Spread:
    """How one signal is distributed."""

    unit: str
    rows: int
    """Records that have it."""
    mean: float
    quantiles: dict[str, float]
    """From `0` (smallest) over `0.5` (median) to `1` (largest); empty when no record has the signal."""
    histogram: Histogram
    """How many records have how much of it."""


@dataclass(frozen=True)
class Statistics:
    """The numbers of one data set."""

    rows: int
    types: dict[str, int]
    """Rows of each record type, most first."""
    sources: dict[str, int]
    """Rows of each file, most first."""
    fields: dict[str, int]
    """Rows that have each field of the file's own dialect, in the order in which they first came; fields of records
    where the file's rows are no records, but hold several or a part of one."""
    lengths: dict[str, Spread]
    labels: dict[str, int]
    """How often the most frequent labels of classes and entities occur; a row may have several."""
    distinct_labels: int
    """Different labels, of which there may be more than are listed."""
    all_labels: int
    """Labels in all rows together."""
    distinct_records: int
    """Different contents; the other rows repeat one of them exactly."""
    duplicate_share: float
    """Rows that repeat an earlier one exactly, over all rows."""
    empty_answers: int
    """Rows whose answer is there and holds nothing but blanks."""
    numbers: dict[str, Spread]
    """Fields all of whose values are numbers, such as a price, and the numbers in `meta.quality` and `meta.signals`."""

    def as_json(self) -> dict[str, Any]:
        """Plain data for `--json`."""
        return asdict(self)

    def table(self, width: int | None = None) -> str:
        """Plain text for a terminal, as wide as that is unless `width` says otherwise; readable at 80 columns."""
        from tilth.curate.stats_table import draw

        return draw(self, width)


def describe(data: Dataset) -> Statistics:
    """One pass over the data; keeps eight bytes for each length and sixteen for each different record."""
    types, sources, fields, labels = (Counter[str]() for _ in range(4))
    seen: set[bytes] = set()
    lengths = {signal_named(name): array("d") for name in LENGTHS}
    numbers = NumberFields()
    rows = empty_answers = 0
    for batch in data.batches():
        rows += len(batch)
        seen.update(map(bytes.fromhex, batch.ids))
        types.update(str(record.get("type") or "none") for record in batch.records)
        sources.update(origin.file for origin in batch.origins)
        for row, record in zip(batch.rows, batch.records, strict=True):
            fields.update(_fields(row, record, batch))
            labels.update(labels_of(record))
            numbers.add(record)
        for signal, values in lengths.items():
            _extend(values, signal, batch)
        empty_answers += sum(text is not None and not text.strip() for text in batch.column("answer").to_pylist())
    return Statistics(
        rows,
        dict(types.most_common()),
        dict(sources.most_common()),
        dict(fields),
        {signal.name: _spread(signal.unit, values) for signal, values in lengths.items()},
        dict(labels.most_common(_TOP)),
        len(labels),
        labels.total(),
        len(seen),
        1 - len(seen) / rows if rows else 0.0,
        empty_answers,
        {name: _spread("", values) for name, values in numbers.values.items()},
    )


def _fields(row: Mapping[str, Any], record: Mapping[str, Any], batch: Batch) -> Iterable[str]:
    """The names that a row has; the record's, where the row is what a dialect made of something else."""
    if not getattr(getattr(batch, "dialect", None), "unfolds", False):
        return row.keys()
    content = [name for name in record if name not in ("type", *NOT_CONTENT)]
    return [*content, *(record.get("extra") or ())]


def labels_of(record: Mapping[str, Any]) -> Iterator[str]:
    """The classes and the kinds of entities that a record names."""
    kind = record.get("type")
    if kind == "classification":
        several = record.get("labels")
        found = several if isinstance(several, list) else [record.get("label")]
    elif kind == "ner" and isinstance(record.get("entities"), list):
        found = [entity.get("label") for entity in record["entities"] if isinstance(entity, dict)]
    else:
        found = []
    yield from (label for label in found if isinstance(label, str))


def _extend(values: "array[float]", signal: Signal, batch: Batch) -> None:
    measured = signal.measure(batch)
    values.extend(measured[measured == measured].tolist())  # NaN is not equal to itself: no such part


def _spread(unit: str, values: "array[float]") -> Spread:
    import numpy as np

    measured = np.frombuffer(values, np.float64) if values else np.empty(0)
    is_whole = bool((measured == np.floor(measured)).all())
    if not values:
        return Spread(unit, 0, 0.0, {}, histogram((), is_whole=is_whole))
    found = np.quantile(measured, QUANTILES)
    quantiles = {f"{share:g}": float(value) for share, value in zip(QUANTILES, found, strict=True)}
    return Spread(unit, len(values), float(measured.mean()), quantiles, histogram(measured, is_whole=is_whole))
