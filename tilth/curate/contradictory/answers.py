"""When two answers to one question deny each other."""

from typing import NamedTuple

from tilth.curate.contradictory.words import NEGATIONS, content, exact_parts, numbers, unmatched, words


class Answer(NamedTuple):
    """What a row says to its input, as it is compared."""

    said: tuple[str, ...]
    """All answers that count as right; one for most rows. Without case, and with single blanks."""
    is_label: bool
    """Whether two answers differ as soon as their texts do."""
    about: tuple[str, ...] = ()
    """What is asked beside the input; answers about different things never deny each other."""


def difference(one: Answer, other: Answer, question: str, agreement: float) -> float:
    """How much two answers deny each other, from 0 (they agree) to 1."""
    if one.about != other.about or not set(one.said).isdisjoint(other.said):
        return 0.0
    if one.is_label or other.is_label or not (one.said and other.said):
        return 1.0
    return min(_denial(left, right, question, agreement) for left in one.said for right in other.said)


def _denial(one: str, other: str, question: str, agreement: float) -> float:
    """Of two texts: 1 where numbers or a negation differ; else the share of the shorter one's own words that the
    other lacks. Words of the question are no answer to it."""
    left, right = words(one), words(other)
    if left == right:
        return float(exact_parts(one) != exact_parts(other))
    few, many = sorted((numbers(text) - numbers(question) for text in (one, other)), key=len)
    if few and not few <= many:
        return 1.0
    if left.isdisjoint(NEGATIONS) != right.isdisjoint(NEGATIONS):
        return 1.0
    asked = words(question)
    short, long = sorted((content(left) - asked, content(right) - asked), key=lambda held: (len(held), sorted(held)))
    if not short:
        return 0.0
    missing = len(unmatched(short, long)) / len(short)
    return missing if 1 - missing < agreement else 0.0
