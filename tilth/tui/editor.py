"""The editor: a box per field of the record, saved only when the record is still one."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static, TextArea

from tilth.operation import Fields
from tilth.schemas.safe_text import safe_text
from tilth.tui.boxes import Box, BoxError, from_boxes
from tilth.tui.drawing import problems_of
from tilth.tui.drawing.page import LABEL

_KEYS = "ctrl+s or F2 saves  esc leaves (your text is kept)  tab next box"
_DRAFT = "this is your unsaved text from before"


class Editor(ModalScreen[list[str] | None]):
    """Edits one record. Gives None once it is saved, else the texts as they were left, so that none is lost."""

    AUTO_FOCUS = ""  # see on_mount
    BINDINGS: ClassVar[list[BindingType]] = [
        # No priority: a key with priority overtakes letters that were typed before it and are still on their way.
        Binding("ctrl+s,f2", "save", "Save"),
        Binding("escape", "leave", "Leave"),
    ]

    def __init__(
        self, record: Fields, edited: Sequence[Box], draft: Sequence[str] | None, save: Callable[[Fields], str | None]
    ) -> None:
        """`save` commits the record and gives None, or gives why it could not."""
        super().__init__()
        self._record, self._boxes, self._draft, self._save = record, edited, draft, save

    def compose(self) -> ComposeResult:
        """A title line, the boxes, and a line for what is wrong."""
        yield Static(Content(_KEYS), id="editor-keys")
        with VerticalScroll(id="boxes", can_focus=False):
            for box, text in zip(self._boxes, self._draft or [box.text for box in self._boxes], strict=True):
                yield Static(Content.styled(safe_text(box.label, one_line=True), LABEL))
                yield TextArea(text, classes="whole" if not box.path else "", tab_behavior="focus", soft_wrap=True)
        yield Static(Content(_DRAFT if self._draft else ""), id="editor-problem")

    def on_mount(self) -> None:
        """Begin in the first box, behind its text where the text is all there is."""
        first = self.query(TextArea).first()
        self.call_later(first.focus)  # behind the keys that are waiting here already
        if self._boxes[0].path:
            first.move_cursor(first.document.end)
        self.query_one("#editor-problem").display = bool(self._draft)

    def on_key(self, event: events.Key) -> None:
        """Take letters that came before the first box could: over a slow line keys arrive in bursts."""
        if event.is_printable and event.character is not None and self.focused is None:
            event.stop()
            self.query(TextArea).first().insert(event.character)

    def action_save(self) -> None:
        """Save, or say why not; what has been typed stays either way."""
        try:
            record = from_boxes(self._record, self._boxes, self._texts())
        except BoxError as failure:
            self._tell([str(failure)])
            return
        problems = problems_of(record)
        if not problems and (refusal := self._save(record)):
            problems = [refusal]
        if problems:
            self._tell(problems)
        else:
            self.dismiss(None)

    def action_leave(self) -> None:
        """Leave without saving; the text waits for the next time this record is edited."""
        self.dismiss(self._texts())

    def _texts(self) -> list[str]:
        return [area.text for area in self.query(TextArea)]

    def _tell(self, problems: list[str]) -> None:
        line = self.query_one("#editor-problem", Static)
        line.update(Content(safe_text("not saved: " + "; ".join(problems), one_line=True)))
        line.display = True
