"""A record's text on a terminal or in a file, with what is learned in it told apart from what is given."""

import os
import sys
from collections.abc import Iterable, Sequence

from tilth.schemas.safe_text import safe_text

OPENING, CLOSING = "⟦", "⟧"
"""What stands around a learned part where there is no colour."""
_LEARNED, _FAINT, _BOLD, _PLAIN = "\x1b[32m", "\x1b[2m", "\x1b[1m", "\x1b[0m"


def has_colour() -> bool:
    """Whether standard output is a terminal that shows colours, and nobody asked for none."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def heading(words: Sequence[str], colour: bool) -> str:
    """A line that begins a record: where it lies and what is to be said of it."""
    line = " · ".join(safe_text(word, one_line=True) for word in words if word)
    return f"{_BOLD}── {line}{_PLAIN}" if colour else f"── {line}"


def legend(colour: bool) -> str:
    """What the marks mean."""
    return "learned is what is green" if colour else f"learned is what stands in {OPENING} {CLOSING}"


def drawn(pieces: Iterable[tuple[str, bool]], colour: bool) -> str:
    """Consecutive texts, each learned or given, as one text without a control character of theirs."""
    before, after = (_LEARNED, _PLAIN) if colour else (OPENING, CLOSING)
    return "".join(f"{before}{safe_text(text)}{after}" if learned else safe_text(text) for text, learned in pieces)


def drawn_tokens(pieces: Iterable[tuple[str, bool]], colour: bool) -> str:
    """Tokens one after the other with a bar between them; a line's end is shown and ends the line."""
    before, after, bar = (_LEARNED, _PLAIN, f"{_FAINT}│{_PLAIN}") if colour else (OPENING, CLOSING, "│")
    lines: list[str] = []
    line, is_open = "", False
    for text, learned in pieces:
        if is_open and not learned:
            line += after
        line += bar if line else ""
        if learned and (colour or not is_open):
            line += before  # a bar has ended the colour
        is_open = learned
        line += safe_text(text.replace("\n", "⏎"), one_line=True)
        if "\n" in text:
            lines, line = [*lines, line], ""
    return "\n".join([*lines, line + after * is_open])
