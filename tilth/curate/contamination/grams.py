"""Where n-grams of benchmark texts stand in other texts.

An n-gram is hashed as a polynomial over its units modulo 2^64 (Karp and Rabin 1987), from running sums, so that one
pass serves every length. A hash only suggests: what is found is compared unit by unit.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tilth.curate.contamination.units import Numbers, Unit, Units

Hashes = NDArray[np.uint64]

_BASE = 0x9E3779B97F4A7C15
_INVERSE = pow(_BASE, -1, 1 << 64)
_FILTER_BITS = 24  # at most, of a table of yes or no that most n-grams do not pass; 16 entries for each known one
_COMPARED = 1 << 16  # n-grams compared unit by unit at once


class Found(NamedTuple):
    """Runs of units that a text and a benchmark text have in common, one a row."""

    owner: Numbers
    """The text looked through."""
    place: Numbers
    """Its unit, counted from the start of that text, with which the run begins."""
    target: Numbers
    """The distinct benchmark text."""
    at: Numbers
    """Its unit with which the run begins."""
    length: Numbers


class Grams:
    """The n-grams of benchmark texts, for looking other texts through."""

    def __init__(self, texts: Sequence[str], is_question: Sequence[bool], unit: Unit, size: int, common: int) -> None:
        self.unit = unit
        learned = unit.learn(texts)
        counts = np.bincount(learned.owner, minlength=len(texts))
        starts = np.cumsum(counts) - counts
        least = min(unit.least, size)
        # Short answers tell nothing; other short texts must be a line of their own.
        shortest = np.where(np.array(is_question, np.bool_), min(unit.least_line, size), least)
        self.target_of = _distinct(learned.values, starts, counts, shortest)
        """For each text the number of its distinct sequence of units; -1 for one too short to tell."""
        some, first = np.unique(self.target_of, return_index=True)
        first = first[some >= 0]
        self.values, self.starts, self.counts = learned.values, starts[first], counts[first]
        self.coverable = np.zeros(len(learned.values), np.bool_)
        """Units of all texts that lie in an n-gram looked for."""
        self.common_grams = 0
        """N-grams left out, because more texts than `common` have them."""
        hashed = _Hashed(learned.values)
        self._indexes: list[tuple[int, bool, _Index]] = []
        for length in sorted(set(np.minimum(self.counts, size).tolist())):
            own = np.flatnonzero(np.minimum(self.counts, size) == length)
            grams = self.counts[own] - length + 1
            places = np.repeat(self.starts[own] - np.cumsum(grams) + grams, grams) + np.arange(grams.sum())
            owner = np.repeat(own, grams)
            is_rare = _is_rare(hashed.runs(places, length), owner, common)
            self.common_grams += int((~is_rare).sum())
            places, owner = places[is_rare], owner[is_rare]
            _cover(self.coverable, places, length)
            index = _Index(hashed.runs(places, length), owner, places)
            self._indexes.append((length, length < least, index))

    def __len__(self) -> int:
        return len(self.counts)

    def find(self, texts: Sequence[str]) -> Found:
        """Every run of the texts that is an n-gram of a benchmark text."""
        units = self.unit.take(texts)
        hashed = _Hashed(units.values)
        found = [self._found(units, hashed, length, index, in_line=short) for length, short, index in self._indexes]
        columns = [np.concatenate(column) for column in zip(*found, strict=True)] if found else [_NONE] * 5
        owner = columns[0]
        counts = np.bincount(units.owner, minlength=len(texts))
        starts = np.cumsum(counts) - counts
        return Found(owner, columns[1] - starts[owner], columns[2], columns[3] - self.starts[columns[2]], columns[4])

    def _found(self, units: Units, hashed: "_Hashed", length: int, index: "_Index", *, in_line: bool) -> list[Numbers]:
        if in_line:
            places = units.lines[np.diff(units.lines, append=len(units.values)) == length]
        else:
            places = np.arange(max(0, len(units.values) - length + 1))
            places = places[units.owner[places] == units.owner[places + length - 1]]
        place, entry = index.look(hashed, places, length)
        at = index.places[entry]
        is_same = np.concatenate(
            [np.zeros(0, np.bool_)]
            + [
                (units.values[_runs(place[some], length)] == self.values[_runs(at[some], length)]).all(axis=1)
                for some in (slice(start, start + _COMPARED) for start in range(0, len(place), _COMPARED))
            ]
        )
        place, at, target = place[is_same], at[is_same], index.targets[entry[is_same]]
        return [units.owner[place], place, target, at, np.full(len(place), length, np.int64)]


class _Hashed:
    """Running sums from which the hash of any run follows."""

    def __init__(self, values: Numbers) -> None:
        with np.errstate(over="ignore"):
            spread = (values.astype(np.uint64) + np.uint64(1)) * np.uint64(0xBF58476D1CE4E5B9)
            spread ^= spread >> np.uint64(29)
            powers = _powers(_BASE, len(values))
            self._sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(spread * powers, dtype=np.uint64)])
            self._back = _powers(_INVERSE, len(values))

    def runs(self, places: Numbers, length: int) -> Hashes:
        """Hashes of the runs that begin at the places."""
        hashes = (self._sums[places + length] - self._sums[places]) * self._back[places]
        hashes ^= hashes >> np.uint64(32)
        hashes *= np.uint64(0x94D049BB133111EB)  # so that its first bits depend on all
        return np.asarray(hashes)


class _Index:
    """N-grams of one length, by hash."""

    def __init__(self, hashes: Hashes, targets: Numbers, places: Numbers) -> None:
        order = np.argsort(hashes, kind="stable")
        self.hashes, self.targets, self.places = hashes[order], targets[order], places[order]
        bits = min(_FILTER_BITS, len(hashes).bit_length() + 4)
        self._shift = np.uint64(64 - bits)
        self._passes = np.zeros(1 << bits, np.bool_)
        self._passes[hashes >> self._shift] = True

    def look(self, hashed: _Hashed, places: Numbers, length: int) -> tuple[Numbers, Numbers]:
        """Places at which a run with a known hash begins, each with every entry of that hash."""
        hashes = hashed.runs(places, length)
        passing = np.flatnonzero(self._passes[hashes >> self._shift])
        hashes, places = hashes[passing], places[passing]
        low, high = np.searchsorted(self.hashes, hashes), np.searchsorted(self.hashes, hashes, "right")
        counts = high - low
        entries = np.repeat(low - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        return np.repeat(places, counts), entries


_NONE = np.zeros(0, np.int64)


def _distinct(values: Numbers, starts: Numbers, counts: Numbers, shortest: Numbers) -> Numbers:
    """Equal sequences get the same number, in the order in which they come first."""
    numbers: dict[bytes, int] = {}
    found = np.full(len(counts), -1, np.int64)
    for text in np.flatnonzero(counts >= np.maximum(shortest, 1)).tolist():
        own = values[starts[text] : starts[text] + counts[text]].tobytes()
        found[text] = numbers.setdefault(own, len(numbers))
    return found


def _is_rare(hashes: Hashes, owner: Numbers, common: int) -> NDArray[np.bool_]:
    """Which n-grams stand in no more than `common` different texts."""
    order = np.lexsort((owner, hashes))
    hashes, owner = hashes[order], owner[order]
    is_new = np.ones(len(hashes), np.bool_)
    is_new[1:] = hashes[1:] != hashes[:-1]
    is_new_owner = is_new.copy()
    is_new_owner[1:] |= owner[1:] != owner[:-1]
    group = np.cumsum(is_new) - 1
    holders = np.bincount(group, is_new_owner)
    is_rare = np.empty(len(hashes), np.bool_)
    is_rare[order] = holders[group] <= common if len(group) else False
    return is_rare


def _cover(marks: NDArray[np.bool_], places: Numbers, length: int) -> None:
    for offset in range(length):
        marks[places + offset] = True


def _runs(places: Numbers, length: int) -> Numbers:
    return np.asarray(places[:, None] + np.arange(length))


def _powers(base: int, count: int) -> Hashes:
    factors = np.full(count, base, np.uint64)
    factors[:1] = 1
    return np.cumprod(factors, dtype=np.uint64)
