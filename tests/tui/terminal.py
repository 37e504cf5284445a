"""A real terminal for the review screen: a pty, the bytes that reach it, and the screen that a person would see."""

import os
import pty
import re
import select
import subprocess
import sys
import termios
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte

# The terminal becomes the program's own, as it is in a shell: that is what carries a hang-up.
RUN = """
import fcntl, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from tilth.tui import review
sys.exit(review(sys.argv[1], annotator='ada'))
"""
ACKNOWLEDGED = re.compile(r"#(\d+) (\w+) row (\d+)")
F2 = "\x1bOQ"


class Terminal:
    """`tilth review FILE` in a pty. Use it as a context manager."""

    def __init__(self, file: Path, *, columns: int = 80, rows: int = 24, **environment: str) -> None:
        self.raw = b""
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self._pty, inside = pty.openpty()
        termios.tcsetwinsize(inside, (rows, columns))
        self.modes = termios.tcgetattr(self._pty)
        # Given whole: readline may have put COLUMNS into the environment behind Python's back.
        kept = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        self.process = subprocess.Popen(
            [sys.executable, "-c", RUN, str(file)],
            env={**kept, "TERM": "xterm-256color", "COLORTERM": "truecolor", **environment},
            stdin=inside,
            stdout=inside,
            stderr=inside,
            start_new_session=True,
        )
        os.close(inside)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._pty)

    @property
    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(self.screen.display)

    def send(self, keys: str) -> None:
        """Type."""
        os.write(self._pty, keys.encode())

    def wait_for(self, wanted: str, seconds: float = 20) -> None:
        """Read until some text is on the screen."""
        end = time.monotonic() + seconds
        while wanted not in self.text:
            assert time.monotonic() < end, f"{wanted!r} did not appear on\n{self.text}"
            assert self.read(0.2), f"the program ended before {wanted!r} appeared:\n{self.text}"

    def press(self, keys: str, wanted: str) -> None:
        """Type, and wait for what it brings."""
        self.send(keys)
        self.wait_for(wanted)

    def read(self, seconds: float) -> bool:
        """Take in what comes within some time; False when the program has closed the terminal."""
        if not select.select([self._pty], [], [], seconds)[0]:
            return True
        try:
            read = os.read(self._pty, 65536)
        except OSError:
            return False
        self.raw += read
        self._stream.feed(read)
        return bool(read)

    def signal(self, number: int) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    def wait(self, seconds: float = 30) -> int:
        """Read to the end; the exit code, or minus the signal that ended it."""
        end = time.monotonic() + seconds
        while self.read(0.2):
            assert time.monotonic() < end, f"it does not end:\n{self.text}"
        return self.process.wait(seconds)
