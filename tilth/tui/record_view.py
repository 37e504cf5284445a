"""The record on screen: its drawing, scrolled when it is longer than the terminal is high."""

import re

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tilth.schemas.safe_text import safe_text
from tilth.tui.drawing import Drawing

SIDE_BY_SIDE_COLUMNS = 60
"""Columns from which two answers lie beside each other; in fewer they lie one below the other."""
_FOUND = "reverse"


class RecordView(VerticalScroll, can_focus=False):
    """Shows one drawing at a time."""

    def __init__(self) -> None:
        """Four places that are filled again for each record: made once, so that a key press redraws at once."""
        super().__init__(id="record")
        self._top, self._left, self._right, self._bottom = (
            Static(id=name, markup=False) for name in ("top", "left", "right", "bottom")
        )
        self._pair = Horizontal(self._left, self._right, id="pair")

    def compose(self) -> ComposeResult:
        """Text above, two texts beside each other, text below."""
        yield self._top
        yield self._pair
        yield self._bottom

    def show(self, drawing: Drawing, query: str, *, from_top: bool) -> None:
        """Draw a record, with the text that is searched for marked."""
        left, right = drawing.pair or (Content(), Content())
        self._top.update(_with_matches(drawing.top, query))
        self._left.update(_with_matches(left, query))
        self._right.update(_with_matches(right, query))
        self._bottom.update(_with_matches(drawing.bottom, query))
        self._pair.display = drawing.pair is not None
        self._bottom.display = bool(drawing.bottom.plain)
        if from_top:
            self.scroll_home(animate=False)

    def on_resize(self) -> None:
        """Lay two answers side by side only where both are readable."""
        self._pair.styles.layout = "vertical" if self.size.width < SIDE_BY_SIDE_COLUMNS else "horizontal"


def _with_matches(content: Content, query: str) -> Content:
    if not query:
        return content
    for found in re.finditer(re.escape(safe_text(query)), content.plain, re.IGNORECASE):
        content = content.stylize(_FOUND, found.start(), found.end())
    return content
