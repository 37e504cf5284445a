"""What libyaml takes for something else than YAML 1.2 says, found by where its events stand in the text.

Two things of which it says nothing: a question mark in a flow collection with no space behind it (`[?x]` holds the text
`?x`, and libyaml a key `x`), and characters in the name of an anchor or an alias that YAML 1.1 does not have there
(`&a:b`, where libyaml reads an anchor `a` and a text that begins with a colon).
"""

import re
from collections.abc import Sequence
from typing import Any

import yaml

_SUSPICIOUS = re.compile(rb"[?&*]")
_BREAK = re.compile(r"\r\n|\r|\n")
_ENDS_NAME = frozenset(" \t,[]{}")


def misread(events: Sequence[Any], raw: bytes) -> str | None:
    """Why the events of a row are not what its text means; None when nothing speaks against them.

    `raw` holds the lines of the row; the marks of the events count lines from the first one's.
    """
    if not _SUSPICIOUS.search(raw):
        return None
    lines = _BREAK.split(raw.decode("utf-8", errors="surrogateescape"))
    first = events[0].start_mark.line
    for event in events:
        mark = event.start_mark
        line, column = mark.line - first, mark.column
        if not isinstance(event, yaml.NodeEvent) or line >= len(lines):
            continue
        if column and lines[line][column - 1] == "?":
            return "a text that begins with a question mark; in double quotes every reader takes it for one"
        if event.anchor and _goes_on(lines[line], column, event.anchor):
            return f"the anchor {event.anchor} has a name that readers disagree about; letters and digits are safe"
    return None


def _goes_on(line: str, column: int, name: str) -> bool:
    """Whether a name goes on behind where libyaml ends it."""
    place = re.search(f"[&*]{re.escape(name)}", line[column:])
    behind = line[column + place.end() :][:1] if place else ""
    return bool(behind) and behind not in _ENDS_NAME
