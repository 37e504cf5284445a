"""Subsets of the training rows inside each other, each with every stratum's share; pure arithmetic."""

from collections import Counter
from collections.abc import Sequence
from hashlib import blake2b
from itertools import accumulate


def nested(ids: Sequence[str], strata: Sequence[str], increments: Sequence[float], seed: int) -> list[int]:
    """For each row the number of the increment that it comes with: 0 for the smallest subset.

    All rows are put into one order in which the rows of each stratum lie evenly, at a random phase; a subset is the
    beginning of that order. So it has each stratum's share within one row, and a smaller one is always part of it.
    """
    keys = [_fraction(seed, id) for id in ids]
    sizes, seen = Counter(strata), Counter[str]()
    place: dict[int, tuple[float, float]] = {}
    for row in sorted(range(len(ids)), key=lambda row: (keys[row], row)):
        stratum = strata[row]
        place[row] = (seen[stratum] + _fraction(seed, f"phase:{stratum}")) / sizes[stratum], keys[row]
        seen[stratum] += 1
    bounds = [round(len(ids) * bound) for bound in accumulate(increments)]
    found, increment = [0] * len(ids), 0
    for number, row in enumerate(sorted(place, key=lambda row: (*place[row], row))):
        while increment < len(bounds) - 1 and number >= bounds[increment]:
            increment += 1
        found[row] = increment
    return found


def _fraction(seed: int, words: str) -> float:
    digest = blake2b(f"{seed}:subset:{words}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64
