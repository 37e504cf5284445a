"""The skeleton of a JSON text: its brackets, commas and colons outside of strings, each with its depth.

A text is scanned piece by piece in any length, with two numbers carried from one piece to the next. Nothing is judged
here: what lies between two marks is parsed strictly by whoever asked for them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT, COMMA, COLON, QUOTE = b'[]{},:"'

_IS_MARK = bytes(int(code in b'[]{},:"') for code in range(256))
_STEPS = np.zeros(256, np.int64)
_STEPS[[OPEN_LIST, OPEN_OBJECT]] = 1
_STEPS[[CLOSE_LIST, CLOSE_OBJECT]] = -1


@dataclass(frozen=True)
class Marks:
    """The marks of one piece of text in order, as three arrays of shape (n,)."""

    places: NDArray[np.int64]
    """Where each mark stands, counted from the start of the piece."""
    codes: NDArray[np.uint8]
    """Which character it is."""
    depths: NDArray[np.int64]
    """How many objects and lists are open behind it."""


class Skeleton:
    """Finds the marks of a text that is handed in piece by piece."""

    def __init__(self) -> None:
        self._depth = self._quotes = 0
        self._is_escaped = False

    def marks(self, piece: bytes) -> Marks:
        """The marks of the next piece."""
        text = self._without_escapes(piece)
        places = np.flatnonzero(np.frombuffer(text.translate(_IS_MARK), np.bool_))
        codes = np.frombuffer(text, np.uint8)[places]
        is_quote = codes == QUOTE
        quotes = np.cumsum(is_quote) + self._quotes
        is_outside = ~is_quote & (quotes & 1 == 0)
        places, codes = places[is_outside], codes[is_outside]
        depths = np.cumsum(_STEPS[codes]) + self._depth
        if len(quotes):
            self._quotes = int(quotes[-1]) & 1
        if len(depths):
            self._depth = int(depths[-1])
        return Marks(places, codes, depths)

    def _without_escapes(self, piece: bytes) -> bytes:
        """The piece with every backslash that could escape a quote, and what it escapes, made a letter."""
        if self._is_escaped and piece:
            piece = b"_" + piece[1:]
        if b"\\" not in piece:
            self._is_escaped = False
            return piece
        # Pairs of backslashes first, from the left as they are meant: what is left of a run escapes what follows it.
        text = piece.replace(b"\\\\", b"__").replace(b'\\"', b"__")
        self._is_escaped = text.endswith(b"\\")
        return text
