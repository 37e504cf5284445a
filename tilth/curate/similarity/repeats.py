"""Which row repeats which kept row, decided over a gathered corpus."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tilth.curate.similarity.candidates import band_buckets, prefix_buckets
from tilth.curate.similarity.corpus import Corpus
from tilth.curate.similarity.sets import build_sets
from tilth.curate.similarity.sweep import Swept, sweep

Keep = Literal["first", "longest"]


@dataclass(frozen=True)
class Repeats:
    """The verdict on every row."""

    witness: NDArray[np.int64]
    """The kept row that a row repeats; -1 where the row is kept."""
    score: NDArray[np.float64]
    """True Jaccard similarity with it; 1 for the same text."""
    is_same_text: NDArray[np.bool_]
    pairs_compared: int


def find_repeats(corpus: Corpus, keep: Keep, threshold: float) -> Repeats:
    """Every row visited in the order of the keep rule. Empties the corpus's shingles on the way."""
    visited = _visiting_order(corpus, keep)
    visited = visited[corpus.text_of[visited] >= 0]
    # The first row visited of each distinct text stands for it: if that one goes, so do its copies, and to the same
    # witness, because equal texts have equal shingles.
    texts, first = np.unique(corpus.text_of[visited], return_index=True)
    text_order = np.argsort(first, kind="stable")
    stands_for = visited[first]
    swept = _sweep_texts(corpus, text_order, threshold)
    text_witness = np.full(len(texts), -1, np.int64)
    gone = np.flatnonzero(swept.witness >= 0)
    text_witness[text_order[gone]] = text_order[swept.witness[gone]]
    text_score = np.ones(len(texts), np.float64)
    text_score[text_order[gone]] = swept.score[gone]
    return _for_rows(corpus.text_of, stands_for, text_witness, text_score, swept.pairs_compared)


def _visiting_order(corpus: Corpus, keep: Keep) -> NDArray[np.int64]:
    if keep == "longest":
        return np.argsort(-corpus.lengths, kind="stable")
    return np.arange(len(corpus.text_of))


def _sweep_texts(corpus: Corpus, text_order: NDArray[np.int64], threshold: float) -> Swept:
    if not corpus.shingles:
        return Swept(np.full(len(text_order), -1, np.int64), np.ones(len(text_order)), 0)
    sets = build_sets(corpus.shingles).take(text_order)
    if corpus.keys:
        return sweep(sets, band_buckets(np.concatenate(corpus.keys)[text_order]), threshold)
    return sweep(sets, prefix_buckets(sets, threshold), threshold)


def _for_rows(
    text_of: NDArray[np.int64],
    stands_for: NDArray[np.int64],
    text_witness: NDArray[np.int64],
    text_score: NDArray[np.float64],
    pairs_compared: int,
) -> Repeats:
    rows = np.flatnonzero(text_of >= 0)
    text = text_of[rows]
    is_near = text_witness[text] >= 0
    is_copy = ~is_near & (stands_for[text] != rows)
    witness = np.full(len(text_of), -1, np.int64)
    witness[rows[is_near]] = stands_for[text_witness[text[is_near]]]
    witness[rows[is_copy]] = stands_for[text[is_copy]]
    score = np.zeros(len(text_of), np.float64)
    score[rows] = text_score[text]
    is_same_text = np.zeros(len(text_of), np.bool_)
    is_same_text[rows] = is_copy
    return Repeats(witness, score, is_same_text, pairs_compared)
