"""The half of the review screen that decides. Each decision is committed before the next record is drawn."""

from contextlib import suppress
from functools import partial
from pathlib import Path

from textual import work
from textual.content import Content

from tilth.errors import TilthError
from tilth.operation import Fields
from tilth.review.event import Action
from tilth.review.export import export
from tilth.review.reviewed import ReviewedOptions
from tilth.review.session import Session
from tilth.schemas.safe_text import safe_text
from tilth.tui.boxes import boxes, whole_box
from tilth.tui.browse_screen import BrowseScreen
from tilth.tui.drawing.page import GOOD, ODD
from tilth.tui.editor import Editor
from tilth.tui.prompt import Prompt
from tilth.tui.status_line import acknowledgement

_NEAR_ROWS = 5_000  # rows gone through at once when a decision needs it: a tenth of a second


class ReviewScreen(BrowseScreen):
    """Accept, reject, edit, skip, note, undo, export."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._drafts: dict[tuple[int, bool], list[str]] = {}

    def action_accept(self) -> None:
        """Accept and go on."""
        self._decide("accept")

    def action_reject(self) -> None:
        """Reject and go on."""
        self._decide("reject")

    def action_skip(self) -> None:
        """Leave it undecided and go on."""
        self._decide("skip")

    def action_undo(self) -> None:
        """Take back the last event of this annotator and show its record."""
        try:
            event = self.session.undo()
        except TilthError as failure:
            self.warn(str(failure))
            return
        if event is None:
            self.warn("there is nothing of yours to undo")
            return
        self.go_to(min(event.row, len(self.session.rows) - 1))
        self.say(acknowledgement(event))

    def action_note(self) -> None:
        """Write a note on the record."""
        row = self.row
        old = safe_text(self.session.standing(row).note, one_line=True)

        def write(note: str | None) -> None:
            if note is not None and note != old and self._commit(row, "note", next_row=row, note=note):
                self.draw(from_top=False)

        self.app.push_screen(Prompt(f"note on row {row + 1}", old), write)

    def action_edit(self) -> None:
        """Edit the record, a box per field."""
        self._edit(as_json=False)

    def action_edit_json(self) -> None:
        """Edit the whole record as JSON."""
        self._edit(as_json=True)

    def action_export(self) -> None:
        """Write the reviewed data beside the file, or where the person says."""
        path = self.session.path
        suggested = str(path.with_name(f"{path.name.split('.')[0]}.reviewed.jsonl"))

        def write(output: str | None) -> None:
            if output:
                self.say(Content("exporting …"))
                self._export(Path(output).expanduser())

        self.app.push_screen(Prompt("export the reviewed data to", safe_text(suggested)), write)

    def remember(self) -> None:
        """Keep where the annotator is looking, for the next sitting; decisions are saved already."""
        # A lost place is no lost decision, so a full disk does not stop anybody from leaving.
        with suppress(TilthError):
            self.session.remember_place(self.row)

    @work(thread=True, group="export", exclusive=True)
    def _export(self, output: Path) -> None:
        data = self.session.rows.reading.open(self.session.path)
        try:
            written = export(data, ReviewedOptions(journal=self.session.journal.path), output)
        except (TilthError, OSError) as failure:
            self.app.call_from_thread(self.warn, str(failure))
        else:
            said = Content.styled(safe_text(written.sentence(), one_line=True), GOOD)
            self.app.call_from_thread(self.say, said)

    def _edit(self, *, as_json: bool) -> None:
        row = self.row
        record = self.session.record(row)
        if record is None:
            self.warn("a row that cannot be read cannot be edited")
            return
        edited = whole_box(record) if as_json else boxes(record)
        save = partial(self._save_edit, row, record)

        def keep(left: list[str] | None) -> None:
            if left is None:
                self._drafts.pop((row, as_json), None)
            elif left != [box.text for box in edited]:
                self._drafts[row, as_json] = left
                self.say(Content.styled("not saved; your text waits for the next e on this row", ODD))

        self.app.push_screen(Editor(record, edited, self._drafts.get((row, as_json)), save), keep)

    def _save_edit(self, row: int, before: Fields, after: Fields) -> str | None:
        """Commit an edit; why not, if it cannot be."""
        if after == before:
            return "nothing is changed (esc leaves)"
        try:
            self.session.rows.check(after)
        except TilthError as failure:
            return failure.what
        if not self._commit(row, "edit", next_row=self.selection.next_row, after=after):
            return "the journal did not take it"
        self._move_on()
        return None

    def _decide(self, action: Action) -> None:
        if self._commit(self.row, action, next_row=self.selection.next_row):
            self._move_on()

    def _commit(
        self, row: int, action: Action, *, next_row: int, after: Fields | None = None, note: str | None = None
    ) -> bool:
        """Commit, and only then say so; a failure is said instead, and nothing moves."""
        missing = row + 1 - len(self.session.identities)
        if missing > _NEAR_ROWS:
            self.warn(f"{missing:,} rows before this one are still to be compared with it; a moment, then again")
            return False
        try:
            event = self.session.decide(row, action, next_row=next_row, after=after, note=note)
        except TilthError as failure:
            self.warn(str(failure))
            return False
        self.say(acknowledgement(event))
        return True

    def _move_on(self) -> None:
        if self.selection.is_at_end:
            self.say(self._said, Content.styled("last row", ODD))
        self.selection.move_to(self.selection.index + 1)
        self.draw()
