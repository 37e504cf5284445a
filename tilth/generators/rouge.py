"""ROUGE-L: how much of two texts is the same words in the same order, from 0 to 1.

The F1 of Lin (2004) over the longest common subsequence of words, as `rouge_score` computes it without stemming.
With `m` and `n` words and a longest common subsequence of `l` it is `2 l / (m + n)`.
"""

from collections.abc import Hashable, Mapping, Sequence

from tilth.generators.tokens import words


def rouge_l(left: str, right: str) -> float:
    """ROUGE-L F1 of two texts. A text without words resembles nothing: 0."""
    return f1(words(left), words(right))


def f1(left: Sequence[Hashable], right: Sequence[Hashable]) -> float:
    """ROUGE-L F1 of two sequences of words."""
    return 2 * common(positions(left), len(left), right) / (len(left) + len(right)) if left and right else 0.0


def positions(sequence: Sequence[Hashable]) -> Mapping[Hashable, int]:
    """For each word, the places where it stands, as the bits of one integer: what `common` is given."""
    masks: dict[Hashable, int] = {}
    for place, word in enumerate(sequence):
        masks[word] = masks.get(word, 0) | 1 << place
    return masks


def common(masks: Mapping[Hashable, int], length: int, other: Sequence[Hashable]) -> int:
    """Length of the longest common subsequence, by bit-parallel dynamic programming (Hyyro 2004).

    One row of the classic table is one integer, so a word of `other` costs one addition and not `length` steps.
    """
    row = full = (1 << length) - 1
    for word in other:
        if mask := masks.get(word):
            matched = row & mask
            row = ((row + matched) | (row - matched)) & full
    return length - row.bit_count()
