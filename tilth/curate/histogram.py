"""Counts over equal intervals, with the few largest values kept from flattening all others."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BINS = 24
_SHARE_SHOWN = 0.97
"""Share of the values that the intervals cover; what lies above is counted in one number."""
_BLOCKS = " ▁▂▃▄▅▆▇█"


@dataclass(frozen=True)
class Histogram:
    """How many values lie in each of some equal intervals, the first from `start`."""

    start: float
    width: float
    counts: Sequence[int]
    above: int
    """Values beyond the last interval."""

    @property
    def end(self) -> float:
        """Where the last interval ends."""
        return self.start + self.width * len(self.counts)

    def blocks(self, columns: int = BINS) -> str:
        """The counts as block characters, at most so many; an interval with anything in it is never blank."""
        each = -(-len(self.counts) // max(columns, 1))
        joined = [sum(self.counts[at : at + each]) for at in range(0, len(self.counts), each)]
        top = max(joined, default=0)
        return "".join(_BLOCKS[-(-count * 8 // top)] if count else _BLOCKS[0] for count in joined)


def histogram(values: "Sequence[float] | NDArray[np.float64]", *, is_whole: bool) -> Histogram:
    """The histogram of some values, none of which may be missing; its intervals have a round width.

    Where `is_whole` the values are counts, and no interval is narrower than one.
    """
    import numpy as np

    found = np.asarray(values, np.float64)
    if not found.size:
        return Histogram(0.0, 1.0, (), 0)
    low, high = float(found.min()), float(np.quantile(found, _SHARE_SHOWN))
    width = _round_width((high - low) / BINS, is_whole=is_whole)
    start = floor(low / width) * width
    bins = max(1, floor((high - start) / width + 1e-9) + 1)
    inside = found[found < start + bins * width]
    counts = np.bincount(((inside - start) / width + 1e-9).astype(np.int64), minlength=bins)[:bins]
    return Histogram(start, width, [int(count) for count in counts], int(found.size - counts.sum()))


def _round_width(raw: float, *, is_whole: bool) -> float:
    """1, 2 or 5 times a power of ten, not below the raw width."""
    if raw <= 0:
        return 1.0
    power = 10.0 ** floor(log10(raw))
    width = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw * 0.999)
    return max(1.0, width) if is_whole else width
