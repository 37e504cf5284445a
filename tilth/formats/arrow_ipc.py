"""Arrow IPC: the same columns as in Parquet, laid down as they lie in memory. Files, streams and Feather.

All three are read by what they are, whatever their suffix says: `save_to_disk` of Hugging Face writes streams and calls
them `.arrow`. Written are files under `.arrow` and `.ipc`, streams under `.arrows`, and files with compressed columns
under `.feather`. Which type a column gets, what stands in the metadata under `tilth`, and what becomes of columns from
elsewhere is the same as in Parquet: see `tilth.formats.parquet`.
"""

from collections.abc import Iterator
from typing import BinaryIO, ClassVar

from tilth.formats.block import Block
from tilth.formats.container import PLAIN_WRITING, Format, ReadSettings, Writer, WriteSettings


class Arrow(Format):
    """Arrow IPC files, which can be mapped into memory."""

    name = "arrow"
    suffixes: ClassVar[tuple[str, ...]] = (".arrow", ".ipc")
    contents = "Arrow IPC"
    needs_seek = True

    def read(self, source: BinaryIO, settings: ReadSettings) -> Iterator[Block]:
        """Blocks that stay columns until somebody asks for rows; lines are row numbers."""
        from tilth.formats._columnar_reading import read_blocks

        return read_blocks(source, settings, "arrow", "Arrow IPC")

    def writer(self, sink: BinaryIO, settings: WriteSettings = PLAIN_WRITING) -> Writer:
        """A writer that lays rows by until it knows their columns; columns that were read are handed on as they are."""
        from tilth.formats._arrow_writing import keeps_types, write_file
        from tilth.formats._columnar_writing import ColumnarWriter

        return ColumnarWriter(sink, write_file, keeps_types)


class Feather(Arrow):
    """Feather, which since its second version is Arrow IPC with LZ4 inside."""

    name = "feather"
    suffixes = (".feather",)

    def writer(self, sink: BinaryIO, settings: WriteSettings = PLAIN_WRITING) -> Writer:
        """A writer of compressed columns."""
        from tilth.formats._arrow_writing import keeps_types, write_feather
        from tilth.formats._columnar_writing import ColumnarWriter

        return ColumnarWriter(sink, write_feather, keeps_types)


class ArrowStream(Arrow):
    """Arrow IPC streams, which are written and read from one end to the other."""

    name = "arrow-stream"
    suffixes = (".arrows",)

    def writer(self, sink: BinaryIO, settings: WriteSettings = PLAIN_WRITING) -> Writer:
        """A writer of a stream."""
        from tilth.formats._arrow_writing import keeps_types, write_stream
        from tilth.formats._columnar_writing import ColumnarWriter

        return ColumnarWriter(sink, write_stream, keeps_types)
