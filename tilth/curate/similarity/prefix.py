"""Buckets that miss no pair: a few shingles of every row, chosen so that two similar rows always share one of them.

Two sets at Jaccard `t` share at least `ceil(t * n)` of the n shingles of either. So after leaving out all but the first
`n - ceil(t * n) + 1`, in any one order for all rows, they still share one (Chaudhuri, Ganti and Kaushik 2006; Bayardo,
Ma and Srikant 2007). The order here is by frequency class and then by hash, so boilerplate that many rows have comes
last and is not looked at.
"""

import numpy as np
from numpy.typing import NDArray

from tilth.curate.similarity.candidates import Buckets
from tilth.curate.similarity.sets import ShingleSets, in_chunks, order_of, ranges, starts_of
from tilth.curate.similarity.shingles import HASH_BITS

_CLASS_BITS = 20  # leading bits of a hash by which its class is looked up; a table of a mebibyte stays in the cache
_SAMPLE_SHINGLES = 400_000  # counted to learn which shingles are frequent
_LEVELS = (2, 4, 16, 64, 256, 1024, 8192)  # rows of the sample from which on a shingle is of the next class
_CHUNK_SHINGLES = 2_000_000
_LARGE_BUCKET = 24  # rows; fewer of them are quicker compared than avoided
_PAIRS_PER_ROW = 16  # more candidates than this, and what large buckets are made of is called frequent too
_ROUNDS = 4

Classes = NDArray[np.uint8]


def prefix_buckets(sets: ShingleSets, threshold: float) -> Buckets:
    """The buckets of every row: two rows that reach the threshold meet in at least one."""
    # 1e-9: 0.7 * 10 must not count as a little more than 7, which would cut a prefix one too short
    needed = np.maximum(np.ceil(threshold * sets.sizes - 1e-9).astype(np.int64), 1)
    lengths = np.maximum(sets.sizes - needed + 1, 0)
    classes = _sampled_classes(sets)
    for round in range(_ROUNDS):
        chosen = _first_in_order(sets, lengths, classes)
        buckets, heads, frequent = _met(sets, lengths, chosen)
        if buckets.load <= _PAIRS_PER_ROW * len(sets) or not len(frequent) or round == _ROUNDS - 1:
            break
        before = classes.copy()
        _raise(classes, heads[frequent], buckets.sizes[frequent])
        if np.array_equal(before, classes):
            break
    return buckets


def _sampled_classes(sets: ShingleSets) -> Classes:
    """The class of the shingles behind each leading bit pattern, from counts over a sample of rows."""
    classes = np.zeros(1 << _CLASS_BITS, np.uint8)
    step = max(1, int(sets.sizes.sum()) // _SAMPLE_SHINGLES)
    rows = np.arange(0, len(sets), step)
    sample = np.sort(sets.hashes[ranges(sets.starts[rows], sets.sizes[rows])])
    first = np.flatnonzero(np.diff(sample, prepend=np.uint64(1 << 63)))
    _raise(classes, sample[first], np.diff(np.append(first, len(sample))))
    return classes


def _raise(classes: Classes, hashes: NDArray[np.uint64], rows: NDArray[np.int64]) -> None:
    """Put shingles that so many rows have into the class for that, where they are in no higher one."""
    is_frequent = rows >= _LEVELS[0]
    slot = (hashes[is_frequent] >> np.uint64(HASH_BITS - _CLASS_BITS)).astype(np.int64)
    np.maximum.at(classes, slot, np.searchsorted(_LEVELS, rows[is_frequent], side="right").astype(np.uint8))


def _first_in_order(sets: ShingleSets, lengths: NDArray[np.int64], classes: Classes) -> NDArray[np.int64]:
    """Where in `sets.hashes` the first shingles of every row lie, `lengths` of them, row after row, in their order."""
    places = np.empty(int(lengths.sum()), np.int64)
    begins = starts_of(lengths)[:-1]
    # Most rows have enough rare shingles among their smallest hashes; only the others are looked at in full.
    rows = np.arange(len(sets))
    for looked_at in (np.minimum(sets.sizes, lengths + lengths // 4 + 2), sets.sizes):
        left = []
        for some in in_chunks(rows, looked_at[rows], _CHUNK_SHINGLES):
            part = ShingleSets(sets.starts[some], looked_at[some], sets.hashes)
            is_done, found = _first_in_chunk(part, lengths[some], classes, is_whole=looked_at is sets.sizes)
            done = some[is_done]
            places[ranges(begins[done], lengths[done])] = found
            left.append(some[~is_done])
        rows = np.concatenate(left) if left else rows
    return places


def _first_in_chunk(
    sets: ShingleSets, lengths: NDArray[np.int64], classes: Classes, *, is_whole: bool
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Which rows can be told their first shingles, and where these lie."""
    places = ranges(sets.starts, sets.sizes)
    level = classes.take((sets.hashes[places] >> np.uint64(HASH_BITS - _CLASS_BITS)).view(np.int64))
    owner = np.repeat(np.arange(len(sets)), sets.sizes)
    if is_whole:
        order = np.lexsort((level, owner))  # within a row and class as they lie: by hash
        rank = np.arange(len(order)) - np.repeat(starts_of(sets.sizes)[:-1], sets.sizes)
        return np.ones(len(sets), np.bool_), places[order[rank < np.repeat(lengths, sets.sizes)]]
    is_rare = level == 0
    rare = starts_of(is_rare)
    begins = starts_of(sets.sizes)
    before = rare[begins[:-1]]
    is_done = rare[begins[1:]] - before >= lengths
    limit = before + np.where(is_done, lengths, 0)
    return is_done, places[is_rare & (rare[1:] <= limit[owner])]


def _met(
    sets: ShingleSets, lengths: NDArray[np.int64], chosen: NDArray[np.int64]
) -> tuple[Buckets, NDArray[np.uint64], NDArray[np.int64]]:
    """Rows by the chosen shingles that they share; the leading part of each bucket's shingle; the large buckets."""
    # A leading part of the hash beside the place of the membership, sorted as one number: what differs further down
    # makes a candidate too many, and never one too few.
    bits = max(1, len(chosen).bit_length())
    head_bits = min(HASH_BITS, 64 - bits)
    packed = (sets.hashes[chosen] >> np.uint64(HASH_BITS - head_bits)) << np.uint64(bits)
    packed |= np.arange(len(chosen), dtype=np.uint64)
    packed.sort()
    heads = packed >> np.uint64(bits)
    is_same = heads[1:] == heads[:-1]
    is_met = np.zeros(len(heads), np.bool_)
    is_met[1:] |= is_same
    is_met[:-1] |= is_same
    heads, member = heads[is_met], (packed[is_met] & np.uint64((1 << bits) - 1)).astype(np.int64)
    first = np.flatnonzero(np.diff(heads, prepend=np.uint64(1 << 63)))
    sizes = np.diff(np.append(first, len(heads)))
    number = np.repeat(np.arange(len(first)), sizes)
    by_row = order_of(member)
    member = member[by_row]
    ends = np.cumsum(lengths)
    row = np.searchsorted(ends, member, side="right")
    # Whoever meets at a shingle first shares at most it and those behind it (Xiao, Wang, Lin and Yu 2008).
    reach = sets.sizes[row] - (member - (ends[row] - lengths[row]))
    starts = np.searchsorted(row, np.arange(len(sets) + 1))
    shift = np.uint64(HASH_BITS - head_bits)
    return Buckets(starts, number[by_row], reach, sizes), heads[first] << shift, np.flatnonzero(sizes > _LARGE_BUCKET)
