"""Texts as weighted words, word pairs and character runs; imports scikit-learn."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

# Scripts without blanks between words give each character as a word, so that pairs of them are words.
_WORD = r"[぀-ヿ㐀-鿿가-힣]|[^\W぀-ヿ㐀-鿿가-힣]+"
_MOST_FEATURES = 100_000  # of each kind; the frequent ones stay
_MOST_WEIGHTS = 60_000_000  # features times classes: what a linear model holds
_RARE_FROM = 50  # rows; in fewer, a word that comes once may be all there is


def features(texts: Sequence[str], classes: int) -> Any:
    """A sparse matrix of float64 with a row of length 1 per text, all zero for a text without any word.

    Words and pairs of words, and runs of 3 and 4 characters inside words: TF-IDF with logarithmic term frequency.
    What only one text has is left out.
    """
    from scipy.sparse import csr_matrix, hstack
    from sklearn.preprocessing import normalize

    most = max(1_000, min(_MOST_FEATURES, _MOST_WEIGHTS // max(classes, 1)))
    shared = {"sublinear_tf": True, "min_df": 2 if len(texts) >= _RARE_FROM else 1, "max_features": most}
    kinds = [
        TfidfVectorizer(ngram_range=(1, 2), token_pattern=_WORD, **shared),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 4), **shared),
    ]
    found = []
    for kind in kinds:
        try:
            found.append(kind.fit_transform(texts))
        except ValueError:  # no word is left: the texts are empty, or have nothing in common
            continue
    return normalize(hstack(found).tocsr()) if found else csr_matrix((len(texts), 1))


def has_words(matrix: Any) -> NDArray[np.bool_]:
    """Which texts have any feature at all."""
    return np.asarray(np.diff(matrix.indptr) > 0)
