"""Small edits of a text that remember what they moved, so that spans into it can follow."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Literal, NamedTuple

Rule = Literal["line_ends", "html", "mojibake", "markdown", "invisible", "unicode", "blanks", "edges"]

REMOVED = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f"  # controls, without tab, line feed, carriage return, next line
    "\u00ad\u200b\u2060\ufeff"  # soft hyphen, zero-width space, word joiner, byte order mark
    "\u202a-\u202e\u2066-\u2069"  # bidi embeddings, overrides, isolates: they show another text than the one stored
    "\ufff9-\ufffb\ufffe\uffff"  # interlinear annotation, characters that are none
    "\U000e0000-\U000e001f"  # the language tag and what may not follow it
)
"""Characters that nobody sees, as a regular expression class. Joiners (U+200C, U+200D), direction marks (U+200E,
U+200F), variation selectors and the tags that flags are made of stay: scripts and emoji need them."""

_INVISIBLE = re.compile(f"[{REMOVED}]+")
_LINE_END = re.compile("\r\n?|\x85")
_OUTER = re.compile(r"\A(?:[^\S\n]*\n)+|\s+\Z")
_OUTER_ONE_LINE = re.compile(r"\A\s+|\s+\Z")
_JAMO = re.compile("[\u1160-\u11ff]")  # vowels and final consonants
_HANGUL = re.compile("[\u1100-\u11ff\uac00-\ud7a3]")


class Edit(NamedTuple):
    """Characters `start` up to, not including, `end` become `new`."""

    start: int
    end: int
    new: str


def edits_of(rule: Rule, text: str) -> list[Edit]:
    """What the rule changes in the text, in order and without overlap; usually nothing."""
    if rule == "line_ends":
        return [Edit(found.start(), found.end(), "\n") for found in _LINE_END.finditer(text)]
    if rule == "invisible":
        return [Edit(found.start(), found.end(), "") for found in _INVISIBLE.finditer(text)]
    if rule == "edges":
        # In a text of several lines the blanks before the first word may be the indent of code.
        outer = _OUTER if "\n" in text.strip() else _OUTER_ONE_LINE
        return [Edit(found.start(), found.end(), "") for found in outer.finditer(text)]
    return [] if unicodedata.is_normalized("NFC", text) else _composed(text)


def apply(edits: Sequence[Edit], text: str) -> str:
    """The text after the edits."""
    pieces, at = [], 0
    for edit in edits:
        pieces += [text[at : edit.start], edit.new]
        at = edit.end
    return "".join([*pieces, text[at:]])


def moved(offset: int, edits: Sequence[Edit], *, is_end: bool = False) -> int:
    """Where a place in the text lies after the edits. Inside an edit: its start, or its end for the end of a span."""
    shift = 0
    for edit in edits:
        if edit.end <= offset:
            shift += len(edit.new) - (edit.end - edit.start)
        elif edit.start < offset:
            return edit.start + shift + (len(edit.new) if is_end else 0)
    return offset + shift


def _composed(text: str) -> list[Edit]:
    """NFC, cluster by cluster: a character with the marks (or the jamo) that follow it."""
    edits, start = [], 0
    for end in [*(at for at in range(1, len(text)) if _begins_cluster(text[at - 1], text[at])), len(text)]:
        cluster = text[start:end]
        if not unicodedata.is_normalized("NFC", cluster):
            composed = unicodedata.normalize("NFC", cluster)
            # What did not change stays outside the edit, so that a span that ends there does not grow.
            same = _common_end(cluster, composed)
            edits.append(Edit(start, end - same, composed[: len(composed) - same]))
        start = end
    return edits


def _common_end(one: str, other: str) -> int:
    length = 0
    while length < min(len(one), len(other)) and one[-1 - length] == other[-1 - length]:
        length += 1
    return length


def _begins_cluster(before: str, character: str) -> bool:
    if character < "\u0300":
        return True
    if _JAMO.match(character):
        return not _HANGUL.match(before)
    # Some marks of Indic scripts compose although their combining class is 0, so the category is what counts.
    return unicodedata.category(character)[0] != "M"
