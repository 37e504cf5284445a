"""Parquet: typed columns where every value has one plain type, exact JSON in a column where it has not.

A column of text, of 64-bit integers, of floats or of booleans gets that type. Anything else (mixed, nested, longer
integers, null and absent side by side) becomes a column of the type `arrow.json`, which other tools show as JSON. The
file's own metadata, under `tilth`, says which columns mean an absent key by null, and which one holds the order of
keys where a row has another than the columns.

In a file from elsewhere null is null; dates, times and decimals become their exact text; floats that JSON does not
have, bytes and durations are refused by the name of their column.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, BinaryIO

from tilth.formats.block import Block, Row
from tilth.formats.container import Format, ReadSettings, Writer

if TYPE_CHECKING:
    import pyarrow as pa

    from tilth.formats._arrow_rows import RowReader


class Parquet(Format):
    """Apache Parquet."""

    name = "parquet"
    suffixes = (".parquet",)
    magic = b"PAR1"
    needs_seek = True

    def read(self, source: BinaryIO, settings: ReadSettings) -> Iterator[Block]:
        """Blocks that stay columns until somebody asks for rows; lines are row numbers."""
        from tilth.formats._parquet_reading import read_blocks

        return read_blocks(source, settings)

    def writer(self, sink: BinaryIO) -> Writer:
        """A writer that lays rows by until it knows their columns; columns that were read are handed on as they are."""
        from tilth.formats._parquet_writing import ParquetWriter

        return ParquetWriter(sink)


class ArrowBlock(Block):
    """Rows as columns of an Arrow record batch, with what makes rows of them."""

    def __init__(self, batch: "pa.RecordBatch", reader: "RowReader", lines: Sequence[int]) -> None:
        self.batch, self.reader, self.lines = batch, reader, lines
        self._rows: Sequence[Row] | None = None

    @property
    def rows(self) -> Sequence[Row]:
        """The rows, made of the columns when they are first asked for."""
        if self._rows is None:
            self._rows = self.reader.rows(self.batch, self.lines)
        return self._rows

    def take(self, indices: Sequence[int]) -> "ArrowBlock":
        """Some of the rows, in the given order, still as columns."""
        import pyarrow as pa

        if isinstance(indices, range) and indices.step == 1:
            part = self.batch.slice(indices.start, len(indices))
            return ArrowBlock(part, self.reader, self.lines[indices.start : indices.stop])
        chosen = self.batch.take(pa.array(indices, pa.int64()))
        return ArrowBlock(chosen, self.reader, [self.lines[index] for index in indices])
