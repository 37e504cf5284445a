"""The half of the review screen that looks: a list, a record, and keys to get about in them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static
from textual.worker import get_current_worker

from tilth.review.session import Filter, Session
from tilth.schemas.safe_text import safe_text
from tilth.tui.choice import Choice
from tilth.tui.drawing import SHOWN_CHARACTERS, draw, draw_row
from tilth.tui.drawing.page import ODD, QUIET, blocks
from tilth.tui.finder import Finder
from tilth.tui.help import Help
from tilth.tui.keys import REVIEW_KEYS, hints
from tilth.tui.prompt import Prompt
from tilth.tui.record_list import RecordList
from tilth.tui.record_view import RecordView
from tilth.tui.selection import Selection
from tilth.tui.status_line import counts, heading

_NARROW_COLUMNS, _WIDE_COLUMNS = 80, 140
_LIST, _WIDE_LIST = 36, 52  # columns
_CATCH_UP_S = 2.0  # how soon another annotator's decision shows
_SETTLE_ROWS = 500  # between two looks at whether to stop
_ANNOUNCE_ROWS = 20_000  # between two redraws of a list that is still growing
_FILTERS: dict[str, Filter] = {
    "u": "undecided",
    "a": "accepted",
    "r": "rejected",
    "e": "edited",
    "s": "skipped",
    "n": "noted",
    "c": "all",
}


class BrowseScreen(Screen[None]):
    """Shows a session's rows. What is drawn is what the session says, never what is about to be."""

    BINDINGS: ClassVar[list[BindingType]] = list(REVIEW_KEYS)

    class Grown(Message):
        """More rows are known."""

    class Found(Message):
        """A search has come further."""

        def __init__(self, finder: Finder) -> None:
            super().__init__()
            self.finder = finder

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.selection = Selection(session, session.start_row)
        self._is_open = self._is_whole = self._is_list_switched = False
        self._finder: Finder | None = None
        self._is_drawn = False

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """No key counts before there is a record to see: a decision is about what was on the screen."""
        return self._is_drawn

    def compose(self) -> ComposeResult:
        """Heading, list and record, status, hints."""
        yield Static(id="heading", markup=False)
        with Horizontal(id="body"):
            yield RecordList(self.session)
            yield RecordView()
        yield Static(id="status", markup=False)
        yield Static(id="hints", markup=False)

    def on_mount(self) -> None:
        """Draw, and begin what runs beside the screen."""
        self._said = Content.styled(f"{safe_text(self.session.annotator)} reviews; ? lists the keys", QUIET)
        if left_out := self.session.rows.left_out:
            self._said = Content.styled(f"{left_out:,} rows cannot be read and are not shown", ODD)
        if self.session.queue is not None and (missing := self.session.queue.missing):
            self._said = Content.styled(f"{missing:,} of the queue are not in this file", ODD)
        self._is_drawn = True
        self.draw()
        self._settle()
        self.set_interval(_CATCH_UP_S, self._catch_up)

    def on_resize(self) -> None:
        """Give the record the whole width where there is little of it."""
        self.query_one("#hints", Static).update(hints(self.size.width))
        self._lay_out()

    @property
    def row(self) -> int:
        """The row on screen."""
        return self.selection.row

    def draw(self, *, from_top: bool = True) -> None:
        """Draw everything as the session has it now."""
        row, chosen = self.row, self.selection
        place = f"{row + 1:,} of {len(self.session.rows):,}{'' if self.session.rows.is_complete else '+'}"
        self.query_one("#heading", Static).update(heading(self.session, row, place, chosen.describe()))
        self.query_one(RecordList).show(chosen.rows, chosen.index)
        limit = None if self._is_whole else SHOWN_CHARACTERS
        edited = self.session.standing(row).edit if self.session.standing(row).is_edited else None
        seen = self.session.seen(row)
        drawing = draw(edited, limit, is_open=self._is_open) if edited else draw_row(seen, limit, is_open=self._is_open)
        if suspicions := self.session.suspicions(row):
            told = Content("\n").join([Content.styled(f"? {line}", ODD) for line in suspicions])
            drawing = replace(drawing, top=blocks([told, drawing.top]))
        query = self._finder.query if self._finder else ""
        self.query_one("#record", RecordView).show(drawing, query, from_top=from_top)
        self._draw_status()

    def say(self, *said: Content) -> None:
        """Put something at the beginning of the status line, before the counts."""
        self._said = Content("  ").join(said)
        self._draw_status()

    def warn(self, text: str) -> None:
        """Say what could not be done."""
        self.say(Content.styled(safe_text(text, one_line=True), ODD))

    def go_to(self, row: int) -> None:
        """Show a row; one that the filter hides ends the filter."""
        self.selection.go_to(row)
        self.draw()

    # Keys that move -----------------------------------------------------------------------------------

    def action_move(self, step: int) -> None:
        """Some rows down or up."""
        self._show(self.selection.index + step)

    def action_first(self) -> None:
        """The first row."""
        self._show(0)

    def action_last(self) -> None:
        """The last row."""
        self._show(len(self.selection.rows) - 1)

    def action_next_open(self) -> None:
        """The next row that this annotator has not decided."""
        rows, here = self.selection.rows, self.selection.index
        places: Iterable[int] = chain(range(here + 1, len(rows)), range(here))
        found = next((index for index in places if not self.session.standing(rows[index]).is_decided), None)
        if found is None:
            self.warn("every other row here is decided")
        else:
            self._show(found)

    def action_jump(self) -> None:
        """Go to a row number, or to a record id or its beginning."""
        self.app.push_screen(Prompt("go to a row number, or to a record id or its beginning"), self._jump)

    def action_filter(self) -> None:
        """Show only the rows with one status, as they are now."""
        answers = {letter: "clear" if name == "all" else name for letter, name in self._filters().items()}
        self.app.push_screen(Choice("show only", answers), self._narrow)

    def on_record_list_chosen(self, message: RecordList.Chosen) -> None:
        """A click moves to its row."""
        self._show(message.index)

    def _jump(self, wanted: str | None) -> None:
        if not wanted:
            return
        row = self.session.find(wanted)
        if row is None:
            partly = "" if self.session.is_settled else " among the rows read so far"
            self.warn(f"no row {wanted}{partly}")
        else:
            self.go_to(row)

    def _narrow(self, letter: str | None) -> None:
        if letter is None:
            return
        wanted = self._filters()[letter]
        if not self.selection.narrow(wanted):
            self.warn(f"no row is {wanted}")
        self.draw()

    def _filters(self) -> dict[str, Filter]:
        return {"q": "queue", **_FILTERS} if self.session.queue is not None else _FILTERS

    def _show(self, index: int) -> None:
        self.selection.move_to(index)
        self.draw()

    # Search -------------------------------------------------------------------------------------------

    def action_search(self) -> None:
        """Search while the person types; enter stays at the match, esc goes back."""
        origin = self.row

        def end(query: str | None) -> None:
            if query is None:
                self._finder = None
                self.workers.cancel_group(self, "search")
                self.go_to(origin)
            elif self._finder is None or self._finder.query != query:
                self._search(query, origin)
            else:
                self.post_message(self.Found(self._finder))

        self.app.push_screen(Prompt("search", on_change=lambda query: self._search(query, origin)), end)

    def action_next_match(self) -> None:
        """The next row that matches."""
        self._show_match(self._finder.after(self.row) if self._finder else None)

    def action_previous_match(self) -> None:
        """The row before that matches."""
        self._show_match(self._finder.before(self.row) if self._finder else None)

    def on_browse_screen_found(self, message: Found) -> None:
        """Go to the first match as soon as there is one, and count the others while they come."""
        finder = message.finder
        if finder is not self._finder:
            return
        match = finder.first()
        if match is not None and finder.is_awaited:
            finder.is_awaited = False
            self.go_to(match)
        found = Content(finder.describe(self.row))
        if isinstance(self.app.screen, Prompt):
            self.app.screen.tell(Content.assemble("search: ", found))
        else:
            self.say(found, Content.styled(". next  , previous", QUIET))

    def _search(self, query: str, origin: int) -> None:
        self._finder = Finder(self.session.rows, query, origin) if query else None
        self.workers.cancel_group(self, "search")
        if self._finder is not None:
            self._run_search(self._finder)

    @work(thread=True, group="search", exclusive=True)
    def _run_search(self, finder: Finder) -> None:
        worker = get_current_worker()

        def announce() -> None:
            self.post_message(self.Found(finder))

        finder.run(lambda: worker.is_cancelled, announce)

    def _show_match(self, row: int | None) -> None:
        if self._finder is None:
            self.warn("nothing is searched for; / searches")
        elif row is None:
            self.warn(f"no match for {self._finder.query}")
        else:
            self.go_to(row)
            self.say(Content(self._finder.describe(row)))

    # Keys that change how things look -----------------------------------------------------------------

    def action_scroll(self, direction: int) -> None:
        """Most of a page down or up in the record."""
        view = self.query_one("#record", RecordView)
        view.scroll_relative(y=direction * max(view.size.height - 2, 1), animate=False)

    def action_provenance(self) -> None:
        """Open or fold meta and unknown fields."""
        self._is_open = not self._is_open
        self.draw(from_top=False)

    def action_whole(self) -> None:
        """Draw long texts whole, or cut again."""
        self._is_whole = not self._is_whole
        self.draw(from_top=False)

    def action_list(self) -> None:
        """Show or hide the list; in a narrow terminal it takes the place of the record."""
        self._is_list_switched = not self._is_list_switched
        self._lay_out()
        self.draw(from_top=False)

    def action_theme(self) -> None:
        """Light or dark."""
        self.app.theme = "textual-light" if self.app.current_theme.dark else "textual-dark"

    def action_help(self) -> None:
        """The page of keys."""
        self.app.push_screen(Help(REVIEW_KEYS))

    # Beside the screen --------------------------------------------------------------------------------

    @work(thread=True, group="settle")
    def _settle(self) -> None:
        worker = get_current_worker()
        announced = len(self.session.rows)
        while not worker.is_cancelled and self.session.settle(_SETTLE_ROWS):
            if len(self.session.rows) - announced >= _ANNOUNCE_ROWS:
                announced = len(self.session.rows)
                self.post_message(self.Grown())
        if not worker.is_cancelled:
            self.post_message(self.Grown())

    def on_browse_screen_grown(self) -> None:
        """Take more rows into the list; tell when decisions have lost their records."""
        self.selection.refresh()
        if self.session.unmatched:
            count = self.session.unmatched
            self.warn(f"{count} decided record{'s are' if count > 1 else ' is'} no longer in the file")
        self.draw(from_top=False)

    def _lay_out(self) -> None:
        columns, rows = self.size.width, self.query_one(RecordList)
        is_narrow = columns < _NARROW_COLUMNS
        rows.display = is_narrow == self._is_list_switched
        self.query_one("#record").display = not (is_narrow and rows.display)
        rows.styles.width = "100%" if is_narrow else _WIDE_LIST if columns >= _WIDE_COLUMNS else _LIST

    def _catch_up(self) -> None:
        if self.session.catch_up():
            self.draw(from_top=False)

    def _draw_status(self) -> None:
        self.query_one("#status", Static).update(Content("  ").join([self._said, counts(self.session)]))

    @property
    def shown_rows(self) -> Sequence[int]:
        """The rows that the list holds now."""
        return self.selection.rows
