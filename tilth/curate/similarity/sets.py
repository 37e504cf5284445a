"""The shingle sets of all rows in one compact table, ready for exact comparison."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tilth.curate.similarity.shingles import HASH_BITS, Shingles

_PAIR_TOKENS = 4_000_000  # shingles looked at in one go: bounds the scratch memory of a comparison


@dataclass(frozen=True)
class ShingleSets:
    """Sets of many rows. Shingles that only one row has cannot be shared, so they are counted and not kept."""

    sizes: NDArray[np.int64]
    """Distinct shingles of each row, those that were not kept included."""
    starts: NDArray[np.int64]
    """Row `r` owns `tokens[starts[r]:starts[r + 1]]`; one longer than the number of rows."""
    tokens: NDArray[np.uint32]
    """Shared shingles as numbers from the rarest up; ascending within a row."""
    row_counts: NDArray[np.int64]
    """For each token number, the rows that have it: at least 2."""

    def __len__(self) -> int:
        return len(self.sizes)

    def take(self, rows: NDArray[np.int64]) -> "ShingleSets":
        """The sets of some rows, in the given order."""
        counts = self.starts[rows + 1] - self.starts[rows]
        tokens = self.tokens[ranges(self.starts[rows], counts)]
        return ShingleSets(self.sizes[rows], starts_of(counts), tokens, self.row_counts)


def starts_of(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each of consecutive runs starts, and where the last one ends."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)])


def ranges(starts: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The numbers `starts[i], starts[i] + 1, ...`, `counts[i]` of them, for each `i` in turn."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    numbers: NDArray[np.int64] = np.arange(total) + np.repeat(starts - (ends - counts), counts)
    return numbers


def build_sets(pieces: list[Shingles]) -> ShingleSets:
    """One table from the shingles of consecutive batches. Empties `pieces` on the way: it is the largest state."""
    sizes = np.concatenate([piece.counts for piece in pieces]) if pieces else np.empty(0, np.int64)
    repeated = _repeated_buckets(pieces, int(sizes.sum()))
    shift = np.uint64(HASH_BITS - len(repeated).bit_length() + 1)
    shared, counts = [], []
    while pieces:
        hashes, piece_counts = pieces.pop(0)
        seen_twice = repeated[hashes >> shift]
        shared.append(hashes[seen_twice])
        kept = np.concatenate([np.zeros(1, np.int64), np.cumsum(seen_twice)])
        counts.append(np.diff(kept[starts_of(piece_counts)]))
    hashes = np.concatenate(shared) if shared else np.empty(0, np.uint64)
    return _numbered(sizes, hashes, np.concatenate(counts) if counts else np.empty(0, np.int64))


def verify_pairs(sets: ShingleSets, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.float64]:
    """The true Jaccard similarity of each pair of rows, from 0 to 1: shared shingles over all distinct shingles."""
    work = (sets.starts[left + 1] - sets.starts[left]) + (sets.starts[right + 1] - sets.starts[right])
    cuts = np.flatnonzero(np.diff(np.cumsum(work) // _PAIR_TOKENS, prepend=0))
    shared = [_shared(sets, a, b) for a, b in zip(np.split(left, cuts), np.split(right, cuts), strict=True)]
    overlap = np.concatenate(shared)
    return np.asarray(overlap / (sets.sizes[left] + sets.sizes[right] - overlap), np.float64)


def _shared(sets: ShingleSets, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int64]:
    keys = np.concatenate([_pair_tokens(sets, left), _pair_tokens(sets, right)])
    keys.sort(kind="stable")  # two sorted runs: the stable sort merges them in one go
    twice = keys[1:][keys[1:] == keys[:-1]] >> np.uint64(32)
    return np.bincount(twice.astype(np.int64), minlength=len(left))


def _pair_tokens(sets: ShingleSets, rows: NDArray[np.int64]) -> NDArray[np.uint64]:
    counts = sets.starts[rows + 1] - sets.starts[rows]
    pair = np.repeat(np.arange(len(rows), dtype=np.uint64) << np.uint64(32), counts)
    return np.asarray(pair | sets.tokens[ranges(sets.starts[rows], counts)], np.uint64)


def _repeated_buckets(pieces: list[Shingles], total: int) -> NDArray[np.bool_]:
    """For each leading bit pattern of a hash, whether it may occur in two rows (no is certain, yes is likely)."""
    bits = min(28, max(10, total.bit_length() + 2))
    shift = np.uint64(HASH_BITS - bits)
    once, twice = np.zeros(1 << bits, np.bool_), np.zeros(1 << bits, np.bool_)
    for hashes, _ in pieces:
        buckets = np.sort(hashes >> shift)
        repeats = buckets[1:] == buckets[:-1]
        twice[buckets[1:][repeats]] = True
        twice[buckets[once[buckets]]] = True
        once[buckets] = True
    return twice


def _numbered(sizes: NDArray[np.int64], hashes: NDArray[np.uint64], counts: NDArray[np.int64]) -> ShingleSets:
    """Hashes replaced by numbers that rise with the rows that have them, and those of a single row dropped."""
    _, number, row_counts = np.unique(hashes, return_inverse=True, return_counts=True)
    order = np.argsort(row_counts, kind="stable")  # ties by hash: the same numbers whatever the order of the rows
    rank = np.empty(len(order), np.uint64)
    rank[order] = np.arange(len(order), dtype=np.uint64)
    alone = int(np.count_nonzero(row_counts == 1))
    owners = np.repeat(np.arange(len(sizes), dtype=np.uint64), counts)
    keys = np.sort(((owners << np.uint64(32)) | rank[number])[row_counts[number] > 1])
    tokens = (keys & np.uint64(0xFFFFFFFF)).astype(np.uint32) - np.uint32(alone)
    kept = np.bincount((keys >> np.uint64(32)).astype(np.int64), minlength=len(sizes))
    return ShingleSets(sizes, starts_of(kept), tokens, row_counts[order][alone:])
