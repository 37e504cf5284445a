"""The decoder as a program: serves one request after the other on the socket that is its standard input."""

import json
import mmap
import os
import signal
import socket
import sys
import threading
import traceback
from importlib.abc import MetaPathFinder
from select import POLLHUP, poll
from typing import TYPE_CHECKING

from tilth.decoder import limits, wire

if TYPE_CHECKING:
    from tilth.decoder.pieces import BadRow, Piece

_REQUEST_BYTES = 4096


class _WithoutNumpy(MetaPathFinder):
    """Lets pyarrow start without numpy, of which nothing is used here: it takes half of the time to start."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Refuse numpy and leave everything else to the usual finders."""
        if name == "numpy":
            raise ModuleNotFoundError(name)


def main() -> None:
    """Serve until the caller is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the caller, who then lets go of us
    sys.meta_path.insert(0, _WithoutNumpy())
    limits.give_up_powers()
    connection = wire.widened(socket.socket(fileno=0))
    threading.Thread(target=_end_with, args=(connection,), daemon=True).start()
    while True:
        try:
            header, files, _, _ = socket.recv_fds(connection, wire.HEADER_BYTES, 1)
            if not header:
                return
            kind, _, size = wire.header_of(header)
            assert kind == wire.REQUEST and size <= _REQUEST_BYTES  # noqa: S101 our own caller speaks here
            request = bytearray(size)
            wire.fill(connection, memoryview(request))
            _Answer(connection).give(json.loads(request)["container"], files[0])
        except (EOFError, ConnectionError):
            return


class _Answer:
    """What is sent for one request."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._may_send = 0
        self._is_enough = False

    def give(self, container: str, file: int) -> None:
        """Send the rows of an open file, or why that cannot be done."""
        try:
            ending = self._decoded(container, file)
        finally:
            os.close(file)
        wire.send_frame(self._connection, wire.FAILURE if ending else wire.END, json.dumps(ending).encode())
        while not self._is_enough:
            self._listen()

    def _decoded(self, container: str, file: int) -> dict[str, object] | None:
        """Send batches; returns what went wrong, if anything did."""
        import pyarrow as pa

        from tilth.decoder.refusal import BrokenFile, Refusal, first_line

        # What pyarrow is seen to raise for damaged files; names of columns that are no UTF-8 are a ValueError.
        broken = (pa.ArrowException, BrokenFile, OSError, OverflowError, ValueError, KeyError)
        size = os.fstat(file).st_size
        limits.limit_memory(limits.memory_for(size))
        try:
            self._send_all(container, file)
        except MemoryError:
            return {"kind": "memory", "bytes": limits.memory_for(size)}
        except (ConnectionError, EOFError):  # the caller is gone: nobody is left to tell
            raise
        except broken as failure:
            return {"kind": "broken", "what": first_line(failure)}
        except Refusal as refusal:
            return {"kind": "refused", "what": str(refusal)}
        except Exception:
            return {"kind": "bug", "what": traceback.format_exc()}
        return None

    def _send_all(self, container: str, file: int) -> None:
        import pyarrow as pa

        from tilth.decoder.arrow import open_arrow
        from tilth.decoder.parquet import open_parquet
        from tilth.decoder.refusal import BrokenFile

        if not os.fstat(file).st_size:
            raise BrokenFile("it is empty")
        mapped = mmap.mmap(file, 0, prot=mmap.PROT_READ)
        open_container = {"parquet": open_parquet, "arrow": open_arrow}[container]
        schema, pieces = open_container(pa.py_buffer(mapped))
        wire.send_frame(self._connection, wire.SCHEMA, memoryview(schema.serialize()))
        for piece in pieces:
            while not self._may_send and not self._is_enough:
                self._listen()
            if self._is_enough:
                return
            self._send(piece)
            # What is mapped counts as memory of ours as long as it stays; it is read again where it is needed.
            mapped.madvise(mmap.MADV_DONTNEED)

    def _send(self, piece: "Piece | BadRow") -> None:
        from tilth.decoder.pieces import Piece

        if isinstance(piece, Piece):
            self._may_send -= 1
            wire.send_frame(self._connection, wire.BATCH, memoryview(piece.batch.serialize()), piece.first)
        else:
            payload = json.dumps({"reason": piece.reason, "raw": piece.raw}).encode()
            wire.send_frame(self._connection, wire.BAD_ROW, payload, piece.number)

    def _listen(self) -> None:
        """Take a word of the caller's: that one more batch is welcome, or that it is enough."""
        heard = self._connection.recv(1)  # no more: after the last word comes the next request
        if not heard:
            raise EOFError
        self._may_send += heard == wire.MORE
        self._is_enough = heard == wire.ENOUGH


def _end_with(connection: socket.socket) -> None:
    """End when the caller is gone, also in the midst of a page that would take for ever."""
    watched = poll()
    watched.register(connection, POLLHUP)
    while not any(event & POLLHUP for _, event in watched.poll()):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
