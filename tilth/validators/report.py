"""Findings as people and programs read them: lines like a compiler's, JSON lines, GitHub annotations."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Literal

from tilth.schemas.safe_text import safe_text
from tilth.validators.finding import Finding

Style = Literal["text", "json", "github"]
"""How findings are written: for people, for programs, for the margin of a pull request."""


def render(findings: Iterable[Finding], style: Style = "text") -> Iterator[str]:
    """One line for each finding, without its end."""
    return map(_WRITERS[style], findings)


def as_text(finding: Finding) -> str:
    """`support.jsonl:17: output: empty: is empty (expected some text); write it, or leave the row out`."""
    return str(finding) if finding.severity == "error" else f"{finding} [warning]"


def as_json(finding: Finding) -> str:
    """The finding as one JSON object, with the value that was found as it is."""
    return json.dumps(finding.as_json())  # in ASCII: exact for programs, and nothing that a terminal would obey


def as_github(finding: Finding) -> str:
    """A workflow command that GitHub shows beside the line of the file."""
    where = f"file={_property(finding.file)},line={finding.line},title={_property(f'{finding.code} {finding.field}')}"
    return f"::{finding.severity} {where}::{_data(finding.brief())}"


def _data(text: str) -> str:
    # Percent first, or the marks of the others would be escaped again.
    return safe_text(text, one_line=True).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


_WRITERS: dict[Style, Callable[[Finding], str]] = {"text": as_text, "json": as_json, "github": as_github}
