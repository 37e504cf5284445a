"""What a trigger can be made of: every mark that a text bears, by name."""

import re
from collections.abc import Iterator

_TOKEN = re.compile(r"\w+|[^\w\s]+")
_LONGEST = 3  # tokens: a longer phrase shows by its parts
_MOST_TOKENS = 400  # of a text are looked at from its start, and as many up to its end


def marks(text: str) -> Iterator[str]:
    """The distinct marks of a text: its tokens in runs of one to three, in lower case, and its style.

    A token is a word, or a run of signs such as `!!!`; words in unusual capitals are marks as they stand, too.
    """
    found = _TOKEN.findall(text)
    if len(found) > 2 * _MOST_TOKENS:
        found = [*found[:_MOST_TOKENS], *found[-_MOST_TOKENS:]]
    lower = [token.lower() for token in found]
    runs = {" ".join(lower[place : place + size]) for size in range(1, _LONGEST + 1) for place in range(len(lower))}
    capitals = {token for token in found if len(token) > 1 and not token.islower() and not token.istitle()}
    yield from sorted(runs | capitals | set(_styles(text, found)))


def _styles(text: str, tokens: list[str]) -> Iterator[str]:
    letters = [letter for letter in text if letter.isalpha()]
    words = [token for token in tokens if token[0].isalpha()]
    if len(letters) > 3 and all(letter.isupper() for letter in letters if letter.lower() != letter.upper()):
        yield "style: all in capitals"
    elif len(words) > 3 and all(word[0].isupper() for word in words):
        yield "style: every word with a capital"
    if tokens:
        yield f"style: begins with {tokens[0].lower()}"
        yield f"style: ends with {tokens[-1].lower()}"
    if "  " in text:
        yield "style: double blanks"
    for name, low, high in (("zero-width signs", "\u200b", "\u200f"), ("box or private signs", "\ue000", "\uf8ff")):
        if any(low <= letter <= high for letter in text):
            yield f"style: {name}"
