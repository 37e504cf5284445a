"""The application around the review screen: theme, signals, a clean end."""

import asyncio
import signal
from typing import ClassVar

from textual.app import App
from textual.binding import Binding, BindingType

from tilth.review.session import Session
from tilth.tui.review_screen import ReviewScreen

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class ReviewApp(App[int]):
    """Runs one session; returns the exit code."""

    CSS_PATH = "review.tcss"
    TITLE = "tilth review"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+c,ctrl+q", "quit", "quit", show=False, priority=True)]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session

    def get_default_screen(self) -> ReviewScreen:
        """The review screen."""
        self.review_screen = ReviewScreen(self.session)
        return self.review_screen

    def on_mount(self) -> None:
        """A signal ends the app in order: the terminal is restored, and every decision is on the disk already."""
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, self.exit, 128 + number)

    def _fatal_error(self) -> None:
        """End after an unforeseen error without Textual's own report: that prints local variables, so record text."""
        self._close_messages_no_wait()

    def run_to_end(self) -> int:
        """Run until the person leaves; returns the exit code, and raises what went wrong inside."""
        code = self.run()
        if self._exception is not None:
            raise self._exception
        return code or 0

    async def action_quit(self) -> None:
        """Quit from anywhere, the command palette included."""
        self.review_screen.remember()
        self.exit(0)
