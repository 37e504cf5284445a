"""Which parts there are, how large each should be, and what they are called; pure arithmetic."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from tilth.errors import UsageError

if TYPE_CHECKING:
    from tilth.curate.split import SplitOptions

_USUAL = ("train", "validation", "test")


@dataclass(frozen=True)
class Plan:
    """The parts in order; the first takes what no other asks for."""

    names: tuple[str, ...]
    shares: tuple[float, ...]
    """Of all rows; they sum to 1."""
    increments: tuple[float, ...] = ()
    """How the first part grows from the smallest subset to all of it: shares that sum to 1; none without subsets."""

    def file_stem(self, part: int, increment: int) -> str:
        """The name of the file that a row goes to: numbered, where the first part comes in subsets."""
        name = self.names[part]
        if not self.increments:
            return name
        number, count = (increment, len(self.increments)) if part == 0 else (0, 1)
        return f"{name}-{number:05d}-of-{count:05d}"


def plan(options: "SplitOptions", rows: int) -> Plan:
    """The parts of a set of so many rows. Raises `UsageError` where they leave nothing for training."""
    if options.folds is not None:
        names = tuple(f"fold-{number}" for number in range(1, options.folds + 1))
        return Plan(names, (1 / options.folds,) * options.folds)
    held_out = [size if size < 1 else size / max(rows, 1) for size in (options.validation, options.test)]
    if rows and sum(held_out) >= 1:
        asked = f"validation {options.validation:g} and test {options.test:g}"
        raise UsageError(f"split: {asked} leave none of {rows} rows for training", fix="smaller parts")
    return Plan(_USUAL, (1 - sum(held_out), *held_out), increments(options.subsets))


def increments(subsets: tuple[str, ...]) -> tuple[float, ...]:
    """What each subset adds to the one before it, and what is left for the whole."""
    bounds = [Fraction(0), *sorted({share_of(text) for text in subsets}), Fraction(1)]
    return tuple(float(above - below) for below, above in pairwise(bounds)) if subsets else ()


def share_of(text: str) -> Fraction:
    """The share that `1/8`, `0.125` or `12.5%` means. Raises `ValueError` for what is no share between 0 and 1."""
    number = text.strip()
    share = Fraction(number[:-1]) / 100 if number.endswith("%") else Fraction(number)
    if not 0 < share < 1:
        raise ValueError(text)
    return share
