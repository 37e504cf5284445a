"""Shares that hold at every moment while rows come one by one, and nobody knows how many there will be."""

from collections.abc import Sequence
from hashlib import blake2b

_NEAR = 0.999  # rows that a stratum may be off its share


class Quotas:
    """How many rows of each stratum each part has. What it says depends on the rows so far and on no later one."""

    def __init__(self, shares: Sequence[float], seed: int) -> None:
        self._shares, self._seed = tuple(shares), seed
        self._counts: dict[str, list[int]] = {}

    def next(self, stratum: str, id: str) -> int:
        """A part for a row that is free to go anywhere: drawn by its content, among the parts that keep the shares."""
        counts = self._counts.get(stratum) or [0] * len(self._shares)
        due = [share * (sum(counts) + 1) - count for share, count in zip(self._shares, counts, strict=True)]
        parts = range(len(self._shares))
        free = [part for part in parts if self._shares[part] and all(abs(due[q] - (q == part)) <= _NEAR for q in parts)]
        if not free:
            return max(parts, key=lambda part: (due[part], -part))
        drawn = sum(self._shares[part] for part in free) * self._fraction(stratum, id)
        for part in free:
            drawn -= self._shares[part]
            if drawn < 0:
                return part
        return free[-1]

    def count(self, stratum: str, part: int) -> None:
        """Take note that a row of this stratum went to that part."""
        self._counts.setdefault(stratum, [0] * len(self._shares))[part] += 1

    def _fraction(self, stratum: str, id: str) -> float:
        """A number from 0 to 1 that follows from the seed, the stratum and the content."""
        digest = blake2b(f"{self._seed}:{stratum}:{id}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
        return int.from_bytes(digest, "big") / 2**64
