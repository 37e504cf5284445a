"""One thing in a text that should not be there."""

from typing import NamedTuple


class Sign(NamedTuple):
    """Characters `start` up to, not including, `end`, and what is wrong with them."""

    start: int
    end: int
    kind: str
    detail: str
    """What it is: a code point, a token, the words it hides. Hostile until it is made safe to show."""
