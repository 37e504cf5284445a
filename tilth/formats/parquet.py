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
from typing import TYPE_CHECKING, BinaryIO

from tilth.formats.columnar import Columnar

if TYPE_CHECKING:
    import pyarrow as pa


class Parquet(Columnar):
    """Apache Parquet."""

    name = "parquet"
    suffixes = (".parquet",)
    magic = b"PAR"  # PAR1, or PARE where it is encrypted, which is to be said of it
    decoder = "parquet"
    label = "Parquet"

    def write_batches(self, sink: BinaryIO, schema: "pa.Schema", batches: "Iterator[pa.RecordBatch]") -> None:
        """Write row groups of a bounded number of bytes."""
        from tilth.formats._parquet_writing import write_parquet

        write_parquet(sink, schema, batches)

    def read_batches(self, file: BinaryIO) -> "Iterator[pa.RecordBatch]":
        """A few rows at a time."""
        from tilth.formats._parquet_writing import read_parquet

        return read_parquet(file)

    def keeps_types(self, schema: "pa.Schema") -> bool:
        """Parquet has no seconds, for one, and no runs."""
        from tilth.formats._parquet_writing import keeps_types

        return keeps_types(schema)
