"""The calling end of `tilth.decoder`: columnar files are decoded by a process of their own, and arrive as batches.

A decoder that is done with one file waits for the next. One that died, hangs, or was left in the midst of a file is
replaced.
"""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa

from tilth.decoder import wire
from tilth.errors import DataError, TilthError
from tilth.formats.heap import keep_freed_memory

PATIENCE_S = 120.0
"""How long a decoder may be silent while a batch is expected."""
_FAREWELL_S = 1.0
_BATCHES_AHEAD = 1  # one is decoded there while the one before is worked on here
_IDLE_KEPT = 2


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be told, and why."""

    number: int
    reason: str
    raw: str


class Decoding:
    """One file on its way through a decoder."""

    def __init__(self, decoder: "_Decoder", label: str, name: str) -> None:
        self._decoder, self._label, self._name = decoder, label, name
        self._ended = False

    @cached_property
    def schema(self) -> pa.Schema:
        """The columns; encodings such as dictionaries are resolved."""
        _, _, content = self._frame()
        return pa.ipc.read_schema(content)

    def __iter__(self) -> Iterator[tuple[int, pa.RecordBatch] | BadRow]:
        """Batches, each with the number of its first row, and bad rows, in the order of the file."""
        schema = self.schema
        self._decoder.tell(wire.MORE * _BATCHES_AHEAD)
        while True:
            kind, row, content = self._frame()
            if kind == wire.END:
                self._ended = True
                return
            if kind == wire.BAD_ROW:
                yield BadRow(row, **json.loads(content.to_pybytes()))
            else:
                self._decoder.tell(wire.MORE)
                yield row, pa.ipc.read_record_batch(content, schema)

    def finish(self) -> bool:
        """Let the decoder know that nothing more is wanted; returns whether it is ready for another file."""
        if not self._decoder.is_between_frames:
            return False
        self._decoder.tell(wire.ENOUGH)
        self._decoder.connection.settimeout(_FAREWELL_S)
        while not self._ended:
            kind, _, _ = self._decoder.frame()
            self._ended = kind in (wire.END, wire.FAILURE)
        return True

    def _frame(self) -> tuple[bytes, int, pa.Buffer]:
        try:
            kind, row, content = self._decoder.frame()
        except TimeoutError as failure:
            self._decoder.kill()
            raise self._error(f"nothing came out of it for {PATIENCE_S:.0f} seconds") from failure
        except (EOFError, ConnectionError) as failure:
            raise self._error(f"it ends the process that decodes it ({self._decoder.cause_of_death()})") from failure
        if kind == wire.FAILURE:
            self._ended = True
            raise self._failure(json.loads(content.to_pybytes()))
        return kind, row, content

    def _failure(self, told: dict[str, Any]) -> Exception:
        if told["kind"] == "memory":
            self._decoder.is_between_frames = False  # what is left of its memory is in pieces: it does not go on
            return DataError(f"decoding it takes more than {told['bytes'] >> 20} MiB of memory", where=self._name)
        if told["kind"] == "refused":
            return DataError(told["what"], where=self._name)
        if told["kind"] == "broken":
            return self._error(told["what"])
        return RuntimeError(f"a bug in the decoder:\n{told['what']}")

    def _error(self, what: str) -> DataError:
        return DataError(f"broken {self._label}: {what}", where=self._name)


@contextmanager
def decoding(file: int, container: str, label: str, name: str) -> Iterator[Decoding]:
    """An open regular file, decoded elsewhere. Raises `DataError` in one line for whatever the file does there.

    `container` is "parquet" or "arrow", `label` what messages call it, and `name` what they call the file.
    """
    decoder = _ready_decoder()
    is_ready = False
    try:
        decoder.ask(container, file)
        current = Decoding(decoder, label, name)
        try:
            yield current
        finally:
            with suppress(OSError, EOFError):
                is_ready = current.finish()
    finally:
        if is_ready and len(_idle) < _IDLE_KEPT:
            _idle.append(decoder)
        else:
            decoder.kill()


class _Decoder:
    """A process that decodes one file after the other."""

    def __init__(self) -> None:
        keep_freed_memory()
        ours, theirs = socket.socketpair()
        self.connection = wire.widened(ours)
        self.is_between_frames = True
        # Without the user's site and start-up files, and with the same packages as here.
        command = [sys.executable, "-P", "-S", "-m", "tilth.decoder"]
        surroundings = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
            "ARROW_DEFAULT_MEMORY_POOL": "system",  # the others reserve a gigabyte of addresses, which would be counted
        }
        try:
            self._process = subprocess.Popen(  # noqa: S603 our own program
                command, stdin=theirs.fileno(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=surroundings
            )
        except OSError as failure:
            raise TilthError(f"the process that decodes columnar files cannot be started: {failure}") from failure
        finally:
            theirs.close()
        _living.add(self)

    def ask(self, container: str, file: int) -> None:
        """Hand over a file."""
        request = json.dumps({"container": container}).encode()
        self.connection.settimeout(PATIENCE_S)
        with suppress(ConnectionError):  # it is dead: the first answer will not come, and that is reported
            socket.send_fds(self.connection, [wire.header(wire.REQUEST, 0, len(request))], [file])
            self.connection.sendall(request)

    def tell(self, word: bytes) -> None:
        """Say that more is wanted, or that it is enough."""
        with suppress(ConnectionError):
            self.connection.sendall(word)

    def frame(self) -> tuple[bytes, int, pa.Buffer]:
        """The next frame."""
        self.is_between_frames = False
        header = bytearray(wire.HEADER_BYTES)
        wire.fill(self.connection, memoryview(header))
        kind, row, size = wire.header_of(header)
        content = pa.allocate_buffer(size)
        wire.fill(self.connection, memoryview(content))
        self.is_between_frames = True
        return kind, row, content

    @property
    def is_alive(self) -> bool:
        """Whether the process still runs: an idle one may have been ended by whoever needed its memory."""
        return self._process.poll() is None

    def cause_of_death(self) -> str:
        """In a word, why the process ended."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_FAREWELL_S)
        code = self._process.returncode
        if code is None or code >= 0:
            return "without a word"
        return signal.Signals(-code).name

    def kill(self) -> None:
        """End the process."""
        _living.discard(self)
        self.connection.close()
        self._process.kill()
        self._process.wait()

    def forget(self) -> None:
        """Let go of a decoder that belongs to the process that this one was forked from."""
        _living.discard(self)
        self.connection.close()


def _ready_decoder() -> _Decoder:
    while _idle:
        decoder = _idle.pop()
        if decoder.is_alive:
            return decoder
        decoder.kill()
    return _Decoder()


_idle: list[_Decoder] = []
# An iterator that is dropped half-way ends when the collector finds it. Without a name here its decoder would be found
# with it, and the collector would close the connection of a decoder that has just been put among the idle ones.
_living: set[_Decoder] = set()


@atexit.register
def _end_all() -> None:
    for decoder in list(_living):
        decoder.kill()


def _forget_all() -> None:
    _idle.clear()
    for decoder in list(_living):
        decoder.forget()


os.register_at_fork(after_in_child=_forget_all)
