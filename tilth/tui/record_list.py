"""The list of rows: any number of them, of which only those on screen are read."""

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tilth.review.session import Session
from tilth.review.standing import Standing
from tilth.tui.drawing import summary_line

MARKS = {"undecided": "·", "accepted": "✓", "rejected": "✗", "edited": "✎", "skipped": "»"}
"""One sign per status, so that no status is told by its colour alone."""
NOTED = "*"


class RecordList(ScrollView, can_focus=False):
    """Rows of a session, one line each: mark, number, beginning of the text."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "record-list--row",
        "record-list--cursor",
        "record-list--accepted",
        "record-list--rejected",
        "record-list--edited",
        "record-list--skipped",
        "record-list--undecided",
    }

    class Chosen(Message):
        """Somebody clicked on a line."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, session: Session) -> None:
        super().__init__(id="list")
        self._session = session
        self._rows: Sequence[int] = ()
        self._cursor, self._digits = 0, 1

    def show(self, rows: Sequence[int], cursor: int) -> None:
        """Show these rows with the cursor on one of them."""
        self._rows, self._cursor = rows, cursor
        largest = (
            max(rows, default=0) if isinstance(rows, list) else rows[-1] if rows else 0
        )  # a queue has its own order
        self._digits = len(str(largest + 1))
        self.virtual_size = Size(0, len(rows))
        self.refresh()
        self.scroll_to_region(Region(0, cursor, 1, 1), animate=False, force=True)

    def on_resize(self) -> None:
        """Keep the cursor in sight when the terminal changes."""
        self.scroll_to_region(Region(0, self._cursor, 1, 1), animate=False, force=True)

    def on_click(self, event: events.Click) -> None:
        """Choose the line under the mouse."""
        index = event.y + int(self.scroll_offset.y)
        if index < len(self._rows):
            self.post_message(self.Chosen(index))

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        index = y + int(self.scroll_offset.y)
        width = self.scrollable_content_region.width
        base = self.get_component_rich_style("record-list--row")
        if index >= len(self._rows):
            return Strip.blank(width, base)
        row = self._rows[index]
        standing = self._session.standing(row)
        colour = self.get_component_rich_style(f"record-list--{standing.status}", partial=True)
        style = self.get_component_rich_style("record-list--cursor") if index == self._cursor else base
        digits = self._digits
        line = [
            Segment(f"{'▌' if index == self._cursor else ' '}{row + 1:>{digits}} ", style),
            Segment(_mark(standing), style + colour),
            Segment(f" {summary_line(self._session.seen(row))}", style),
        ]
        return Strip(line).adjust_cell_length(width, style)


def _mark(standing: Standing) -> str:
    return MARKS[standing.status] + (NOTED if standing.note else " ")
