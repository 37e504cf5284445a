"""Where a value may begin and end in a text."""

import re

BEGIN = r"(?:(?<![A-Za-z0-9_\\])|(?<=\\[nrt]))"
"""No ASCII letter or digit before. Chinese and Japanese write no blank there, so other scripts may stand before; and
so may the `\\n` of a JSON text inside a text, which is an escape and no letter n."""

END = r"(?![A-Za-z0-9_])"
"""No ASCII letter or digit behind."""

GAP = r"[ \u00a0\u2007\u202f.\-\u2010-\u2013]"
"""What people write between the groups of a number: a blank of some width, a dot, a dash of some width."""


def digits_of(text: str) -> str:
    """The digits of a text, in ASCII, whatever script they are written in."""
    return "".join(str(int(character)) for character in text if character.isdecimal())


def names_one_of(words: str, text: str, start: int, reach: int = 40) -> bool:
    """Whether one of the words, a regular expression, stands in the few characters before a place."""
    return re.search(words, text[max(0, start - reach) : start], re.IGNORECASE) is not None
