"""Texts as sets of shingles: every run of `size` consecutive words (or characters), as a sorted 52-bit hash."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.curate.normalize import Rule, normalized
from tilth.curate.similarity.tokens import Tokens, ascii_words, characters, mix, words
from tilth.formats.bulk.arrays import is_given
from tilth.formats.bulk.texts import bytes_of, rows_joined

Unit = Literal["word", "char"]

HASH_BITS = 52
"""What is left of 64 bits beside a row number of 12: two shingles of a pair of 100-word texts meet by chance once in
10^11 pairs."""
_SLICE_ROWS = 1 << (64 - HASH_BITS)
_SLICE_BYTES = 200_000  # scratch arrays that stay in the cache: measured twice as fast as slices of 4 million
_ROW_SHIFT = np.uint64(HASH_BITS)
_STEP = 0xD6E8FEB86659FD93  # odd, so multiplying by it loses nothing
_ALONE = np.uint64(0x632BE59BD9B4E019)  # marks a token that is a shingle by itself


class Shingles(NamedTuple):
    """Sorted distinct shingles of consecutive texts, one text after the other."""

    hashes: NDArray[np.uint64]
    counts: NDArray[np.int64]
    """Shingles of each text; none where there is no text (null)."""


def shingle(texts: pa.StringArray, unit: Unit, size: int, rules: tuple[Rule, ...]) -> Shingles:
    """The shingle set of every text that is there; none of these is empty.

    A text of fewer than `size` tokens is the set of its tokens, so short texts compare by the words they share. A
    text without any token (empty, or punctuation alone) is one shingle: itself. Letters count in lower case, and
    what the rules of normalisation make equal is equal here too.
    """
    is_there = is_given(texts)
    content, offsets = bytes_of(rows_joined([texts, "\n"], len(texts)))
    pieces = [
        _shingle_slice(texts, content[offsets[low] : offsets[high]], offsets[low : high + 1], low, unit, size, rules)
        for low, high in _slices(offsets)
    ]
    if not pieces:
        return Shingles(np.empty(0, np.uint64), np.empty(0, np.int64))
    hashes = np.concatenate([piece.hashes for piece in pieces])
    counts = np.concatenate([piece.counts for piece in pieces])
    if is_there.all():
        return Shingles(hashes, counts)
    return Shingles(hashes[np.repeat(is_there, counts)], np.where(is_there, counts, 0))


def _slices(offsets: NDArray[np.int32]) -> Iterator[tuple[int, int]]:
    low, rows = 0, len(offsets) - 1
    while low < rows:
        fitting = int(np.searchsorted(offsets, int(offsets[low]) + _SLICE_BYTES, side="right")) - 1
        high = min(max(fitting, low + 1), low + _SLICE_ROWS, rows)
        yield low, high
        low = high


def _shingle_slice(
    texts: pa.StringArray,
    part: NDArray[np.uint8],
    offsets: NDArray[np.int32],
    low: int,
    unit: Unit,
    size: int,
    rules: tuple[Rule, ...],
) -> Shingles:
    rows = len(offsets) - 1

    def plain(start: int, stop: int, rules: tuple[Rule, ...] = rules) -> list[str]:
        some = texts.slice(low + start, stop - start).to_pylist()
        return [normalized(text or "", rules).lower() for text in some]

    # Of the rules only `punctuation` changes what a word of ASCII letters is: to it `_` is no letter.
    if unit == "char":
        tokens = characters(plain(0, rows))
    elif "punctuation" in rules or (part & 0x80).any():
        tokens = words(plain(0, rows, tuple(rule for rule in rules if rule != "space")))
    else:
        tokens = ascii_words(part.tobytes(), (offsets - offsets[0]).astype(np.int64))
    # One sort of (row, hash) packed in 64 bits groups by row, sorts within it and brings repeats together.
    packed = _windows(tokens, size)
    wordless = np.flatnonzero(tokens.counts == 0)
    if len(wordless):
        themselves = [plain(row, row + 1)[0] for row in wordless.tolist()]
        itself = mix(_whole(characters(themselves)) ^ _ALONE)
        packed = np.concatenate([packed, _packed(wordless.astype(np.uint64) << _ROW_SHIFT, itself)])
    packed.sort()
    is_new = np.ones(len(packed), np.bool_)
    np.not_equal(packed[1:], packed[:-1], out=is_new[1:])
    distinct = packed if is_new.all() else packed[is_new]
    bounds = np.searchsorted(distinct, np.arange(rows + 1, dtype=np.uint64) << np.uint64(HASH_BITS))
    if rows == _SLICE_ROWS:
        bounds[-1] = len(distinct)  # 4096 << 52 is past 64 bits
    return Shingles(distinct & np.uint64((1 << HASH_BITS) - 1), np.diff(bounds).astype(np.int64))


def _windows(tokens: Tokens, size: int) -> NDArray[np.uint64]:
    """Every window of `size` tokens, and every token of a text that is shorter than that: row and hash packed."""
    hashes, counts = tokens
    row_of = np.repeat(np.arange(len(counts), dtype=np.uint64) << _ROW_SHIFT, counts)
    windows = max(0, len(hashes) - size + 1)
    summed = hashes[:windows] * np.uint64(_STEP)
    for place in range(1, size):
        summed += hashes[place : place + windows] * np.uint64(pow(_STEP, place + 1, 1 << 64))
    is_whole = row_of[:windows] == row_of[size - 1 :]
    whole: NDArray[np.uint64] = _packed(row_of[:windows], mix(summed))[is_whole]
    if not (counts < size).any():
        return whole
    short = np.flatnonzero(np.repeat(counts < size, counts))
    return np.concatenate([whole, _packed(row_of[short], mix(hashes[short] ^ _ALONE))])


def _packed(row_of: NDArray[np.uint64], hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A row, in its place in front, and the leading bits of a hash."""
    packed = hashes >> np.uint64(64 - HASH_BITS)
    packed |= row_of
    return packed


def _whole(tokens: Tokens) -> NDArray[np.uint64]:
    """One hash for each text, of all its characters in their order."""
    ends = np.cumsum(tokens.counts)
    place = np.arange(len(tokens.hashes)) - np.repeat(ends - tokens.counts, tokens.counts) + 1
    placed = mix(tokens.hashes + place.astype(np.uint64) * np.uint64(_STEP))
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(placed)])
    return np.asarray(sums[ends] - sums[ends - tokens.counts], np.uint64)
