"""Which sources hold the same records."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from tilth.operation import Dataset


@dataclass(frozen=True)
class Overlap:
    """Records that two sources have in common, or that one has several times."""

    sources: tuple[str, str]
    """Twice the same name for repeats inside one source."""
    rows: int
    """Rows of the second that repeat a record of the first."""


def overlaps(data: Dataset, source_of: Callable[[dict[str, object], str], str]) -> list[Overlap]:
    """Exact repeats by the source where the record came first and the one where it came again, most first."""
    first: dict[bytes, int] = {}
    numbers: dict[str, int] = {}
    found = Counter[tuple[int, int]]()
    for batch in data.batches():
        for record_id, record, origin in zip(batch.ids, batch.records, batch.origins, strict=True):
            here = numbers.setdefault(source_of(record, origin.file), len(numbers))
            before = first.setdefault(bytes.fromhex(record_id), here)
            found[before, here] += 1
        # The first of each content is no repeat.
    names = list(numbers)
    own = Counter(first.values())
    for number, firsts in own.items():
        found[number, number] -= firsts
    return [Overlap((names[one], names[other]), rows) for (one, other), rows in found.most_common() if rows > 0]


def source_of(record: dict[str, object], file: str) -> str:
    """Where a record says that it comes from (`meta.source.file`, or `meta.source` as text), else its file."""
    meta = record.get("meta")
    source = meta.get("source") if isinstance(meta, dict) else None
    if isinstance(source, dict):
        source = source.get("file")
    return source if isinstance(source, str) and source else file
