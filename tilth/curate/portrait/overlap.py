"""Which sources hold the same records."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath

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
    shown = short_names(numbers)
    names = [shown[name] for name in numbers]
    for number, firsts in Counter(first.values()).items():
        found[number, number] -= firsts  # the first of each content is no repeat
    repeats = [Overlap((names[one], names[other]), times) for (one, other), times in found.most_common() if times > 0]
    return Sources({shown[name]: count for name, count in rows.most_common()}, repeats)


def source_of(record: Fields, file: str) -> str:
    """Where a record says that it comes from (`meta.source.file`, or `meta.source` as text), else its file."""
    meta = record.get("meta")
    source = meta.get("source") if isinstance(meta, dict) else None
    if isinstance(source, dict):
        source = source.get("file")
    return source if isinstance(source, str) and source else file


def short_names(names: Iterable[str]) -> dict[str, str]:
    """For each source its name without the folders that all have in common: they say where this machine keeps them."""
    held = {name: PurePath(name).parts for name in names}
    if not held:
        return {}
    depth = 0
    for same in zip(*(parts[:-1] for parts in held.values()), strict=False):
        if len(set(same)) > 1:
            break
        depth += 1
    return {name: str(PurePath(*parts[depth:])) if parts else name for name, parts in held.items()}
