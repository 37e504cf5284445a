"""Columns on their way into a columnar file, or laid by until it is known what file they go into."""

from abc import abstractmethod
from collections.abc import Callable, Iterator
from queue import Queue
from threading import Thread
from typing import BinaryIO

import pyarrow as pa

from tilth.formats._arrow_rows import RowReader
from tilth.formats.arrow_block import ArrowBlock
from tilth.formats.bulk.column import ColumnBlock
from tilth.formats.bulk.parts import Part
from tilth.formats.bulk.typed_columns import record_batch
from tilth.formats.container import ReadSettings
from tilth.formats.key_order import KeyOrder
from tilth.formats.streams import Unclosed

WriteBatches = Callable[[pa.Schema, Iterator[pa.RecordBatch]], None]
"""Writes all batches, which have one schema."""
ReadBatches = Callable[[BinaryIO], Iterator[pa.RecordBatch]]
"""Reads a whole file that was written here."""

_BATCHES_AHEAD = 12


class ColumnarPart(Part[pa.Schema]):
    """Record batches of one schema. What columns mean, `reader` tells where they were read."""

    def __init__(self, schema: pa.Schema, file: BinaryIO, order: KeyOrder, reader: RowReader | None) -> None:
        super().__init__(schema, file)
        self._order, self._reader = order, reader

    def append(self, block: ColumnBlock) -> None:
        """Write the rows of a block."""
        self.append_batch(record_batch(block, self.layout, self._order))

    @abstractmethod
    def append_batch(self, batch: pa.RecordBatch) -> None:
        """Write columns that are as they shall be."""

    @abstractmethod
    def batches(self) -> Iterator[pa.RecordBatch]:
        """All columns again."""

    def blocks(self) -> Iterator[ArrowBlock]:
        """All rows again."""
        reader = self._reader or RowReader(self.layout, ReadSettings("rows laid by"))
        line = 1
        for batch in self.batches():
            yield ArrowBlock(batch, reader, range(line, line + batch.num_rows))
            line += batch.num_rows


class LaidBy(ColumnarPart):
    """Columns in a temporary file, as they lie in memory."""

    def __init__(self, schema: pa.Schema, file: BinaryIO, order: KeyOrder, reader: RowReader | None) -> None:
        super().__init__(schema, file, order, reader)
        self._stream = pa.ipc.new_stream(Unclosed(file), schema)

    def append_batch(self, batch: pa.RecordBatch) -> None:
        """Write columns."""
        self._stream.write_batch(batch)

    def finish(self) -> None:
        """Write the end of the stream."""
        self._stream.close()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All columns again."""
        self.file.seek(0)
        return iter(pa.ipc.open_stream(Unclosed(self.file)))


class Encoded(ColumnarPart):
    """Columns that are encoded and compressed while the next rows are read."""

    def __init__(
        self,
        schema: pa.Schema,
        file: BinaryIO,
        order: KeyOrder,
        reader: RowReader | None,
        write: WriteBatches,
        read: ReadBatches | None,
    ) -> None:
        super().__init__(schema, file, order, reader)
        self._read = read
        self._waiting: Queue[pa.RecordBatch | None] = Queue(_BATCHES_AHEAD)
        self._is_all_taken = False
        self._failure: BaseException | None = None
        self._thread = Thread(target=self._write_all, args=(write,), name="tilth-columns", daemon=True)
        self._thread.start()

    def append_batch(self, batch: pa.RecordBatch) -> None:
        """Hand over columns."""
        self._raise_failure()
        self._waiting.put(batch)

    def finish(self) -> None:
        """Wait until everything is written."""
        self._waiting.put(None)
        self._thread.join()
        self._raise_failure()

    def abandon(self) -> None:
        """Have the writing end, wherever it is."""
        self._failure = self._failure or EOFError()
        self._waiting.put(None)
        self._thread.join()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All columns again."""
        self.file.seek(0)
        return self._read(self.file) if self._read is not None else iter(())

    def _write_all(self, write: WriteBatches) -> None:
        try:
            write(self.layout, self._taken())
        except BaseException as failure:
            self._failure = failure
            while not self._is_all_taken:  # nobody shall wait for room in the queue
                self._is_all_taken = self._waiting.get() is None

    def _taken(self) -> Iterator[pa.RecordBatch]:
        while (batch := self._waiting.get()) is not None:
            yield batch
        self._is_all_taken = True

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure
