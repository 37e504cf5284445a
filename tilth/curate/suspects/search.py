"""Every detector over the same rows, nothing set aside, and one ranking from all their verdicts."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tilth.curate.suspects.detectors import Detector
from tilth.errors import TilthError
from tilth.operation import Dataset, Origin, SetAside

RANK_CONSTANT = 60
"""The k of reciprocal rank fusion: Cormack, Clarke and Buettcher (SIGIR 2009) found that little depends on it."""


@dataclass(frozen=True)
class Finding:
    """What one detector says of one row."""

    operation: str
    code: str
    score: float | None
    detail: str
    against: str | None
    rank: int
    """The row's place in this detector's own list, from 1; equal scores share a place."""


@dataclass(frozen=True)
class Suspect:
    """A row that at least one detector doubts."""

    id: str
    copy: int
    """How many rows before it have the same content."""
    origin: Origin
    suspicion: float
    """The sum of 1 / (60 + rank) over its findings: higher is more suspicious."""
    findings: tuple[Finding, ...]
    """Worst first."""
    row: Mapping[str, Any]


@dataclass(frozen=True)
class Suspects:
    """The list, worst first, and who made it."""

    rows: Sequence[Suspect]
    found: Mapping[str, int]
    """How many rows each detector doubts, for those that ran."""
    skipped: Mapping[str, str]
    """Why the others did not."""
    rows_in: int


def find_suspects(
    data: Dataset,
    detectors: Sequence[Detector],
    skipped: Mapping[str, str] | None = None,
    announce: Callable[[str], None] = lambda line: None,
) -> Suspects:
    """Ask every detector about every row and fuse their rankings.

    Scores of different detectors cannot be compared: one is a similarity, another a distance. Ranks can. So each
    detector ranks the rows that it doubts by its own score, and a row's suspicion is the sum of 1 / (60 + rank) over
    all who doubt it (reciprocal rank fusion): doubted by several is worse than doubted by one, whatever the scales.
    Ties go by place in the data. A detector that cannot judge this data is skipped, and named with its reason.
    """
    unable, doubts = dict(skipped or {}), dict[str, list[SetAside]]()
    for detector in detectors:
        announce(detector.name)
        try:
            routed = detector.operation.stream(data, detector.options)
            doubts[detector.name] = [row for batch in routed for row in batch.aside]
        except TilthError as failure:
            unable[detector.name] = failure.what
    order = {detector.name: detector.operation.suspicion == "low" for detector in detectors}
    findings: dict[Origin, list[Finding]] = defaultdict(list)
    rows: dict[Origin, SetAside] = {}
    for name, aside in doubts.items():
        for row, rank in _ranked(aside, low_first=order[name]):
            if row.origin is not None:
                findings[row.origin].append(_finding(name, row, rank))
                rows.setdefault(row.origin, row)
    suspects = list(_fused(data, rows, findings))
    suspects.sort(key=lambda suspect: -suspect.suspicion)
    return Suspects(suspects, {name: len(aside) for name, aside in doubts.items()}, unable, data.count())


def _ranked(aside: Sequence[SetAside], *, low_first: bool) -> Iterator[tuple[SetAside, int]]:
    """The rows with their places; without a score a row stands behind all that have one."""
    worst = float("inf")

    def key(row: SetAside) -> float:
        score = row.reason.score
        return worst if score is None else score if low_first else -score

    place, last = 0, object()
    for number, row in enumerate(sorted(aside, key=key), start=1):
        if key(row) != last:
            place, last = number, key(row)
        yield row, place


def _finding(name: str, row: SetAside, rank: int) -> Finding:
    reason = row.reason
    return Finding(name, reason.code, reason.score, reason.detail, reason.against, rank)


def _fused(
    data: Dataset, rows: Mapping[Origin, SetAside], findings: Mapping[Origin, Sequence[Finding]]
) -> Iterator[Suspect]:
    """Suspects in the order of the data, with which of several equal rows each is."""
    wanted, copies = {row.id for row in rows.values()}, Counter[str]()
    for batch in data.batches():
        for record_id, origin in zip(batch.ids, batch.origins, strict=True):
            if record_id in wanted:
                if origin in rows:
                    told = tuple(sorted(findings[origin], key=lambda finding: finding.rank))
                    score = sum(1 / (RANK_CONSTANT + finding.rank) for finding in told)
                    yield Suspect(record_id, copies[record_id], origin, score, told, rows[origin].row)
                copies[record_id] += 1
