"""Columns laid by in one Arrow stream until all rows are known, for outputs of several files with the same columns."""

import tempfile
from collections.abc import Callable, Iterator
from typing import BinaryIO, cast

import pyarrow as pa

from tilth.formats.arrow_ipc import ArrowStream
from tilth.formats.block import Block
from tilth.formats.columnar import Columnar
from tilth.formats.container import Writer
from tilth.formats.streams import Unclosed

WriteAll = Callable[[pa.Schema, Iterator[pa.RecordBatch]], None]
"""Writes all batches, which have one schema."""


class ColumnsLaidBy(Writer):
    """Takes blocks of any rows; hands on what columns they make, and all of them, when it is closed."""

    def __init__(self, format: Columnar, write_all: WriteAll) -> None:
        self._write_all = write_all
        # It lives as long as the writer does, and has no name to be left behind.
        self._file = cast(BinaryIO, tempfile.TemporaryFile(prefix="tilth-"))  # noqa: SIM115
        self._writer = _StreamFor(format).writer(self._file)

    def write(self, block: Block) -> None:
        """Lay by the rows of a block."""
        self._writer.write(block)

    def close(self) -> None:
        """Hand all columns on."""
        self._writer.close()
        self._file.seek(0)
        with self._file, pa.ipc.open_stream(Unclosed(self._file)) as stream:
            self._write_all(stream.schema, iter(stream))


class _StreamFor(ArrowStream):
    """A stream of columns that another format will hold in the end: what that one has no type for becomes rows here."""

    def __init__(self, format: Columnar) -> None:
        self._format = format

    def keeps_types(self, schema: pa.Schema) -> bool:
        return self._format.keeps_types(schema)
