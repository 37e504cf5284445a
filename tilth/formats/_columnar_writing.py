"""The writer of every columnar container: columns that were read stay as they are, rows become columns as they come."""

from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO

import pyarrow as pa

from tilth.formats.arrow_block import ArrowBlock
from tilth.formats.block import Block
from tilth.formats.bulk.columnar_parts import ColumnarPart, Encoded, LaidBy, ReadBatches, WriteBatches
from tilth.formats.bulk.parts import Part, PartsWriter
from tilth.formats.bulk.rows import as_columns
from tilth.formats.bulk.typed_columns import record_batch, schema_of

KeepsTypes = Callable[[pa.Schema], bool]
"""Whether a container gives back columns of a schema as they were."""


class ColumnarWriter(PartsWriter[pa.Schema]):
    """Hands columns on as they are while all blocks have the same, and makes columns of rows from there on.

    With an `output` that can be read back by `read`, `write` is called with the first rows, in a thread of its own, and
    called once more where later rows need other columns. Without one it is called once, when all rows have come.
    """

    def __init__(
        self,
        write: WriteBatches,
        keeps_types: KeepsTypes,
        *,
        output: BinaryIO | None = None,
        read: ReadBatches | None = None,
    ) -> None:
        super().__init__(output if read else None)
        self._write_batches, self._keeps_types = write, keeps_types
        self._read_batches = read
        self._as_read: ArrowBlock | None = None
        """The first block, while all blocks have its columns."""

    def layout(self) -> pa.Schema:
        """The columns for all rows that were seen."""
        return schema_of(self.columns)

    def is_same(self, one: pa.Schema, other: pa.Schema) -> bool:
        """Whether columns are the same, and the notes about them."""
        return one is other or bool(one.equals(other, check_metadata=True))

    def part_in_output(self, layout: pa.Schema, output: BinaryIO) -> ColumnarPart:
        """The file itself."""
        reader = self._as_read.reader if self._as_read else None
        return Encoded(layout, output, self.columns.order, reader, self._write_batches, self._read_batches)

    def part_aside(self, layout: pa.Schema, file: BinaryIO) -> ColumnarPart:
        """Columns as they are in memory."""
        return LaidBy(layout, file, self.columns.order, self._as_read.reader if self._as_read else None)

    def write_parts(self, layout: pa.Schema, parts: Sequence[Part[pa.Schema]]) -> None:
        """Write one file of all parts."""
        self._write_batches(layout, self._batches(layout, parts))

    def _batches(self, layout: pa.Schema, parts: Sequence[Part[pa.Schema]]) -> Iterator[pa.RecordBatch]:
        for part in parts:
            if isinstance(part, ColumnarPart) and self.is_same(part.layout, layout):
                yield from part.batches()
            else:
                for block in part.blocks():
                    yield record_batch(as_columns(block), layout, self.columns.order)

    def write(self, block: Block) -> None:
        """Append the rows of a block."""
        if isinstance(block, ArrowBlock) and self._is_as_read(block):
            self._as_read = self._as_read or block
            part = self.begun(self._as_read.batch.schema)
            if isinstance(part, ColumnarPart):
                part.append_batch(block.batch)
            return
        if self._as_read is not None:
            earlier, self._as_read = self.laid_by(), None
            for each in earlier.blocks():
                super().write(each)
        super().write(block)

    def _is_as_read(self, block: ArrowBlock) -> bool:
        """Whether the block can be handed on with its columns as they are, as all before it were."""
        if self._as_read is not None:
            return self.is_same(self._as_read.batch.schema, block.batch.schema)
        return self.part is None and self._keeps_types(block.batch.schema)

    def close(self) -> None:
        """Complete the file."""
        self.begun(pa.schema([]) if self.part is None else self.part.layout)
        super().close()
