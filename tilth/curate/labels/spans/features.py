"""What a token looks like and stands between, as a sparse matrix; imports scikit-learn.

Each different word is described once; a token is its word's description beside those of its neighbours.
"""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.preprocessing import normalize

from tilth.curate.labels.spans.tagged import Numbers, Tagged

_AFFIX = 4  # characters, at most
_RARE = 2  # tokens: what only one of them has tells nothing about another


def token_features(tagged: Tagged) -> Any:
    """Rows of length 1 and shape (tokens, features).

    Of the token: the word, its shape (`McLean` is `XxXx`), beginnings and ends; of its neighbours at one and two
    places: word, shape and ending; and the pairs with the words beside it.
    """
    near = [_neighbour(tagged, step) for step in (-2, -1, 0, 1, 2)]
    lower = _numbers([word.lower() for word in tagged.words])
    described = {
        "all": _described(tagged.words, _everything),
        "some": _described(tagged.words, _roughly),
        "word": _described(tagged.words, lambda word: [word.lower()]),
    }
    kinds = ("word", "some", "all", "some", "word")
    parts = [described[kind][words] for kind, words in zip(kinds, near, strict=True)]
    parts.append(_pairs(lower[near[1]], lower[near[2]]))
    parts.append(_pairs(lower[near[2]], lower[near[3]]))
    parts.append(_pairs(lower[near[1]], lower[near[3]]))
    matrix = hstack(parts).tocsr()
    often = np.flatnonzero(np.asarray(matrix.sum(axis=0)).ravel() >= _RARE)
    return normalize(matrix[:, often]) if len(often) else csr_matrix((len(tagged.row), 1))


def shape(word: str) -> str:
    """The kinds of characters in a word, each run once: `X` capital, `x` small, `0` digit, others as they are."""
    kinds = "".join("0" if c.isdigit() else "X" if c.isupper() else "x" if c.isalpha() else c for c in word)
    return re.sub(r"(.)\1+", r"\1", kinds)


def _everything(word: str) -> list[str]:
    low = word.lower()
    sizes = range(1, min(_AFFIX, len(low)) + 1)
    ends = [f"{mark}{part}" for size in sizes for mark, part in (("<", low[:size]), (">", low[-size:]))]
    return [f"w{low}", f"W{word}", f"s{shape(word)}", f"n{min(len(word), _AFFIX)}", *ends]


def _roughly(word: str) -> list[str]:
    low = word.lower()
    return [f"w{low}", f"s{shape(word)}", f">{low[-3:]}"]


def _described(words: list[str], describe: Callable[[str], list[str]]) -> Any:
    return CountVectorizer(analyzer=describe, binary=True, dtype=np.float64).fit_transform(words).tocsr()


def _neighbour(tagged: Tagged, step: int) -> Numbers:
    """The word some places away in the same row, 0 beyond its ends."""
    found = np.zeros_like(tagged.word)
    here = slice(max(0, -step), len(found) - max(0, step))
    there = slice(max(0, step), len(found) - max(0, -step))
    found[here] = np.where(tagged.row[here] == tagged.row[there], tagged.word[there], 0)
    return found


def _numbers(values: list[str]) -> Numbers:
    return np.unique(np.array(values, object), return_inverse=True)[1].astype(np.int64)


def _pairs(left: Numbers, right: Numbers) -> Any:
    found, number = np.unique(left * (int(right.max(initial=0)) + 1) + right, return_inverse=True)
    return csr_matrix((np.ones(len(left)), (np.arange(len(left)), number)), shape=(len(left), max(1, len(found))))
