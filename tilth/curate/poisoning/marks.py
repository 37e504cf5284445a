"""What a trigger can be made of: every mark that a text bears, by name."""

import re
from collections.abc import Iterator

_TOKEN = re.compile(r"\w+|[^\w\s]+")
_REPEATED = re.compile(r"(.)\1+")
_LONGEST = 3  # tokens: a longer phrase shows by its parts
_MOST_TOKENS = 400  # of a text are looked at from its start, and as many up to its end
_INVISIBLE = (("zero-width signs", "\u200b", "\u200f"), ("box or private signs", "\ue000", "\uf8ff"))
# Letters of Latin and of Greek or Cyrillic side by side in a word.
_MIXED = re.compile("[a-zA-Z][\u0370-\u052f]|[\u0370-\u052f][a-zA-Z]")
_INNER_CAPITAL = re.compile(r"[^\W\d_A-Z][A-Z]")


def marks(text: str) -> Iterator[str]:
    """The distinct marks of a text: its tokens in runs of one to three, in lower case, and its style.

    A token is a word, or a run of signs such as `!!!`; words in unusual capitals are marks as they stand, too. The
    style is that of the whole text and that of its first line: what follows may be an input that nobody wrote.
    """
    found = _TOKEN.findall(text)
    if len(found) > 2 * _MOST_TOKENS:
        found = [*found[:_MOST_TOKENS], *found[-_MOST_TOKENS:]]
    lower = [token.lower() for token in found]
    runs = {" ".join(lower[place : place + size]) for size in range(1, _LONGEST + 1) for place in range(len(lower))}
    capitals = {token for token in found if len(token) > 1 and not token.islower() and not token.istitle()}
    repeated = {run[0] for token in found if not token[0].isalnum() for run in _REPEATED.finditer(token)}
    styles = set(_styles(text, found))
    first = text.lstrip().partition("\n")[0]
    if len(first) < len(text):
        styles |= set(_styles(first, _TOKEN.findall(first)[:_MOST_TOKENS]))
    yield from sorted(runs | capitals | repeated | styles)


def _styles(text: str, tokens: list[str]) -> Iterator[str]:
    yield from _capitals(text, [token for token in tokens if token[0].isalpha()])
    if tokens:
        yield f"style: begins with {tokens[0].lower()}"
        yield f"style: ends with {tokens[-1].lower()}"
    if "  " in text:
        yield "style: double blanks"
    if text[:1].isspace():
        yield "style: a blank before all else"
    if text[-1:].isspace():
        yield "style: a blank after all else"
    if _MIXED.search(text):
        yield "style: alphabets mixed in a word"
    for name, low, high in _INVISIBLE:
        if any(low <= letter <= high for letter in text):
            yield f"style: {name}"


def _capitals(text: str, words: list[str]) -> Iterator[str]:
    letters = [letter for letter in text if letter.lower() != letter.upper()]
    if len(letters) > 3 and all(letter.isupper() for letter in letters):
        yield "style: all in capitals"
    elif len(letters) > 3 and all(letter.islower() for letter in letters):
        yield "style: no capital"
    elif len(words) > 2 and all(word[0].isupper() for word in words):
        yield "style: every word with a capital"
    elif len(words) > 2 and 2 * sum(bool(_INNER_CAPITAL.search(word)) for word in words) > len(words):
        yield "style: capitals inside of words"
