"""The pieces a record is drawn from. Record text enters here, through `safe_text`, and nowhere as markup."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from dataclasses import field as field_
from typing import Any

from textual.content import Content

from tilth.schemas.safe_text import safe_text

SHOWN_CHARACTERS = 20_000
"""Characters of one field that are drawn at first: wrapping more than that would keep a person waiting."""

LABEL = "bold $accent"
QUIET = "dim"
GOOD = "bold $success"
BAD = "bold $error"
ODD = "bold $warning"
MARKED = ("bold underline $primary", "bold underline $secondary", "bold underline $success", "bold underline $warning")
"""Styles for marked spans, in turn; underlined, so that they show without colour too."""

Span = tuple[int, int, str]
"""First character, character after the last, style."""


@dataclass(frozen=True)
class Drawing:
    """A record, drawn: text above, optionally two texts side by side, text below."""

    top: Content
    pair: tuple[Content, Content] | None = None
    bottom: Content = field_(default_factory=Content)


def label(text: str, remark: str = "", style: str = LABEL) -> Content:
    """The line above a field: its name, and a quiet remark."""
    name = Content.styled(safe_text(text, one_line=True), style)
    return name if not remark else Content.assemble(name, "  ", (safe_text(remark, one_line=True), QUIET))


def passage(text: str, limit: int | None, spans: Iterable[Span] = ()) -> Content:
    """Record text, safe to show, with spans (in characters of the record) styled; cut after `limit` characters."""
    shown = text if limit is None else text[:limit]
    pieces: list[Content] = []
    drawn = 0
    for start, end, style in sorted(_inside(spans, len(shown))):
        # Of two spans that overlap, the later one is marked from where the earlier one ends.
        start = max(start, drawn)
        if start < end:
            pieces += [Content(safe_text(shown[drawn:start])), Content.styled(safe_text(shown[start:end]), style)]
            drawn = end
    pieces.append(Content(safe_text(shown[drawn:])))
    if len(shown) < len(text):
        pieces.append(Content.styled(f"\n⋯ {len(text) - len(shown):,} more characters: w shows them", ODD))
    if not text:
        pieces.append(Content.styled("(empty)", QUIET))
    return Content("").join(pieces)


def value(anything: Any, limit: int | None) -> Content:
    """Any JSON value: text as it is, everything else as indented JSON."""
    if isinstance(anything, str):
        return passage(anything, limit)
    return passage(json.dumps(anything, ensure_ascii=False, indent=1, default=str), limit)


def field(name: str, anything: Any, limit: int | None) -> Content:
    """A field under its label."""
    return stack([label(name), value(anything, limit)])


def fields(record: dict[str, Any], names: Sequence[str], limit: int | None) -> list[Content]:
    """Those of the named fields that the record has, each under its label."""
    return [field(name, record[name], limit) for name in names if record.get(name) is not None]


def stack(parts: Iterable[Content]) -> Content:
    """Pieces one below the other."""
    return Content("\n").join(list(parts))


def blocks(parts: Iterable[Content]) -> Content:
    """Pieces one below the other, with a blank line between them."""
    return Content("\n\n").join([part for part in parts if part.plain])


def _inside(spans: Iterable[Span], length: int) -> list[Span]:
    return [(max(start, 0), min(end, length), style) for start, end, style in spans if start < length]
