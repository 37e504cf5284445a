"""Arrow IPC: the same columns as in Parquet, laid down as they lie in memory. Files, streams and Feather.

All three are read by what they are, whatever their suffix says: `save_to_disk` of Hugging Face writes streams and calls
them `.arrow`. Written are files under `.arrow` and `.ipc`, streams under `.arrows`, and files with compressed columns
under `.feather`. Which type a column gets, what stands in the metadata under `tilth`, and what becomes of columns from
elsewhere is the same as in Parquet: see `tilth.formats.parquet`.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, ClassVar

from tilth.formats.columnar import Columnar

if TYPE_CHECKING:
    import pyarrow as pa


class Arrow(Columnar):
    """Arrow IPC files, which can be mapped into memory."""

    name = "arrow"
    suffixes: ClassVar[tuple[str, ...]] = (".arrow", ".ipc")
    contents = "Arrow IPC"
    decoder = "arrow"
    label = "Arrow IPC"

    def write_batches(self, sink: BinaryIO, schema: "pa.Schema", batches: "Iterator[pa.RecordBatch]") -> None:
        """Write an Arrow file with plain columns."""
        from tilth.formats._arrow_writing import write_file

        write_file(sink, schema, batches)

    def read_batches(self, file: BinaryIO) -> "Iterator[pa.RecordBatch]":
        """Batch by batch."""
        from tilth.formats._arrow_writing import read_file

        return read_file(file)


class Feather(Arrow):
    """Feather, which since its second version is Arrow IPC with LZ4 inside."""

    name = "feather"
    suffixes = (".feather",)

    def write_batches(self, sink: BinaryIO, schema: "pa.Schema", batches: "Iterator[pa.RecordBatch]") -> None:
        """Write an Arrow file with columns that are compressed one by one."""
        from tilth.formats._arrow_writing import write_feather

        write_feather(sink, schema, batches)


class ArrowStream(Arrow):
    """Arrow IPC streams, which are written and read from one end to the other."""

    name = "arrow-stream"
    suffixes = (".arrows",)

    def write_batches(self, sink: BinaryIO, schema: "pa.Schema", batches: "Iterator[pa.RecordBatch]") -> None:
        """Write an Arrow stream with plain columns."""
        from tilth.formats._arrow_writing import write_stream

        write_stream(sink, schema, batches)

    def read_batches(self, file: BinaryIO) -> "Iterator[pa.RecordBatch]":
        """Batch by batch."""
        from tilth.formats._arrow_writing import read_stream

        return read_stream(file)
