"""One line to type in, at the bottom of the screen, with the record still in sight above it."""

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static


class Prompt(ModalScreen[str | None]):
    """Asks for one line; gives it, or None when the person leaves with esc."""

    AUTO_FOCUS = ""  # see on_mount
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "Cancel")]

    def __init__(self, question: str, value: str = "", on_change: Callable[[str], None] | None = None) -> None:
        """`question` is our own words; `on_change` hears every change while the person types."""
        super().__init__()
        self._question, self._value, self._on_change = question, value, on_change

    def compose(self) -> ComposeResult:
        """A question above an input."""
        with Vertical(id="prompt"):
            yield Static(Content(self._question), id="question")
            yield Input(self._value, compact=True, select_on_focus=False)

    def tell(self, text: Content) -> None:
        """Replace the question: with a count of matches, for example."""
        self.query_one("#question", Static).update(text)

    def on_mount(self) -> None:
        """Hand the keys to the input, behind those that are waiting here already."""
        self.call_later(self.query_one(Input).focus)

    def on_key(self, event: events.Key) -> None:
        """Take keys that came before the input could: over a slow line they arrive in bursts."""
        field = self.query_one(Input)
        if field.has_focus:
            return
        if event.key == "enter":
            event.stop()
            self.dismiss(field.value)
        elif event.is_printable and event.character is not None:
            event.stop()
            field.insert_text_at_cursor(event.character)

    def on_paste(self, event: events.Paste) -> None:
        """Take what is pasted before the input could."""
        field = self.query_one(Input)
        if not field.has_focus:
            event.stop()
            field.insert_text_at_cursor((event.text.splitlines() or [""])[0])

    def on_input_changed(self, event: Input.Changed) -> None:
        """Hand on what has been typed so far."""
        if self._on_change is not None:
            self._on_change(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter gives the line."""
        self.dismiss(event.value)

    def action_cancel(self) -> None:
        """Esc gives nothing."""
        self.dismiss(None)
