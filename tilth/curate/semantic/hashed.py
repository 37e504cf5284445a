"""Vectors without a model: character n-grams, weighted by TF-IDF, projected to a few hundred numbers.

A text is lower-cased, its runs of blanks become one, and a blank is put at both ends. Each n-gram of 3 to 5 characters
is hashed to one of 2^18 buckets. A bucket weighs (1 + ln tf) x (ln((1 + N) / (1 + df)) + 1), for tf times in this
text and df texts of N. A fixed sparse random matrix, four entries of +1 or -1 for each bucket, takes the buckets to
384 numbers, and these are scaled to length 1. Such a projection keeps dot products up to an error of about
1 / sqrt(384) = 0.05 for texts that share nothing, which falls with (1 - cosine^2) and is about 0.01 at a cosine of 0.9.

Sources: feature hashing, Weinberger et al. 2009 (arXiv:0902.2206); sparse random projections, Achlioptas 2003 and, in
this form with few entries in a column, Kane and Nelson 2014 (arXiv:1012.1577).

What it sees is spelling, not meaning: a typo, another ending or another word order changes little, a synonym all.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

DIMENSIONS = 384
_SIZES = (3, 4, 5)
_BUCKET_BITS = 18
_BUCKETS = 1 << _BUCKET_BITS
_ENTRIES = 4  # of the projection, for each bucket: with one, two common n-grams that meet would blur short texts
_SLICE_CHARACTERS = 1_000_000  # about 60 MB of n-grams at work at once


class HashedNgrams:
    """Satisfies `tilth.curate.semantic.embedder.Embedder`; the same on every machine."""

    name = "hashed character n-grams"

    def __init__(self) -> None:
        self._texts = 0
        self._texts_with = np.zeros(_BUCKETS, np.int64)

    def learn(self, texts: Sequence[str]) -> None:
        """Count in how many texts each n-gram stands."""
        self._texts += len(texts)
        for part in _slices(texts):
            buckets, _, _ = _counted(part)
            self._texts_with += np.bincount(buckets, minlength=_BUCKETS)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One unit vector per text."""
        if not self._texts and len(texts):
            alone = HashedNgrams()
            alone.learn(texts)
            return alone.embed(texts)
        rarity = (np.log((1 + self._texts) / (1 + self._texts_with)) + 1).astype(np.float32)
        vectors = [_projected(part, rarity) for part in _slices(texts)]
        return np.concatenate(vectors) if vectors else np.empty((0, DIMENSIONS), np.float32)


def _slices(texts: Sequence[str]) -> Iterator[list[str]]:
    """Runs of texts that are worked on at once."""
    part, characters = list[str](), 0
    for text in texts:
        part.append(" " + " ".join(unicodedata.normalize("NFKC", text).lower().split()) + " ")
        characters += len(part[-1])
        if characters >= _SLICE_CHARACTERS:
            yield part
            part, characters = [], 0
    if part:
        yield part


def _counted(texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The distinct buckets of each text, the text of each, and how often it stands there."""
    points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
    owner = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    keys = []
    for size in _SIZES:
        starts = max(0, len(points) - size + 1)
        rolled = np.full(starts, size, np.uint64)
        for place in range(size):
            rolled = rolled * np.uint64(0x100000001B3) + points[place : place + starts]
        is_whole = owner[:starts] == owner[size - 1 : size - 1 + starts]
        # A text of blanks only is two blanks, too short for any n-gram.
        keys.append(owner[:starts][is_whole] << _BUCKET_BITS | _bucket(rolled[is_whole]))
    distinct, counts = np.unique(np.concatenate(keys), return_counts=True)
    return distinct & (_BUCKETS - 1), distinct >> _BUCKET_BITS, counts


def _projected(texts: Sequence[str], rarity: NDArray[np.float32]) -> NDArray[np.float32]:
    buckets, owner, counts = _counted(texts)
    weights = (1 + np.log(counts)) * rarity[buckets]
    vectors = np.zeros(len(texts) * DIMENSIONS)
    for entry in range(_ENTRIES):
        place, sign = _projection(entry)
        vectors += np.bincount(owner * DIMENSIONS + place[buckets], weights * sign[buckets], len(vectors))
    return unit(vectors.reshape(len(texts), DIMENSIONS))


def unit(vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    """Each row scaled to length 1; a row of zeros stays one."""
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64))
    scaled = vectors / np.where(lengths > 0, lengths, 1)[:, None]
    return np.ascontiguousarray(scaled, np.float32)


@lru_cache(_ENTRIES)
def _projection(entry: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Where each bucket goes with one of its entries, and with which sign."""
    drawn = _mixed(np.arange(_BUCKETS, dtype=np.uint64) * np.uint64(_ENTRIES) + np.uint64(entry))
    is_minus = (drawn & np.uint64(1)).astype(np.bool_)
    return (drawn >> np.uint64(1)).astype(np.int64) % DIMENSIONS, np.where(is_minus, -1.0, 1.0)


def _bucket(hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
    return (_mixed(hashes) >> np.uint64(64 - _BUCKET_BITS)).astype(np.int64)


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of SplitMix64 (Steele et al. 2014): every bit of the result depends on every bit given."""
    numbers = (numbers ^ numbers >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ numbers >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return numbers ^ numbers >> np.uint64(31)
