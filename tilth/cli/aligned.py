"""Labels and what belongs to them in two columns, or beneath each other where a terminal is narrow."""

import shutil
import textwrap
from collections.abc import Iterable, Iterator

WIDEST = 100
_NARROW = 60
_WIDEST_LABEL = 22


def terminal_width() -> int:
    """Columns to write in: those of the terminal, and no more than can be read."""
    return min(WIDEST, shutil.get_terminal_size((WIDEST, 24)).columns)


def aligned(rows: Iterable[tuple[str, str]], width: int) -> Iterator[str]:
    """Lines of the table. A label that is empty continues the one before; a text in backquotes is not broken.

    >>> list(aligned([("rows", "12"), ("next", "`a long command`")], 80))
    ['rows  12', 'next  a long command']
    """
    held = list(rows)
    column = min(_WIDEST_LABEL, max((len(label) for label, _ in held), default=0)) + 2
    for label, text in held:
        is_command = text.startswith("`") and text.endswith("`")
        shown = text.strip("`") if is_command else text
        if width < _NARROW and (not label or len(label) + 2 + len(shown) > width):
            yield from [label] if label else []
            yield from [f"  {shown}"] if is_command else _wrapped(shown, width, "  ", "  ")
        elif is_command or width < _NARROW:
            yield f"{label:<{0 if width < _NARROW else column - 2}}  {shown}"
        else:
            yield from _wrapped(shown, width, f"{label:<{column - 2}}  ", " " * column)


def shortened(text: str, width: int) -> str:
    """The text in one line of at most so many characters."""
    return text if len(text) <= width else text[: max(0, width - 1)] + "…"


def _wrapped(text: str, width: int, first: str, then: str) -> list[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=then,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [first.rstrip()]
