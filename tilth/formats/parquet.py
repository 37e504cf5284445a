"""Parquet: typed columns where every value has one plain type, exact JSON in a column where it has not.

A column of text, of 64-bit integers, of floats or of booleans gets that type. Anything else (mixed, nested, longer
integers, null and absent side by side) becomes a column of the type `arrow.json`, which other tools show as JSON. The
file's own metadata, under `tilth`, says which columns mean an absent key by null, and which one holds the order of
keys where a row has another than the columns.

In a file from elsewhere null is null; dates, times and decimals become their exact text; dictionaries are resolved;
maps become objects, or lists of key and value where their keys are no text; bytes are read as text where they plainly
are text. Infinities and NaN, other bytes, durations, and times that no calendar has are refused by their column.

The file itself is decoded in a process of its own (`tilth.decoder`), because a damaged one can end the process that
decodes it.
"""

from collections.abc import Iterator
from typing import BinaryIO

from tilth.formats.block import Block
from tilth.formats.container import PLAIN_WRITING, Format, ReadSettings, Writer, WriteSettings


class Parquet(Format):
    """Apache Parquet."""

    name = "parquet"
    suffixes = (".parquet",)
    magic = b"PAR"  # PAR1, or PARE where it is encrypted, which is to be said of it
    needs_seek = True

    def read(self, source: BinaryIO, settings: ReadSettings) -> Iterator[Block]:
        """Blocks that stay columns until somebody asks for rows; lines are row numbers."""
        from tilth.formats._columnar_reading import read_blocks

        return read_blocks(source, settings, "parquet", "Parquet")

    def writer(self, sink: BinaryIO, settings: WriteSettings = PLAIN_WRITING) -> Writer:
        """A writer that lays rows by until it knows their columns; columns that were read are handed on as they are."""
        from tilth.formats._columnar_writing import ColumnarWriter
        from tilth.formats._parquet_writing import keeps_types, write_parquet

        return ColumnarWriter(sink, write_parquet, keeps_types)
