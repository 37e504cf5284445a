"""What lies in an Arrow IPC file or stream, batch by batch."""

from collections.abc import Iterator

import pyarrow as pa

from tilth.decoder.expansion import Expansion
from tilth.decoder.pieces import BadRow, Cutter, Piece
from tilth.decoder.refusal import BrokenFile, Refusal

_FILE, _FEATHER_1 = b"ARROW1", b"FEA1"
_LONGEST_SCHEMA_BYTES = 1 << 24


def open_arrow(content: pa.Buffer) -> tuple[pa.Schema, Iterator[Piece | BadRow]]:
    """Schema and rows of a whole file or stream that lies in memory, or is mapped there; its first bytes tell which."""
    start = content.slice(0, min(len(_FILE), content.size)).to_pybytes()
    if start.startswith(_FEATHER_1):
        raise Refusal("this is Feather V1, which was given up in 2020; expected Feather V2, which is Arrow IPC")
    if start == _FILE:
        file = pa.ipc.open_file(content, options=pa.ipc.IpcReadOptions(use_threads=False))
        cutter = Cutter(file.schema, Expansion(content.size))
        return cutter.schema, _pieces(cutter, map(file.get_batch, range(file.num_record_batches)))
    if not _may_be_stream(start):
        raise BrokenFile("it begins neither like an Arrow file nor like an Arrow stream")
    stream = pa.ipc.open_stream(content, options=pa.ipc.IpcReadOptions(use_threads=False))
    cutter = Cutter(stream.schema, Expansion(content.size))
    return cutter.schema, _pieces(cutter, iter(stream))


def _may_be_stream(start: bytes) -> bool:
    """Whether a schema message may begin here: after a mark, or after its length in streams from before 2019."""
    return start.startswith(b"\xff\xff\xff\xff") or (
        len(start) >= 4 and 0 < int.from_bytes(start[:4], "little") < 2**24
    )


def _pieces(cutter: Cutter, batches: Iterator[pa.RecordBatch]) -> Iterator[Piece | BadRow]:
    for batch in batches:
        batch.validate()  # cheap, and what slices of the batch rely on
        yield from cutter.pieces(batch)
