"""What is left over of Markdown that went through a tool too many."""

import re

from tilth.curate.repairs.prose import fences, prose
from tilth.curate.text_edits import Edit

_ESCAPE = re.compile(r"(?<![\\\w:])\\(?=[_*#>~])|(?<=\w)\\(?=_\w|\*(?!\w))")
_MATH = re.compile(r"\$|\\\(|\\\[|\\begin|\\[a-z]{2,}\{|[A-Za-z]:\\")
_ABOUT = re.compile(
    r"\b(?:regex\w*|regular expressions?|latex|tex|markdown|escap\w*|backslash\w*|wildcards?|globs?|sql|bash|shell)\b",
    re.IGNORECASE,
)


def is_about_escapes(text: str) -> bool:
    """Whether the words of a record speak of what a backslash is for, or it holds formulas or paths."""
    return _ABOUT.search(text) is not None or _MATH.search(text) is not None


def markdown_edits(text: str) -> list[Edit]:
    """Stray escapes (`snake\\_case`, `\\*`) without their backslash, and a closing mark for a fence that has none.

    A last fence with nothing behind it closes nothing, and goes.
    """
    edits = [Edit(*found.span(), "") for start, end in prose(text) for found in _ESCAPE.finditer(text, start, end)]
    marks = fences(text)
    if len(marks) % 2:
        at, mark = marks[-1]
        line_end = text.find("\n", at)
        if line_end < 0 or not text[line_end:].strip():
            begin = at - 1 if at and text[at - 1] == "\n" else at
            edits.append(Edit(begin, len(text), ""))
        else:
            edits.append(Edit(len(text), len(text), mark if text.endswith("\n") else f"\n{mark}"))
    return edits
