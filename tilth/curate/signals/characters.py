"""Signals of the characters a text is made of: marks, capitals, digits."""

from tilth.curate.signals.registry import Texts, signal


@signal(
    "share",
    ("answer", "text"),
    source="Gopher: Rae et al. 2021, arXiv:2112.11446, table A1 (symbol-to-word ratio), by characters",
)
def symbol_share(answers: Texts, texts: Texts) -> list[float | None]:
    """Characters that are neither letter, digit nor blank over all that are not blank, in the answer or else the
    text."""
    return [_symbols(text) for text in _said(answers, texts)]


@signal("share", ("answer", "text"), source="general categories of Unicode (Lu), UAX #44")
def uppercase_share(answers: Texts, texts: Texts) -> list[float | None]:
    """Capitals over all letters, in the answer or else the text."""
    return [_capitals(text) for text in _said(answers, texts)]


@signal("share", ("answer", "text"), source="general categories of Unicode (Nd), UAX #44")
def digit_share(answers: Texts, texts: Texts) -> list[float | None]:
    """Digits over all characters that are not blank, in the answer or else the text."""
    return [_digits(text) for text in _said(answers, texts)]


def _said(answers: Texts, texts: Texts) -> list[str]:
    return [(text if answer is None else answer) or "" for answer, text in zip(answers, texts, strict=True)]


def _symbols(text: str) -> float | None:
    visible = "".join(text.split())
    return sum(not character.isalnum() for character in visible) / len(visible) if visible else None


def _capitals(text: str) -> float | None:
    letters = [character for character in text if character.isalpha()]
    return sum(map(str.isupper, letters)) / len(letters) if letters else None


def _digits(text: str) -> float | None:
    visible = "".join(text.split())
    return sum(map(str.isdigit, visible)) / len(visible) if visible else None
