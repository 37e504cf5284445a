"""A question with a few answers, each one letter."""

from collections.abc import Mapping

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tilth.tui.drawing.page import LABEL


class Choice(ModalScreen[str | None]):
    """Gives the letter that is pressed, or None for a key that is no answer."""

    def __init__(self, question: str, answers: Mapping[str, str]) -> None:
        """`answers` maps a letter to its answer; both are our own words."""
        super().__init__()
        self._question, self._answers = question, answers

    def compose(self) -> ComposeResult:
        """The question, and the answers in one line where they fit."""
        answers = [Content.assemble((letter, LABEL), f" {answer}") for letter, answer in self._answers.items()]
        yield Static(Content("  ").join([Content.styled(self._question, "bold"), *answers]), id="choice")

    def on_key(self, event: events.Key) -> None:
        """Any key answers."""
        event.stop()
        self.dismiss(event.character if event.character in self._answers else None)
