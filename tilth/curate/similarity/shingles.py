"""Texts as sets of shingles: every run of `size` consecutive words (or characters), as a sorted 52-bit hash."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tilth.curate.similarity.tokens import Tokens, characters, mix, words

HASH_BITS = 52
"""What is left of 64 bits beside a row number of 12: two shingles of a pair of 100-word texts meet by chance once in
10^11 pairs."""
_SLICE_ROWS = 1 << (64 - HASH_BITS)
_SLICE_CHARACTERS = 200_000  # scratch arrays that stay in the cache: measured twice as fast as slices of 4 million
_STEP = np.uint64(0xD6E8FEB86659FD93)  # odd, so multiplying by it loses nothing
_ALONE = np.uint64(0x632BE59BD9B4E019)  # marks a token that is a shingle by itself


class Shingles(NamedTuple):
    """Sorted distinct shingles of consecutive texts, one text after the other."""

    hashes: NDArray[np.uint64]
    counts: NDArray[np.int64]


def shingle(texts: Sequence[str], unit: Literal["word", "char"], size: int) -> Shingles:
    """The shingle set of every text; no set is empty.

    A text of fewer than `size` tokens is the set of its tokens, so short texts compare by the words they share. A
    text without any token (empty, or punctuation alone) is one shingle: itself.
    """
    pieces = [_shingle_slice(part, unit, size) for part in _slices(texts)]
    if not pieces:
        return Shingles(np.empty(0, np.uint64), np.empty(0, np.int64))
    return Shingles(np.concatenate([p.hashes for p in pieces]), np.concatenate([p.counts for p in pieces]))


def _slices(texts: Sequence[str]) -> list[Sequence[str]]:
    slices, start, length = [], 0, 0
    for position, text in enumerate(texts):
        if position > start and (position - start == _SLICE_ROWS or length + len(text) > _SLICE_CHARACTERS):
            slices.append(texts[start:position])
            start, length = position, 0
        length += len(text)
    return [*slices, texts[start:]] if len(texts) > start else slices


def _shingle_slice(texts: Sequence[str], unit: Literal["word", "char"], size: int) -> Shingles:
    tokens = words(texts) if unit == "word" else characters(texts)
    hashes, rows = _windows(tokens, size)
    wordless = np.flatnonzero(tokens.counts == 0)
    if len(wordless):
        itself = mix(_whole(characters([texts[row] for row in wordless.tolist()])) ^ _ALONE)
        hashes, rows = np.concatenate([hashes, itself]), np.concatenate([rows, wordless])
    # One sort of (row, hash) packed in 64 bits groups by row, sorts within it and brings repeats together.
    packed = np.sort((rows.astype(np.uint64) << np.uint64(HASH_BITS)) | (hashes >> np.uint64(64 - HASH_BITS)))
    distinct = packed[np.flatnonzero(np.diff(packed, prepend=packed[:1] ^ np.uint64(1)))]
    owners = (distinct >> np.uint64(HASH_BITS)).astype(np.int64)
    return Shingles(distinct & np.uint64((1 << HASH_BITS) - 1), np.bincount(owners, minlength=len(texts)))


def _windows(tokens: Tokens, size: int) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Hash and row of every window of `size` tokens, and of every token of a text that is shorter than that."""
    row_of = np.repeat(np.arange(len(tokens.counts)), tokens.counts)
    left = np.repeat(np.cumsum(tokens.counts), tokens.counts) - np.arange(len(row_of))  # tokens from here to the end
    whole = np.flatnonzero(left >= size)
    hashes = np.zeros(len(whole), np.uint64)
    for place in range(size):
        hashes = mix(hashes * _STEP + tokens.hashes[whole + place])
    short = np.flatnonzero(np.repeat(tokens.counts < size, tokens.counts))
    return (
        np.concatenate([hashes, mix(tokens.hashes[short] ^ _ALONE)]),
        np.concatenate([row_of[whole], row_of[short]]),
    )


def _whole(tokens: Tokens) -> NDArray[np.uint64]:
    """One hash for each text, of all its characters in their order."""
    ends = np.cumsum(tokens.counts)
    place = np.arange(len(tokens.hashes)) - np.repeat(ends - tokens.counts, tokens.counts) + 1
    sums = np.concatenate([[np.uint64(0)], np.cumsum(mix(tokens.hashes + place.astype(np.uint64) * _STEP))])
    return np.asarray(sums[ends] - sums[ends - tokens.counts], np.uint64)
