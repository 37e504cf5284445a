"""The writer of every columnar container: columns that were read stay as they are, rows become columns at the end."""

from collections.abc import Callable, Iterator

import pyarrow as pa

from tilth.formats._batch_spool import BatchSpool
from tilth.formats._row_table import RowTable
from tilth.formats.arrow_block import ArrowBlock
from tilth.formats.block import Block
from tilth.formats.container import Writer

WriteBatches = Callable[[pa.Schema, Iterator[pa.RecordBatch]], None]
"""Writes all batches, which have one schema."""
KeepsTypes = Callable[[pa.Schema], bool]
"""Whether a container gives back columns of a schema as they were."""


class ColumnarWriter(Writer):
    """Lays blocks by as they come: as columns while all have the same, as rows from the first that has others."""

    def __init__(self, write: WriteBatches, keeps_types: KeepsTypes) -> None:
        self._write_batches, self._keeps_types = write, keeps_types
        self._batches: BatchSpool | None = None
        self._rows: RowTable | None = None

    def write(self, block: Block) -> None:
        """Lay by the rows of a block."""
        if self._rows is None and isinstance(block, ArrowBlock) and self._takes(block):
            self._batches = self._batches or BatchSpool(block)
            self._batches.append(block)
            return
        if self._rows is None:
            self._rows = RowTable()
            for earlier in self._batches.blocks() if self._batches else ():
                self._rows.append(earlier)
        self._rows.append(block)

    def _takes(self, block: ArrowBlock) -> bool:
        if self._batches is None:
            return self._keeps_types(block.batch.schema)
        return self._batches.fits(block)

    def close(self) -> None:
        """Write all rows."""
        if self._rows is not None:
            schema = self._rows.schema()
            self._write_batches(schema, self._rows.batches(schema))
        elif self._batches is not None:
            self._write_batches(self._batches.schema, (block.batch for block in self._batches.blocks()))
        else:
            self._write_batches(pa.schema([]), iter(()))
