"""A row that is longer than it may be, cut at one side; what is lost with it is counted."""

from typing import Literal, NamedTuple

from tilth.judgement import Reason
from tilth.trainers.encoding import IGNORED, Encoded

Side = Literal["left", "right"]


class Cut(NamedTuple):
    """What is left of a row, and what went."""

    encoded: Encoded
    tokens: int = 0
    """Tokens that went."""
    answers_lost: int = 0
    """Answers of which nothing is left to learn."""
    answers_cut: int = 0
    """Answers that lost their beginning or their end and are still learned."""


def cut(encoded: Encoded, max_length: int, side: Side, bos_id: int | None) -> Cut | Reason:
    """The row with at most `max_length` tokens; cut at the left, it still begins with the token that begins it.

    Where nothing would be left to learn, the row is refused: it would be in every batch and teach nothing.
    """
    ids, labels = encoded.input_ids, encoded.labels
    tokens = len(ids) - max_length
    if tokens <= 0:
        return Cut(encoded)
    first = 1 if side == "left" and bos_id is not None and ids[0] == bos_id else 0
    kept = range(max_length) if side == "right" else [*range(first), *range(first + tokens, len(ids))]
    left = Encoded([ids[at] for at in kept], [labels[at] for at in kept], ())
    if all(label == IGNORED for label in left.labels):
        detail = f"{len(ids)} tokens, and no answer is within the {max_length} that fit"
        return Reason("answer-cut", score=float(len(ids)), detail=detail)
    there = frozenset(kept)
    lost = shortened = 0
    for start, end in encoded.spans:
        learned = [at for at in range(start, end) if labels[at] != IGNORED]
        still = sum(at in there for at in learned)
        lost += still == 0
        shortened += 0 < still < len(learned)
    return Cut(left, tokens, lost, shortened)
