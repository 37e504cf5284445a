"""Groups of rows dealt out to parts, stratum by stratum; pure arithmetic."""

from collections.abc import Sequence
from typing import NamedTuple


class Group(NamedTuple):
    """Rows that must stay together."""

    key: bytes
    """Decides the order among groups of one size: a hash of the seed and the content."""
    strata: dict[int, int]
    """Rows of each stratum in it."""

    @property
    def size(self) -> int:
        """All rows in it."""
        return sum(self.strata.values())


def targets(stratum_sizes: Sequence[int], shares: Sequence[float]) -> list[list[int]]:
    """Rows of each stratum that each part should get: within one row of its share, and the sums close too."""
    owed = [0.0] * len(shares)  # what a part is still due from the rounding of earlier strata
    table = []
    for size in stratum_sizes:
        ideal = [size * share for share in shares]
        row = [int(value + 1e-9) for value in ideal]
        for part in range(len(shares)):
            owed[part] += ideal[part] - row[part]
        fractional = [part for part in range(len(shares)) if ideal[part] - row[part] > 1e-9]
        for part in sorted(fractional, key=lambda part: (-owed[part], part))[: size - sum(row)]:
            row[part] += 1
            owed[part] -= 1
        table.append(row)
    return table


def allocate(groups: Sequence[Group], wanted: Sequence[Sequence[int]]) -> list[int]:
    """The part of each group. Large groups choose first, where they overflow the least; single rows fill what is left.

    Depends on the groups' sizes and keys only, so neither the order of the rows nor their number of batches matters.
    """
    left = [list(row) for row in wanted]
    every = range(len(wanted[0]))
    open_parts = [part for part in every if any(row[part] for row in wanted)] or every
    chosen = [0] * len(groups)
    for index in sorted(range(len(groups)), key=lambda index: (-groups[index].size, groups[index].key)):
        part = _best_part(groups[index], left, wanted, open_parts)
        chosen[index] = part
        for stratum, rows in groups[index].strata.items():
            left[stratum][part] -= rows
    return chosen


def _best_part(
    group: Group, left: Sequence[Sequence[int]], wanted: Sequence[Sequence[int]], parts: Sequence[int]
) -> int:
    def fit(part: int) -> tuple[int, float, int]:
        overflow = sum(max(0, rows - left[stratum][part]) for stratum, rows in group.strata.items())
        room = sum(left[stratum][part] for stratum in group.strata)
        asked = sum(wanted[stratum][part] for stratum in group.strata) or 1
        return overflow, -room / asked, part

    return min(parts, key=fit)
