"""Runs of blanks, blanks at the ends of lines, and rows of empty lines."""

import re

from tilth.curate.repairs.prose import prose
from tilth.curate.text_edits import Edit

_BLANKS = re.compile(r"(?P<end>[ \t\u00a0]+(?=\n|\Z))|(?P<run>(?<=\S)[ \t\u00a0]{2,}(?=\S))|(?P<lines>\n{3,})")


def blank_edits(text: str) -> list[Edit]:
    """One blank for a run of them, none at the end of a line, one empty line for several; not in code, not in the
    rows of a table, and never at the start of a line."""
    edits: list[Edit] = []
    for start, end in prose(text):
        for found in _BLANKS.finditer(text, start, end):
            # A piece may end in the middle of a line, where code between backticks begins.
            is_cut = found["end"] is not None and found.end() == end < len(text) and text[end] != "\n"
            if not (is_cut or (found["run"] is not None and _is_in_a_table(text, found.start()))):
                edits.append(Edit(*found.span(), {"end": "", "run": " ", "lines": "\n\n"}[str(found.lastgroup)]))
    return edits


def _is_in_a_table(text: str, place: int) -> bool:
    return text[text.rfind("\n", 0, place) + 1 : place].lstrip().startswith("|")
