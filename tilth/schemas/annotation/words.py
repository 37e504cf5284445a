"""Words and punctuation of a text that nobody has cut into tokens: by code points alone, no language assumed.

A word is a run of letters, digits and the marks on them; a hyphen, an apostrophe, a full stop, a comma, a colon or an
underscore between two of them is part of it (`AL-AIN`, `don't`, `3.99`, `1996-12-06`). Each Chinese character, each
kana, and each other sign is a token of its own.
"""

import unicodedata
from collections.abc import Collection
from functools import lru_cache

Borders = tuple[int, int]
"""Where a token begins and where it ends, in characters of its text."""

_INNER = frozenset("-'’.,:_·")
_JOINER = "\u200d"
_SPACE, _LETTER, _ALONE, _MARK = "space", "letter", "alone", "mark"
_WRITTEN_WITHOUT_SPACES = ((0x2E80, 0x312F), (0x31A0, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))


def words(text: str, cuts: Collection[int] = ()) -> list[Borders]:
    """The borders of all tokens in order; between two of them is nothing but white space.

    At a place in `cuts`, where a span begins or ends, a token ends too, unless that would cut a word (see `in_word`).
    """
    found: list[Borders] = []
    start: int | None = None
    for place, character in enumerate(text):
        kind = _kind(character)
        if start is not None and _ends(text, place, kind, cuts):
            found.append((start, place))
            start = None
        if start is None and kind != _SPACE:
            start = place
    return found if start is None else [*found, (start, len(text))]


def in_word(text: str, place: int) -> bool:
    """Whether a place lies inside a word, in scripts that put spaces between words."""
    return 0 < place < len(text) and is_of_word(text[place - 1]) and is_of_word(text[place])


def is_of_word(character: str) -> bool:
    """Whether a character can be cut off a word only by a mistake.

    Letters with case, and digits: scripts without case (Chinese, Thai, Hangul with its particles) set words apart by
    other means, and their annotators rightly cut there.
    """
    return character.isdecimal() or character.lower() != character.upper()


def _ends(text: str, place: int, kind: str, cuts: Collection[int]) -> bool:
    """Whether a token ends before the character at a place."""
    if kind == _SPACE or not _holds_on(text, place, kind):
        return True
    return place in cuts and not in_word(text, place)


def _holds_on(text: str, place: int, kind: str) -> bool:
    """Whether the character at a place belongs to the token of the one before it."""
    before = text[place - 1]
    if kind == _MARK or before == _JOINER:
        return True
    if kind == _LETTER:
        return (
            _kind(before) == _LETTER or _is_after_letter(text, place) or (before in _INNER and _joins(text, place - 1))
        )
    return text[place] in _INNER and _joins(text, place)


def _joins(text: str, place: int) -> bool:
    """Whether a hyphen or the like stands between two letters or digits."""
    after = text[place + 1 : place + 2]
    return bool(after) and _kind(after) == _LETTER and _is_after_letter(text, place)


def _is_after_letter(text: str, place: int) -> bool:
    place -= 1
    while place >= 0 and _kind(text[place]) == _MARK:
        place -= 1
    return place >= 0 and _kind(text[place]) == _LETTER


@lru_cache(maxsize=4096)
def _kind(character: str) -> str:
    if character.isspace():
        return _SPACE
    if any(first <= ord(character) <= last for first, last in _WRITTEN_WITHOUT_SPACES):
        return _ALONE
    if character.isalnum():
        return _LETTER
    is_mark = unicodedata.category(character)[0] == "M" or character in (_JOINER, "\u200c")
    return _MARK if is_mark else _ALONE
