"""The operation `grade`: 100 points for a record of any type, less what is missing, odd or wrong, each written down."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from tilth.operation import Dataset, Fields, Judged, Options, Reason, rewrite
from tilth.schemas import record_type
from tilth.schemas.identity import says_nothing, value_of
from tilth.schemas.registry import is_record_type
from tilth.validators.examine import Examiner
from tilth.validators.rule import RuleContext

if TYPE_CHECKING:
    from tilth.curate.measured import Measured, Outside

_BINS = 20
_NAMED = 3
Points = Annotated[float, Field(ge=0, le=100)]


class GradeOptions(Options):
    """What costs points, and how many."""

    error: Points = 40
    """Points off for each error that `validate` finds in the record."""
    warning: Points = 10
    """Points off for each warning."""
    missing: Points = 10
    """Points off for each field of `expected` that is not there or says nothing."""
    expected: tuple[str, ...] | None = None
    """Fields that should be there; when none are named, every field of the record type."""
    outlier: Points = 20
    """Points off for each field of `fields` whose number lies far outside those of the other records."""
    fields: tuple[str, ...] = ()
    """Fields with numbers, also as text, that are compared over the whole set (`price`, `meta.rating`)."""
    method: Literal["iqr", "mad", "z"] = "iqr"
    """How far out is measured, as in `outliers`."""
    factor: Annotated[float, Field(gt=0)] = 3.0
    """How many ranges or deviations out a number may lie."""
    minimum: Points = 0
    """Records below this score are set aside; 0 keeps every record."""


@rewrite(GradeOptions)
def grade(data: Dataset, options: GradeOptions) -> Iterator[Judged]:
    """Write a score from 0 to 100 and every deduction from it into `meta.quality`; for records of any type.

    A record begins with 100 points and loses some for each error and warning of its record type, for each expected
    field that is missing, and for each number that is an outlier in the set. `score` judges texts instead.
    """
    from tilth.curate.measured import measure

    examiner = Examiner(frozenset(), RuleContext())
    measured = measure(data, (), "type", fields=options.fields) if options.fields else None
    outside = None if measured is None else measured.outside(options.method, options.factor, "both", "auto")
    tally = _Tally()
    row = 0
    for batch in data.batches():
        reasons: list[Reason | None] = []
        records: list[Fields | None] = []
        for record in batch.records:
            found = _wrong(record, examiner, options)
            found += _missing(record, {one["field"] for one in found}, options)
            if measured is not None and outside is not None:
                found += _odd(row, measured, outside, options)
            row += 1
            quality = {"score": _score(found), "deductions": found}
            tally.add(quality)
            reasons.append(_reason(quality, options.minimum))
            records.append(_with_quality(record, quality))
        yield Judged(batch, reasons, records, facts=tally.facts(options))


def _wrong(record: Fields, examiner: Examiner, options: GradeOptions) -> list[dict[str, Any]]:
    points = {"error": options.error, "warning": options.warning}
    return [
        _deduction(finding.code, finding.field, points[finding.severity], finding.brief())
        for finding in examiner.findings(record)
    ]


def _missing(record: Fields, known: set[str], options: GradeOptions) -> Iterator[dict[str, Any]]:
    kind = record.get("type")
    names = options.expected
    if names is None:
        names = record_type(str(kind)).field_names() if is_record_type(kind) else ()
    for name in names:
        # What the record type demands is an error already, and counts once.
        if name not in known and says_nothing(value_of(record, name)):
            yield _deduction("empty-field", name, options.missing, f"{name} is not there")


def _odd(row: int, measured: "Measured", outside: "Outside", options: GradeOptions) -> Iterator[dict[str, Any]]:
    for number, column in enumerate(measured.signals):
        distance = float(outside.distances[number, row])
        if abs(distance) > options.factor:
            yield _deduction("outlier", column.name, options.outlier, measured.words(row, number, outside))


def _deduction(code: str, field: str, points: float, detail: str) -> dict[str, Any]:
    return {"code": code, "field": field, "points": points, "detail": detail}


def _score(deductions: list[dict[str, Any]]) -> float:
    return round(max(0.0, 100.0 - sum(float(one["points"]) for one in deductions)), 1)


def _with_quality(record: Fields, quality: dict[str, Any]) -> Fields | None:
    meta = record.get("meta") or {}
    return None if meta.get("quality") == quality else {**record, "meta": {**meta, "quality": quality}}


def _reason(quality: dict[str, Any], minimum: float) -> Reason | None:
    if quality["score"] >= minimum:
        return None
    worst = sorted(quality["deductions"], key=lambda one: -one["points"])[:_NAMED]
    said = "; ".join(f"-{one['points']:g} {one['detail']}" for one in worst)
    return Reason("low-quality", None, quality["score"], f"score {quality['score']:g} is below {minimum:g}: {said}")


class _Tally:
    """What the report says about all records together."""

    def __init__(self) -> None:
        self._bins, self._sum, self._rows, self._full = [0] * _BINS, 0.0, 0, 0
        self._times: Counter[str] = Counter()
        self._points: Counter[str] = Counter()

    def add(self, quality: Mapping[str, Any]) -> None:
        """Count one record."""
        self._rows += 1
        self._sum += quality["score"]
        self._full += not quality["deductions"]
        self._bins[min(_BINS - 1, int(quality["score"] * _BINS // 100))] += 1
        for one in quality["deductions"]:
            name = f"{one['code']} {one['field']}".strip()
            self._times[name] += 1
            self._points[name] += one["points"]

    def facts(self, options: GradeOptions) -> dict[str, Any]:
        """The mean, what cost points how often, and how the scores are spread."""
        edges = [100 * edge / _BINS for edge in range(_BINS + 1)]
        return {
            "mean_score": round(self._sum / self._rows, 2) if self._rows else None,
            "without_deduction": self._full,
            "deductions": {
                name: {"rows": rows, "points": self._points[name]} for name, rows in self._times.most_common()
            },
            "minimum": options.minimum,
            "histogram": {"edges": edges, "rows": list(self._bins)},
        }
