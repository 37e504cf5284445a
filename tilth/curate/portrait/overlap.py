"""Which sources hold the same records."""

from collections import Counter
from dataclasses import dataclass

from tilth.operation import Dataset, Fields


@dataclass(frozen=True)
class Overlap:
    """Records that two sources have in common, or that one has several times."""

    sources: tuple[str, str]
    """Twice the same name for repeats inside one source."""
    rows: int
    """Rows of the second that repeat a record of the first."""


@dataclass(frozen=True)
class Sources:
    """Where the rows come from."""

    rows: dict[str, int]
    """Rows of each source, most first."""
    overlaps: list[Overlap]
    """Exact repeats by the source where the record came first and the one where it came again, most first."""


def sources_of(data: Dataset) -> Sources:
    """The sources of a data set and what they have in common, in one pass that keeps some bytes for each record."""
    first: dict[bytes, int] = {}
    numbers: dict[str, int] = {}
    rows, found = Counter[str](), Counter[tuple[int, int]]()
    for batch in data.batches():
        for record_id, record, origin in zip(batch.ids, batch.records, batch.origins, strict=True):
            name = source_of(record, origin.file)
            here = numbers.setdefault(name, len(numbers))
            before = first.setdefault(bytes.fromhex(record_id), here)
            rows[name] += 1
            found[before, here] += 1
    names = list(numbers)
    for number, firsts in Counter(first.values()).items():
        found[number, number] -= firsts  # the first of each content is no repeat
    repeats = [Overlap((names[one], names[other]), times) for (one, other), times in found.most_common() if times > 0]
    return Sources(dict(rows.most_common()), repeats)


def source_of(record: Fields, file: str) -> str:
    """Where a record says that it comes from (`meta.source.file`, or `meta.source` as text), else its file."""
    meta = record.get("meta")
    source = meta.get("source") if isinstance(meta, dict) else None
    if isinstance(source, dict):
        source = source.get("file")
    return source if isinstance(source, str) and source else file
