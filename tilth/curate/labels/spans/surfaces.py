"""How the same words are labelled elsewhere; imports numpy and scipy."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from tilth.curate.labels.classifier import Scores
from tilth.curate.labels.spans.tagged import OUTSIDE, Numbers, Tagged

UNSEEN = 0.3
"""Texts in which anything that was not seen of a surface is taken to have been seen."""


@dataclass(frozen=True)
class Chunks:
    """Runs of tokens of one class, in the order of the text: spans, and places without label where words stand that
    are a span elsewhere."""

    first: Numbers
    """The first token of each."""
    last: Numbers
    """The token behind its last."""
    given: Numbers
    """Its class."""
    surface: Numbers
    """Number of its words: the same for the same words. -1 where they are no span anywhere."""

    def __len__(self) -> int:
        return len(self.first)

    def ranges(self) -> Iterator[tuple[int, int]]:
        """The first token of each, and the one behind its last."""
        return zip(self.first.tolist(), self.last.tolist(), strict=True)


def known_chunks(tagged: Tagged) -> Chunks:
    """All spans, and the longest runs of the same words outside of spans."""
    edges = np.flatnonzero(np.diff(tagged.span, prepend=-1)) if len(tagged.span) else np.zeros(0, np.int64)
    first = edges[tagged.span[edges] >= 0]
    ends = np.append(edges[1:], len(tagged.span))
    last = ends[tagged.span[edges] >= 0]
    words = tagged.word.tolist()
    numbers: dict[tuple[int, ...], int] = {}
    spans = zip(first.tolist(), last.tolist(), strict=True)
    surface = [numbers.setdefault(tuple(words[start:end]), len(numbers)) for start, end in spans]
    bare = list(_outside(tagged, words, numbers))
    table = np.array(bare, np.int64).reshape(-1, 3)
    joined = Chunks(
        np.append(first, table[:, 0]),
        np.append(last, table[:, 1]),
        np.append(tagged.given[first], np.full(len(bare), OUTSIDE)),
        np.append(np.array(surface, np.int64), table[:, 2]),
    )
    order = np.argsort(joined.first, kind="stable")
    return Chunks(joined.first[order], joined.last[order], joined.given[order], joined.surface[order])


def _outside(tagged: Tagged, words: list[int], numbers: dict[tuple[int, ...], int]) -> Iterator[tuple[int, int, int]]:
    lengths: dict[int, set[int]] = {}
    for key in numbers:
        lengths.setdefault(key[0], set()).add(len(key))
    descending = {word: sorted(sizes, reverse=True) for word, sizes in lengths.items()}
    row, free = tagged.row.tolist(), (tagged.span < 0).tolist()
    token = 0
    while token < len(words):
        size = 1
        for length in descending.get(words[token], ()) if free[token] else ():
            end = token + length
            found = numbers.get(tuple(words[token:end]))
            if found is not None and end <= len(words) and row[end - 1] == row[token] and all(free[token:end]):
                yield token, end, found
                size = length
                break
        token += size


def elsewhere(chunks: Chunks, group: Numbers, classes: int) -> tuple[Scores, NDArray[np.float64]]:
    """Log-probabilities of shape (chunks, classes) from the same words in other texts, and in how many of them these
    have the given class.

    `group` is that of each chunk's text: texts that are near-duplicates count once, and not for each other.
    """
    counts = np.zeros((len(chunks), classes))
    rows = np.flatnonzero(chunks.surface >= 0)
    if len(rows):
        surface, number, own = chunks.surface[rows], chunks.given[rows], group[rows]
        seen = np.unique(np.column_stack([surface, own, number]), axis=0)
        size = (int(surface.max()) + 1, classes)
        everywhere = csr_matrix((np.ones(len(seen)), (seen[:, 0], seen[:, 2])), shape=size)
        pair = np.unique(np.column_stack([surface, own]), axis=0, return_inverse=True)[1]
        within, of_seen = np.unique(seen[:, :2], axis=0, return_inverse=True)
        at_home = csr_matrix((np.ones(len(seen)), (of_seen.ravel(), seen[:, 2])), shape=(len(within), classes))
        counts[rows] = everywhere[surface].toarray() - at_home[pair.ravel()].toarray()
    total = counts.sum(axis=1, keepdims=True)
    return np.log((counts + UNSEEN) / (total + classes * UNSEEN)), counts[np.arange(len(chunks)), chunks.given]
