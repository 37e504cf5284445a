"""Folds for predictions out of sample: every class in every fold, near-duplicates never apart."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tilth.curate.similarity.groups import similar_groups
from tilth.curate.similarity.likeness import Likeness
from tilth.curate.similarity.prefix import prefix_buckets
from tilth.curate.similarity.sets import Growing
from tilth.curate.similarity.shingles import shingle
from tilth.formats.bulk.arrays import as_texts

_NEAR = 0.8  # Jaccard of three-word shingles, as in dedup
_SHINGLE_WORDS = 3


def near_groups(texts: Sequence[str]) -> NDArray[np.int64]:
    """The group of each text: texts that are near-duplicates, directly or through others, share one."""
    numbers: dict[str, int] = {}
    of_text = np.array([numbers.setdefault(" ".join(text.lower().split()), len(numbers)) for text in texts], np.int64)
    if not numbers:
        return of_text
    growing = Growing()
    growing.append(shingle(as_texts(numbers), "word", _SHINGLE_WORDS, ("unicode", "case", "space")))
    sets = growing.sets()
    return similar_groups(Likeness([sets], prefix_buckets(sets, _NEAR), _NEAR)).labels[of_text]


def deal(groups: NDArray[np.int64], classes: NDArray[np.int64], folds: int, seed: int) -> NDArray[np.int64]:
    """The fold of each row: groups stay whole, and the groups of each class are dealt round in turn.

    A group belongs to the class of its first row. The order within a class is drawn from the seed.
    """
    names, first, of_row = np.unique(groups, return_index=True, return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(names))
    order = order[np.argsort(classes[first][order], kind="stable")]
    fold = np.empty(len(names), np.int64)
    fold[order] = np.arange(len(names)) % folds  # going on where the class before ended keeps the folds of one size
    return np.asarray(fold[of_row])
