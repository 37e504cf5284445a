"""How the report puts numbers, reason codes and record text into words."""

import re
from difflib import SequenceMatcher
from typing import Final, NamedTuple

from tilth.schemas.safe_text import safe_text

EXCERPT_CHARACTERS: Final = 600
"""Longest piece of a record's text that the report shows."""

_CODES: Final = {
    "exact-duplicate": "The same record again",
    "duplicate": "The same record again",
    "near-duplicate": "Almost the same as a row that was kept",
    "outlier": "Far outside what is usual in this data set",
    "empty": "Nothing where there should be text",
    "missing": "A field is missing",
    "wrong-type": "A field holds the wrong kind of value",
    "answer-is-prompt": "The answer repeats the prompt",
    "chosen-is-rejected": "Chosen and rejected say the same",
    "turn-order": "Turns do not alternate",
    "answer-offset": "The answer is not where it claims to be",
    "undecided": "Nobody has decided about it",
    "disagreement": "Reviewers disagree",
    "rejected-in-review": "Rejected by a reviewer",
    "starts-with-punctuation": "Starts with punctuation",
    "unreadable-row": "Could not be read",
    "too-similar": "Too similar to a task that was there before",
    "too-short": "Too short",
    "too-long": "Too long",
    "blacklisted": "Contains a word that is on the blacklist",
    "truncated": "Cut off by the model's limit",
    "no-output": "No answer came with it",
    "not-needed": "There were enough already",
    "output-repeats-input": "The answer repeats the input",
    "ends-in-colon": "Breaks off after a colon",
}


class Piece(NamedTuple):
    """A run of text, and whether it differs from the text that it is compared with."""

    text: str
    differs: bool


def code_words(code: str) -> str:
    """A reason code as a heading."""
    return _CODES.get(code) or code.replace("-", " ").capitalize()


def count_of(number: int, noun: str, plural: str = "") -> str:
    """`1 row`, `1,204 rows`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def listed(words: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def number(value: object, digits: int = 3) -> str:
    """A figure for people: whole numbers with commas, others with `digits` significant digits."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if isinstance(value, int) or (value == int(value) and abs(value) >= 100):
        return f"{int(value):,}"
    return f"{value:,.{digits}g}" if abs(value) < 100 else f"{value:,.0f}"


def duration(seconds: float) -> str:
    """`4.2 s`, `3 min 20 s`, `2 h 5 min`."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def size(number_of_bytes: int) -> str:
    """`812 bytes`, `3.4 kB`, `1.2 GB`."""
    value, units = float(number_of_bytes), ["bytes", "kB", "MB", "GB", "TB"]
    while value >= 1000 and len(units) > 1:
        value, units = value / 1000, units[1:]
    return f"{value:.0f} bytes" if units[0] == "bytes" else f"{value:.1f} {units[0]}"


def excerpt(text: str, characters: int = EXCERPT_CHARACTERS) -> str:
    """The start of a text, safe to show, saying how much there is when it is cut."""
    shown = safe_text(text[:characters])
    return shown if len(text) <= characters else f"{shown.rstrip()} … ({len(text):,} characters)"


def edges_shown(text: str) -> str:
    """The text with the blanks at its two ends made visible."""
    inner = text.strip()
    if not inner:
        return _visible(text)
    before, after = text[: text.index(inner[0])], text[len(text.rstrip()) :]
    return f"{_visible(before)}{excerpt(inner)}{_visible(after)}"


def compare(left: str, right: str) -> tuple[list[Piece], list[Piece]]:
    """Two texts word by word, each cut where it differs from the other."""
    one, other = _words(left), _words(right)
    pieces: tuple[list[Piece], list[Piece]] = ([], [])
    for kind, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        for side, text in zip(pieces, ("".join(one[a:b]), "".join(other[c:d])), strict=True):
            if text:
                side.append(Piece(text, kind != "equal"))
    return pieces


def _words(text: str) -> list[str]:
    return re.findall(r"\s+|\S+", excerpt(text))


def _visible(blanks: str) -> str:
    return safe_text(blanks, one_line=True).replace(" ", "␣")
