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

    def compose(self) -> ComposeResult:
        """Three places that are filled again for each record: made once, so that a key press redraws at once."""
        yield Static(id="top", markup=False)
        with Horizontal(id="pair"):
            yield Static(id="left", markup=False)
            yield Static(id="right", markup=False)
        yield Static(id="bottom", markup=False)

    def show(self, drawing: Drawing, query: str, *, from_top: bool) -> None:
        """Draw a record, with the text that is searched for marked."""
        left, right = drawing.pair or (Content(), Content())
        for name, content in (("top", drawing.top), ("left", left), ("right", right), ("bottom", drawing.bottom)):
            self.query_one(f"#{name}", Static).update(_with_matches(content, query))
        self.query_one("#pair").display = drawing.pair is not None
        self.query_one("#bottom").display = bool(drawing.bottom.plain)
        if from_top:
            self.scroll_home(animate=False)

    def on_resize(self) -> None:
        """Lay two answers side by side only where both are readable."""
        self.query_one("#pair").set_class(self.size.width < SIDE_BY_SIDE_COLUMNS, "stacked")


def _with_matches(content: Content, query: str) -> Content:
    if not query:
        return content
    for found in re.finditer(re.escape(safe_text(query)), content.plain, re.IGNORECASE):
        content = content.stylize(_FOUND, found.start(), found.end())
    return content
