"""How the decoder and its caller talk: frames one way, permissions to go on the other way.

The caller sends a request (a frame, with the file's descriptor beside it), then one `MORE` for each batch that it is
ready to take, and `ENOUGH` once, when it wants no more or has seen the end. The decoder answers with a `SCHEMA`, with
`BATCH` and `BAD_ROW` frames, and last with `END` or `FAILURE`.
"""

import socket
import struct

REQUEST, SCHEMA, BATCH, BAD_ROW, END, FAILURE = b"Q", b"S", b"B", b"R", b"E", b"F"
MORE, ENOUGH = b"+", b"."

_HEADER = struct.Struct("<cQQ")
HEADER_BYTES = _HEADER.size
_BUFFER_BYTES = 1 << 20


def widened(connection: socket.socket) -> socket.socket:
    """The connection with room for a whole batch of usual size, so that neither end waits for the other."""
    for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
        connection.setsockopt(socket.SOL_SOCKET, option, _BUFFER_BYTES)
    return connection


def header(kind: bytes, row: int, size: int) -> bytes:
    """What goes before the payload of a frame; `row` is the number of the row that it is about, or begins with."""
    return _HEADER.pack(kind, row, size)


def header_of(content: bytes | bytearray) -> tuple[bytes, int, int]:
    """Kind, row and number of payload bytes of a frame."""
    kind, row, size = _HEADER.unpack(content)
    return kind, row, size


def send_frame(connection: socket.socket, kind: bytes, payload: bytes | memoryview, row: int = 0) -> None:
    """Send a whole frame."""
    connection.sendall(header(kind, row, len(payload)))
    connection.sendall(payload)


def fill(connection: socket.socket, room: memoryview) -> None:
    """Receive exactly as many bytes as there is room for. Raises `EOFError` when the other end is gone."""
    filled = 0
    while filled < len(room):
        received = connection.recv_into(room[filled:])
        if not received:
            raise EOFError
        filled += received
