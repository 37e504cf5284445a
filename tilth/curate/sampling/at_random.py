"""Rows drawn at random, each as likely as any other, in one pass."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from tilth.curate.diffs.subject import at_path
from tilth.errors import UsageError, nearest
from tilth.schemas import canonical_json

if TYPE_CHECKING:
    from tilth.operation import Batch, Dataset

_MOST_GROUPS = 10_000  # each keeps rows of its own: a field with more values than that names rows, not groups


@dataclass
class _Reservoir:
    """Some of the rows seen so far, each equally likely to be among them."""

    size: int
    seen: int = 0
    rows: "list[tuple[int, Batch]]" = field(default_factory=list)
    """With the number of each row in the whole set."""

    def offer(self, number: int, batch: "Batch", index: int, random: Random) -> None:
        self.seen += 1
        if len(self.rows) < self.size:
            self.rows.append((number, batch.take([index])))
        elif (place := random.randrange(self.seen)) < self.size:
            self.rows[place] = number, batch.take([index])


def draw(data: "Dataset", rows: int, seed: int = 0, by: str = "") -> "list[tuple[int, Batch]]":
    """So many rows of the data, each with its number, in the order of the data; all where there are no more.

    With `by`, a field or a dotted path to one, each of its values gets its share of the sample, and every value at
    least one row as long as there is room. The same data, seed and options give the same rows.
    """
    random = Random(seed)  # noqa: S311 a sample is no secret
    groups: dict[bytes, _Reservoir] = {}
    names: set[str] = set()
    number = 0
    for batch in data.batches():
        for index in range(len(batch)):
            key = b""
            if by:
                names.update(batch.rows[index])
                key = canonical_json(at_path(batch.rows[index], by))
            if key not in groups:
                groups[key] = _group(rows, len(groups), by)
            groups[key].offer(number, batch, index, random)
            number += 1
    if by and number and list(groups) == [canonical_json(None)] and by not in names:
        raise UsageError(f"no row has a field {by}", fix=nearest(by, names))
    reservoirs = list(groups.values())
    drawn: list[tuple[int, Batch]] = []
    for reservoir, share in zip(reservoirs, shares([each.seen for each in reservoirs], rows), strict=True):
        drawn += reservoir.rows if share >= len(reservoir.rows) else random.sample(reservoir.rows, share)
    return sorted(drawn, key=lambda pair: pair[0])


def shares(sizes: Sequence[int], rows: int) -> list[int]:
    """How many rows each group gets: one at least while they last, the rest in proportion to the groups' sizes."""
    total = sum(sizes)
    if rows >= total:
        return list(sizes)
    if rows <= len(sizes):
        largest = sorted(range(len(sizes)), key=lambda index: (-sizes[index], index))[:rows]
        return [int(index in largest) for index in range(len(sizes))]
    left = rows - len(sizes)
    ideal = [left * (size - 1) / max(total - len(sizes), 1) for size in sizes]
    found = [1 + int(value) for value in ideal]
    by_remainder = sorted(range(len(sizes)), key=lambda index: (int(ideal[index]) - ideal[index], index))
    for index in by_remainder[: rows - sum(found)]:
        found[index] += 1
    return found


def _group(rows: int, groups: int, by: str) -> _Reservoir:
    if groups == _MOST_GROUPS:
        raise UsageError(
            f"{by} has more than {_MOST_GROUPS:,} values, so that its groups are no groups", fix="--by label"
        )
    return _Reservoir(rows)
