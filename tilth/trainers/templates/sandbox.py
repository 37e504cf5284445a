"""A template in a process of its own: asked for one text after the other, stopped when it takes too much."""

import json
import os
import selectors
import signal
import subprocess
import sys
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tilth.errors import TilthError

SECONDS = 1.0
"""Computing time for one record. Real templates take a few thousandths of it."""
_WORKER = Path(__file__).with_name("worker.py")
_WAIT_S = 60.0  # the clock on the wall only counts when the process neither computes nor answers
_STOPS = 3
_PASSED_ON = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "VIRTUAL_ENV")
_CHUNK_BYTES = 1 << 16


class TemplateRefusalError(Exception):
    """The template cannot render these messages; the text says why, in the template's own words."""


class TemplateStoppedError(TemplateRefusalError):
    """The template took more time or memory than any template needs, and was stopped."""


class Sandbox:
    """One template. Its process starts with the first question, and again after it had to be stopped."""

    def __init__(self, source: str, values: Mapping[str, Any]) -> None:
        """`values` are what the template sees beside a conversation. Nothing is started yet."""
        self._source, self._values = source, dict(values)
        self._process: _Process | None = None
        self._stops = 0

    def ask(self, **request: Any) -> dict[str, Any]:
        """What the worker answers (see `worker.Renderer`).

        Raises `TemplateRefusalError` for what the template refuses, and `TilthError` when it had to be stopped so
        often that it is no use to go on.
        """
        if self._process is None:
            self._process = process = _Process()
            weakref.finalize(self, process.end)
            try:
                self._answer(process, {"source": self._source, "values": self._values})
            except TemplateRefusalError:
                self._end(process)  # one that is no template is told so every time
                raise
        return self._answer(self._process, request)

    def _answer(self, process: "_Process", request: Mapping[str, Any]) -> dict[str, Any]:
        reply = process.exchange({**request, "seconds": SECONDS})
        if "stopped" in reply:
            self._end(process)
            self._stops += 1
            if self._stops > _STOPS:
                raise TilthError(f"the template had to be stopped {self._stops} times, so it is not asked again")
            raise TemplateStoppedError(f"{reply['stopped']} and was stopped")
        if "refused" in reply:
            raise TemplateRefusalError(reply["refused"])
        return reply

    def _end(self, process: "_Process") -> None:
        process.end()
        self._process = None


class _Process:
    """The worker, and the two pipes to it."""

    def __init__(self) -> None:
        # An environment of its own: what a template could get out of ours would be the keys of whoever runs it.
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        self._child = subprocess.Popen(  # noqa: S603 our own file
            [sys.executable, "-P", str(_WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env={**environment, "PYTHONHASHSEED": "0"},
        )

    def exchange(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """What it replies; that it was stopped when it died over the question."""
        try:
            self._write(json.dumps(request).encode("ascii") + b"\n")
            line = self._read_line()
        except BrokenPipeError:
            line = b""
        reply: dict[str, Any] = json.loads(line) if line.endswith(b"\n") else {"stopped": self._cause_of_death()}
        return reply

    def end(self) -> None:
        """Let go of it, whatever it is doing."""
        self._child.kill()
        for stream in (self._child.stdin, self._child.stdout, self._child.stderr):
            if stream is not None:
                stream.close()
        self._child.wait()

    def _write(self, line: bytes) -> None:
        handle, left = self._child.stdin, memoryview(line)
        while handle is not None and left:
            left = left[os.write(handle.fileno(), left) :]

    def _read_line(self) -> bytes:
        """One line of its output; without the line's end when it ended, or said nothing for too long."""
        pieces: list[bytes] = []
        with selectors.DefaultSelector() as selector:
            handle = selector.register(self._child.stdout or 0, selectors.EVENT_READ).fd
            while selector.select(_WAIT_S):
                pieces.append(os.read(handle, _CHUNK_BYTES))
                if not pieces[-1] or pieces[-1].endswith(b"\n"):
                    break
        return b"".join(pieces)

    def _cause_of_death(self) -> str:
        """Why it is gone; raises `TilthError` when that was not the template's doing."""
        self._child.kill()  # without effect on a process that has ended, whose own code is still told
        said = self._child.stderr.read() if self._child.stderr else b""
        code = self._child.wait()
        if code in (-signal.SIGPROF, -signal.SIGKILL):
            return f"it computes for more than {SECONDS:g} s"
        if code < 0 or b"MemoryError" in said:
            return "it needs more memory than it may have"
        reason = said.decode("utf-8", "replace").strip().splitlines()[-1:] or [f"exit code {code}"]
        raise TilthError(f"the process that renders templates failed: {reason[0]}")
