"""How many rows each source gives; pure arithmetic."""

import math
from collections.abc import Sequence


def shares(sizes: Sequence[int], weights: Sequence[float] | None, temperature: float, cap: int | None) -> list[float]:
    """What part of a mixture each source makes up; they sum to 1, and a source without rows has none.

    A source counts by its weight where weights are given and by its rows, up to the cap, where not: `r`. Its share is
    proportional to `r ** (1 / temperature)`: 1 keeps the proportions, and the higher the temperature, the more equal
    the sources (Raffel et al. 2020, T5, section 3.5.2; Xue et al. 2021, mT5, where 1 / temperature is alpha).
    """
    limit = math.inf if cap is None else cap
    rates = [min(size, limit) for size in sizes] if weights is None else list(weights)
    # The largest rate as the unit: nothing overflows, however low the temperature.
    largest = max((rate for rate, size in zip(rates, sizes, strict=True) if size), default=0)
    powers = [
        (rate / largest) ** (1 / temperature) if size and rate else 0.0 for rate, size in zip(rates, sizes, strict=True)
    ]
    total = sum(powers)
    return [power / total if total else 0.0 for power in powers]


def takes(wanted: Sequence[float], available: Sequence[int], rows: int | None) -> list[int]:
    """Rows to take of each source: by its share, and never more than it has.

    Without a number of rows as many as the shares allow. With one, what a source cannot give comes from the others, in
    proportion to their shares.
    """
    if rows is None:
        asked = [(have + 1e-9) / share for share, have in zip(wanted, available, strict=True) if share]
        rows = math.floor(min(asked, default=0))
    taken = [0] * len(wanted)
    open_sources = [number for number, share in enumerate(wanted) if share]
    left = rows
    while left and open_sources:
        total = sum(wanted[number] for number in open_sources)
        ideal = {number: left * wanted[number] / total for number in open_sources}
        full = [number for number in open_sources if ideal[number] >= available[number]]
        if not full:
            for number, share in rounded(ideal, left).items():
                taken[number] = share
            break
        for number in full:
            taken[number] = available[number]
        left -= sum(available[number] for number in full)
        open_sources = [number for number in open_sources if number not in full]
    return taken


def rounded(ideal: dict[int, float], total: int) -> dict[int, int]:
    """Whole numbers next to the ideal ones that sum to the total: the largest remainders are rounded up."""
    found = {number: int(value) for number, value in ideal.items()}
    by_remainder = sorted(ideal, key=lambda number: (found[number] - ideal[number], number))
    for number in by_remainder[: total - sum(found.values())]:
        found[number] += 1
    return found
