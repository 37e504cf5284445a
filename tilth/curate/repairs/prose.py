"""Which parts of a text are prose and which are code, as Markdown marks it."""

import re
from collections.abc import Iterator

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_INDENT = re.compile(r"(?: {4}|\t)")
_INLINE = re.compile(r"(?<!`)(`{1,3})(?!`)[^\n]+?(?<!`)\1(?!`)")


def prose(text: str, *, indented_is_code: bool = True) -> Iterator[tuple[int, int]]:
    """Where prose begins and ends: all but fenced blocks, indented lines, and what stands between backticks.

    A fence that nobody closes reaches to the end (CommonMark). Blank lines behind an indented line belong to it.
    """
    start = at = 0
    fence, is_code = "", False
    for line in text.splitlines(keepends=True):
        opens = _FENCE.match(line)
        if fence:
            is_code = True
            closes = opens is not None and opens.group(1).startswith(fence) and not line[opens.end() :].strip()
            fence = "" if closes else fence
            was_fence = True
        else:
            was_fence = opens is not None
            if opens is not None:
                fence, is_code = opens.group(1), True
            elif line.strip():
                is_code = indented_is_code and _INDENT.match(line) is not None
        if is_code:
            yield from _without_inline(text, start, at)
            start = at + len(line)
            is_code = not was_fence  # behind a fence prose goes on, behind an indented line blank lines do not end it
        at += len(line)
    yield from _without_inline(text, start, at)


def _without_inline(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for found in _INLINE.finditer(text, start, end):
        if start < found.start():
            yield start, found.start()
        start = found.end()
    if start < end:
        yield start, end


def fences(text: str) -> list[tuple[int, str]]:
    """The lines that open or close a fenced block: where each begins, and its marks."""
    found, fence, at = list[tuple[int, str]](), "", 0
    for line in text.splitlines(keepends=True):
        if opens := _FENCE.match(line):
            marks = opens.group(1)
            if not fence:
                fence = marks
                found.append((at, marks))
            elif marks.startswith(fence) and not line[opens.end() :].strip():
                fence = ""
                found.append((at, marks))
        at += len(line)
    return found
