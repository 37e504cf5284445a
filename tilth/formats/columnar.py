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
    """A container of columns. It is decoded elsewhere (`tilth.decoder`), and written when all rows are known."""

    needs_seek = True
    decoder: ClassVar[str]
    """What decodes it."""
    label: ClassVar[str]
    """What messages call it."""

    def read(self, source: BinaryIO, settings: ReadSettings) -> Iterator[Block]:
        """Blocks that stay columns until somebody asks for rows; lines are row numbers."""
        from tilth.formats._columnar_reading import read_blocks

        return read_blocks(source, settings, self.decoder, self.label)

    def writer(self, sink: BinaryIO, settings: WriteSettings = PLAIN_WRITING) -> Writer:
        """A writer that lays rows by until it knows their columns; columns that were read are handed on as they are."""
        from tilth.formats._columnar_writing import ColumnarWriter

        return ColumnarWriter(partial(self.write_batches, sink), self.keeps_types)

    @abstractmethod
    def write_batches(self, sink: BinaryIO, schema: "pa.Schema", batches: "Iterator[pa.RecordBatch]") -> None:
        """Write a whole file of one schema into an open stream."""

    def keeps_types(self, schema: "pa.Schema") -> bool:
        """Whether the container gives back columns of this schema as they were."""
        return True
