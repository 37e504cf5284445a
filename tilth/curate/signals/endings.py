"""Signals of how a text begins and ends: whole, or cut off by a limit of length."""

import re

from tilth.curate.signals.registry import Texts, signal
from tilth.curate.signals.said import said

_MIN_WORDS = 8  # "Paris" needs no full stop; a text of a sentence or more does
_OPEN_END = re.compile(
    r"(?:[,;:\-–—(\[{/&+=]|\b(?:and|or|but|because|the|a|an|of|to|in|on|at|by|for|with|from|as|that|which|is|are|was"
    r"|were|if|than|into|your|their|its|his|her|our|my))\s*\Z",
    re.IGNORECASE,
)
_CLOSED = re.compile(r"[.!?…。！？।؟:;\"'”’»)\]}>*`|~_%$€£]\s*\Z|[^\w\s,;(\[{/&+=\-–—]\s*\Z")
_LIST_LINE = re.compile(r"^\s*(?:[-*•–+#>|]|\d{1,3}[.)]|[A-Za-z][.)])\s*\S")
_FENCE = re.compile(r"^[^\S\n]*(?:```|~~~)", re.MULTILINE)
_WHOLE_LINES = 4  # a poem, an address, a table: short lines that all end without a mark


@signal("0 or 1", ("answer", "text"), source="C4: Raffel et al. 2020, arXiv:1910.10683, section 2.2 (terminal marks)")
def truncated(answers: Texts, texts: Texts) -> list[float | None]:
    """1 when the answer, or else the text, breaks off: at a comma, an `and`, inside a code block, or after more than
    eight words without a mark that could end a sentence."""
    return [None if text is None else float(is_truncated(text)) for text in said(answers, texts)]


def is_truncated(text: str) -> bool:
    """Whether a text looks as if it went on. Lists, code and verse may end without a mark."""
    text = text.rstrip()
    if not text:
        return False
    if len(_FENCE.findall(text)) % 2:
        return True
    if _FENCE.search(text) and text.endswith(("```", "~~~")):
        return False
    lines = text.splitlines()
    last = lines[-1]
    if len(text.split()) > 1 and _OPEN_END.search(last) and not last.rstrip().endswith(("):", "):", "-->")):
        return not _is_code(lines)
    if _CLOSED.search(last) or _LIST_LINE.match(last) or _is_code(lines) or _is_verse(lines):
        return False
    return len(last.split()) > _MIN_WORDS


def _is_verse(lines: list[str]) -> bool:
    spoken = [line for line in lines if line.strip()]
    open_lines = sum(not _CLOSED.search(line) for line in spoken)
    return len(spoken) >= _WHOLE_LINES and open_lines * 2 > len(spoken)


def _is_code(lines: list[str]) -> bool:
    marked = sum(
        bool(re.search(r"[;{}]\s*$|^\s*(?:def|class|import|from|return|if|for|while)\b|=|</", one)) for one in lines
    )
    return marked * 2 > len(lines)
