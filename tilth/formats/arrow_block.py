"""Rows as columns of an Arrow record batch: what Parquet, Arrow IPC and Feather give, and hand on unread."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tilth.formats.block import Block, Row

if TYPE_CHECKING:
    import pyarrow as pa

    from tilth.formats._arrow_rows import RowReader


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

    def json_lines(self) -> bytes | memoryview:
        """The rows as JSON lines, made without an object for every value where the types allow it."""
        from tilth.formats.bulk.rows import as_columns

        return as_columns(self).json_lines()

    def take(self, indices: Sequence[int]) -> "ArrowBlock":
        """Some of the rows, in the given order, still as columns."""
        import numpy as np

        from tilth.formats.bulk.arrays import as_indices

        if isinstance(indices, range) and indices.step == 1:
            part = self.batch.slice(indices.start, len(indices))
            return ArrowBlock(part, self.reader, self.lines[indices.start : indices.stop])
        chosen = self.batch.take(as_indices(np.fromiter(indices, np.int64, len(indices))))
        return ArrowBlock(chosen, self.reader, [self.lines[index] for index in indices])
