"""Containers of typed columns: what Parquet, Arrow IPC and Feather have in common."""

from abc import abstractmethod
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, ClassVar

from tilth.formats.block import Block
from tilth.formats.container import PLAIN_WRITING, Format, ReadSettings, Writer, WriteSettings

if TYPE_CHECKING:
    import pyarrow as pa


class Columnar(Format):
    """A container of columns. What strangers wrote is decoded elsewhere (`tilth.decoder`)."""

    needs_seek = True
    takes = "columns"
    decoder: ClassVar[str]
    """What decodes it."""
    label: ClassVar[str]
    """What messages call it."""

    def read(self, source: BinaryIO, settings: ReadSettings) -> Iterator[Block]:
        """Blocks that stay columns until somebody asks for rows; lines are row numbers."""
        from tilth.formats._columnar_reading import read_blocks

        return read_blocks(source, settings, self.decoder, self.label)

    def writer(self, sink: BinaryIO, settings: WriteSettings = PLAIN_WRITING) -> Writer:
        """A writer that makes columns of rows as they come; columns that were read are handed on as they are."""
        from tilth.formats._columnar_writing import ColumnarWriter

        write = partial(self.write_batches, sink)
        return ColumnarWriter(write, self.keeps_types, output=sink, read=self.read_batches)

    @abstractmethod
    def write_batches(self, sink: BinaryIO, schema: "pa.Schema", batches: "Iterator[pa.RecordBatch]") -> None:
        """Write a whole file of one schema into an open stream."""

    @abstractmethod
    def read_batches(self, file: BinaryIO) -> "Iterator[pa.RecordBatch]":
        """All columns of a whole file that was written here."""

    def keeps_types(self, schema: "pa.Schema") -> bool:
        """Whether the container gives back columns of this schema as they were."""
        return True
