"""Record batches into Parquet, in row groups of a bounded number of bytes."""

import io
from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from tilth.formats.container import BLOCK_ROWS
from tilth.formats.streams import Unclosed

# Encoding begins when the first group is full and ends after the last row: with groups of 32 MiB a file of 200 MB
# takes a twentieth more time.
_GROUP_BYTES = 8 * 1024 * 1024
# A column of prose is given up as a dictionary when it has grown so far, in every group anew. Filling the usual
# mebibyte first takes an eighth of the time of encoding, and the file comes out larger; names and labels stay below.
_DICTIONARY_BYTES = 64 * 1024
# Every page is some small writes, and each of them would ask for the interpreter.
_BUFFERED_BYTES = 1 << 20


def write_parquet(sink: BinaryIO, schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> None:
    """Write all batches, in groups of about 8 MiB."""
    with (
        pa.BufferedOutputStream(pa.PythonFile(Unclosed(sink), "w"), _BUFFERED_BYTES) as file,
        pq.ParquetWriter(file, schema, compression="zstd", dictionary_pagesize_limit=_DICTIONARY_BYTES) as writer,
    ):
        waiting: list[pa.RecordBatch] = []
        for batch in batches:
            waiting.append(batch)
            if sum(each.nbytes for each in waiting) >= _GROUP_BYTES:
                writer.write_table(pa.Table.from_batches(waiting, schema))
                waiting = []
        if waiting:
            table = pa.Table.from_batches(waiting, schema)
            writer.write_table(table, row_group_size=max(1, table.num_rows))


def read_parquet(file: BinaryIO) -> Iterator[pa.RecordBatch]:
    """The columns of a file that was written here."""
    return pq.ParquetFile(file).iter_batches(BLOCK_ROWS, use_threads=False)


def keeps_types(schema: pa.Schema) -> bool:
    """Whether Parquet gives back columns of this schema as they were: it has no seconds, for one, and no runs."""
    sink = io.BytesIO()
    try:
        pq.write_table(schema.empty_table(), sink)
    except pa.ArrowException:
        return False
    return bool(pq.read_schema(io.BytesIO(sink.getvalue())).equals(schema))
