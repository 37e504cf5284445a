"""What must be known of every row to find repeats: the set of its shingles, gathered in one pass; no text is kept."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import count
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.curate.normalize import Rule, normalized
from tilth.curate.similarity.minhash import Cut, band_keys
from tilth.curate.similarity.sets import Growing, ShingleSets
from tilth.curate.similarity.shingles import HASH_BITS, Shingles, Unit, shingle
from tilth.formats.bulk.ahead import ahead
from tilth.formats.bulk.arrays import is_given
from tilth.kernels import kernel
from tilth.operation import Dataset

_SPREAD = 0x9E3779B97F4A7  # odd: numbers times this, in so many bits, are as different as they were


@dataclass(frozen=True)
class Reading:
    """How a text becomes what is compared."""

    rules: tuple[Rule, ...] = ("unicode", "case", "space")
    """What does not count."""
    unit: Unit = "word"
    size: int = 3
    is_exact: bool = False
    """Whether only equal texts count: then a text is a single shingle."""
    cut: Cut | None = None
    """The bands of a MinHash signature, where these are wanted too."""


@dataclass(frozen=True)
class Compared:
    """One column of all rows, and the distinct texts in it in the order in which they first appear.

    Two texts are the same here when they have the same shingles.
    """

    text_of: NDArray[np.int64]
    """Number of each row's text; -1 where the row has none to compare."""
    lengths: NDArray[np.int64]
    """Characters of each row's text as it stands."""
    sets: ShingleSets
    """Of the distinct texts."""
    keys: NDArray[np.uint64] | None
    """Their bands, of shape (texts, bands)."""

    def sets_of(self, rows: NDArray[np.int64]) -> ShingleSets:
        """The set of each of some rows; an empty one where there is no text."""
        text = self.text_of[rows]
        if not len(self.sets):
            nothing = np.zeros(len(rows), np.int64)
            return ShingleSets(nothing, nothing, self.sets.hashes)
        found = self.sets.take(np.maximum(text, 0))
        return ShingleSets(found.starts, np.where(text < 0, 0, found.sizes), found.hashes)


def gather(sources: Sequence[Dataset], columns: Sequence[str], reading: Reading) -> list[Compared]:
    """One pass over the data sets, one after the other: every column of theirs, ready to be compared."""
    collected = [_Collected() for _ in columns]

    def read(texts: Sequence[pa.StringArray]) -> list[_Read]:
        return [_read(one, reading) for one in texts]

    # Shingles are made in other threads, while this one reads on: numpy lets them run.
    for _, found in ahead(read, (texts for data in sources for texts in data.columns(*columns))):
        for column, piece in zip(collected, found or [], strict=True):
            column.add(piece)
    return [column.compared() for column in collected]


@dataclass(frozen=True)
class _Read:
    there: NDArray[np.int64]
    """The rows that have a text."""
    identities: list[bytes]
    """What the same of these texts have in common, and others do not."""
    lengths: NDArray[np.int64]
    shingles: Shingles | None
    keys: NDArray[np.uint64] | None


def _read(texts: pa.StringArray, reading: Reading) -> _Read:
    lengths = _characters(texts)
    if reading.is_exact:
        digests = [digest for text in texts.to_pylist() if (digest := text_digest(text, reading.rules)) is not None]
        return _Read(np.flatnonzero(is_given(texts)), digests, lengths, None, None)
    shingles = shingle(texts, reading.unit, reading.size, reading.rules)
    keys = band_keys(shingles, reading.cut) if reading.cut else None
    there = np.flatnonzero(shingles.counts)
    return _Read(there, _identities(shingles, there), lengths, shingles, keys)


def _characters(texts: pa.StringArray) -> NDArray[np.int64]:
    counts: Any = kernel("utf8_length", texts)
    lengths = np.frombuffer(counts.buffers()[1], np.int32)[counts.offset : counts.offset + len(counts)]
    return np.where(is_given(texts), lengths, 0).astype(np.int64)


def text_digest(text: str | None, rules: tuple[Rule, ...]) -> bytes | None:
    """The same 16 bytes for all texts that the rules make equal; None for no text."""
    if text is None:
        return None
    return blake2b(normalized(text, rules).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _identities(shingles: Shingles, there: NDArray[np.int64]) -> list[bytes]:
    """Sum and sum of squares of the hashes: 128 bits that depend on all of a set and on nothing else."""
    starts = (np.cumsum(shingles.counts) - shingles.counts)[there]
    both = np.empty((len(there), 2), np.uint64)
    if len(there):
        np.add.reduceat(shingles.hashes, starts, out=both[:, 0])
        np.add.reduceat(shingles.hashes * shingles.hashes, starts, out=both[:, 1])
    found: list[bytes] = both.view("V16").ravel().tolist()
    return found


class _Collected:
    """One column, as far as it is read."""

    def __init__(self) -> None:
        self._numbers: defaultdict[bytes, int] = defaultdict(count().__next__)
        self._text_of: list[NDArray[np.int64]] = []
        self._lengths: list[NDArray[np.int64]] = []
        self._sets = Growing()
        self._keys: list[NDArray[np.uint64]] = []

    def add(self, piece: _Read) -> None:
        """The next rows; of a text that was there before, no set is kept."""
        first = len(self._numbers)
        found = np.fromiter(map(self._numbers.__getitem__, piece.identities), np.int64, len(piece.identities))
        text_of = np.full(len(piece.lengths), -1, np.int64)
        text_of[piece.there] = found
        self._text_of.append(text_of)
        self._lengths.append(piece.lengths)
        # Numbers are given in turn: a new one is larger than all before it.
        highest = np.maximum.accumulate(np.concatenate([[first - 1], found]))
        unseen = piece.there[highest[1:] > highest[:-1]]
        if not len(unseen):
            return
        self._sets.append(_taken(piece.shingles, unseen) if piece.shingles else _numbered(first, len(unseen)))
        if piece.keys is not None:
            self._keys.append(piece.keys[unseen])

    def compared(self) -> Compared:
        """All of it."""
        text_of = np.concatenate(self._text_of) if self._text_of else np.empty(0, np.int64)
        lengths = np.concatenate(self._lengths) if self._lengths else np.empty(0, np.int64)
        return Compared(text_of, lengths, self._sets.sets(), np.concatenate(self._keys) if self._keys else None)


def _taken(shingles: Shingles, rows: NDArray[np.int64]) -> Shingles:
    if len(rows) == len(shingles.counts):
        return shingles
    is_taken = np.zeros(len(shingles.counts), np.bool_)
    is_taken[rows] = True
    return Shingles(shingles.hashes[np.repeat(is_taken, shingles.counts)], shingles.counts[is_taken])


def _numbered(first: int, texts: int) -> Shingles:
    """One shingle for each text, which no other one has."""
    numbers = np.arange(first, first + texts, dtype=np.uint64)
    return Shingles((numbers * np.uint64(_SPREAD)) & np.uint64((1 << HASH_BITS) - 1), np.ones(texts, np.int64))
