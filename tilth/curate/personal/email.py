"""E-mail addresses."""

import re
from collections.abc import Iterator

from tilth.curate.personal.span import Span

# Letters of the alphabets that are written with blanks between words; others would swallow the words before.
_LETTER = "A-Za-z0-9\u00c0-\u024f\u0370-\u052f"
_AT = r"(?:@|\s?[\[({]\s?at\s?[\])}]\s?)"  # also as people hide it from robots: joe [at] example.org
_ADDRESS = re.compile(
    rf"(?:(?<![{_LETTER}_.+%\\-])|(?<=\\[nrt]))"
    rf"[{_LETTER}](?:[{_LETTER}_.+%'-]{{0,62}}[{_LETTER}_+-])?{_AT}"
    rf"(?:[{_LETTER}](?:[{_LETTER}-]{{0,61}}[{_LETTER}])?\.){{1,8}}"
    rf"(?P<top>[A-Za-z\u00c0-\u024f\u0370-\u052f]{{2,24}}|xn--[A-Za-z0-9-]{{2,59}})(?![{_LETTER}_@])"
)
_FILES = frozenset({"png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "ts", "html", "json", "py"})
"""Endings of file names that look like an address (`logo@2x.png`)."""


def emails(text: str) -> Iterator[Span]:
    """Addresses, of international domains too. `git@github.com:owner/name` is the address of a repository."""
    if "@" not in text and "at" not in text.lower():
        return
    for found in _ADDRESS.finditer(text):
        is_remote = found.group().lower().startswith("git@") and text[found.end() : found.end() + 1] == ":"
        if found["top"].lower() not in _FILES and not is_remote:
            yield Span(found.start(), found.end())
