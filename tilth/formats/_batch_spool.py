"""Columns that were read, laid by as they are until it is certain that they can be written as they are."""

import tempfile
from collections.abc import Iterator
from typing import BinaryIO, cast

import pyarrow as pa

from tilth.formats.arrow_block import ArrowBlock
from tilth.formats.streams import Unclosed


class BatchSpool:
    """Record batches of one schema, laid by in a temporary file."""

    def __init__(self, first: ArrowBlock) -> None:
        self.schema, self._reader = first.batch.schema, first.reader
        # It lives as long as the spool does, and has no name to be left behind.
        self._file = cast(BinaryIO, tempfile.TemporaryFile(prefix="tilth-"))  # noqa: SIM115
        self._stream = pa.ipc.new_stream(Unclosed(self._file), self.schema)
        self._line = 1

    def fits(self, block: ArrowBlock) -> bool:
        """Whether the block has the same columns, with the same notes about them."""
        return self.schema.equals(block.batch.schema, check_metadata=True)

    def append(self, block: ArrowBlock) -> None:
        """Lay by a block that fits."""
        self._stream.write_batch(block.batch)

    def blocks(self) -> Iterator[ArrowBlock]:
        """All blocks in order, once."""
        self._stream.close()
        self._file.seek(0)
        with pa.ipc.open_stream(Unclosed(self._file)) as stream:
            for batch in stream:
                yield ArrowBlock(batch, self._reader, range(self._line, self._line + batch.num_rows))
                self._line += batch.num_rows
