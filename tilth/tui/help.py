"""What the keys do, made from the bindings themselves."""

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tilth.tui.drawing.page import LABEL, QUIET

_CLOSING = (
    "Each decision is on the disk before the next record is drawn: the line below shows its number. "
    "The file is never changed; x or tilth review FILE --export OUT writes the result."
)


class Help(ModalScreen[None]):
    """A page of keys; esc, q or ? closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark", "close", "Close")]

    def __init__(self, bindings: Iterable[Binding]) -> None:
        super().__init__()
        self._shown = [binding for binding in bindings if binding.description]

    def compose(self) -> ComposeResult:
        """One line per binding."""
        lines = [
            Content.assemble(
                (f"{binding.key_display or binding.key:>12}", LABEL), f"  {binding.tooltip or binding.description}"
            )
            for binding in self._shown
        ]
        with VerticalScroll(id="help"):
            yield Static(Content("\n").join([Content.styled("keys", "bold"), *lines, Content.styled(_CLOSING, QUIET)]))

    def action_close(self) -> None:
        """Back to the record."""
        self.dismiss(None)
