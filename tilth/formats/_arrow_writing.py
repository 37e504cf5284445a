"""Record batches into Arrow IPC files, streams and Feather."""

import io
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

import pyarrow as pa

from tilth.formats.container import BLOCK_BYTES, BLOCK_ROWS
from tilth.formats.streams import Unclosed


def write_file(sink: BinaryIO, schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> None:
    """Write an Arrow file with plain columns."""
    _write_all(pa.ipc.new_file(Unclosed(sink), schema), batches)


def write_stream(sink: BinaryIO, schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> None:
    """Write an Arrow stream with plain columns."""
    _write_all(pa.ipc.new_stream(Unclosed(sink), schema), batches)


def write_feather(sink: BinaryIO, schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> None:
    """Write an Arrow file with columns that are compressed one by one."""
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    _write_all(pa.ipc.new_file(Unclosed(sink), schema, options=options), batches)


def read_file(file: BinaryIO) -> Iterator[pa.RecordBatch]:
    """The columns of a file that was written here."""
    reader = pa.ipc.open_file(cast(io.IOBase, file))
    return map(reader.get_batch, range(reader.num_record_batches))


def read_stream(file: BinaryIO) -> Iterator[pa.RecordBatch]:
    """The columns of a stream that was written here."""
    return iter(pa.ipc.open_stream(Unclosed(file)))


def _write_all(writer: Any, batches: Iterator[pa.RecordBatch]) -> None:
    with writer:
        for batch in _gathered(batches):
            writer.write_batch(batch)


def _gathered(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same rows without tiny batches, of which a strict filter leaves thousands."""
    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        waiting.append(batch)
        if sum(map(len, waiting)) >= BLOCK_ROWS or sum(each.nbytes for each in waiting) >= BLOCK_BYTES:
            yield _joined(waiting)
            waiting = []
    if waiting:
        yield _joined(waiting)


def _joined(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    if len(batches) == 1:
        return batches[0]
    return pa.Table.from_batches(batches).combine_chunks().to_batches()[0]
