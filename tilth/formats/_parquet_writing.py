"""Rows into Parquet: a pass for what columns there are, and one for their values; columns that were read stay."""

import json
import tempfile
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, cast

import pyarrow as pa
import pyarrow.parquet as pq

from tilth.formats._arrow_rows import METADATA_KEY
from tilth.formats.block import Block, Row
from tilth.formats.columns import Column, Columns
from tilth.formats.container import Writer
from tilth.formats.parquet import ArrowBlock
from tilth.formats.spool import RowSpool
from tilth.formats.streams import Unclosed
from tilth.schemas import dump_json

_GROUP_BYTES = 64 * 1024 * 1024
_PLAIN_TYPES: dict[type, pa.DataType] = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}


class ParquetWriter(Writer):
    """Lays blocks by as they come: as columns while all have the same, as rows from the first that has others."""

    def __init__(self, sink: BinaryIO) -> None:
        self._sink = sink
        self._batches: _BatchSpool | None = None
        self._rows: _RowTable | None = None

    def write(self, block: Block) -> None:
        """Lay by the rows of a block."""
        if self._rows is None and isinstance(block, ArrowBlock):
            self._batches = self._batches or _BatchSpool(block)
            if self._batches.fits(block):
                self._batches.append(block)
                return
        if self._rows is None:
            self._rows = _RowTable()
            for earlier in self._batches.blocks() if self._batches else ():
                self._rows.append(earlier)
        self._rows.append(block)

    def close(self) -> None:
        """Write all rows, in groups of about 64 MiB."""
        if self._rows is not None:
            schema = self._rows.schema()
            _write(self._sink, schema, self._rows.batches(schema))
        elif self._batches is not None:
            _write(self._sink, self._batches.schema, (block.batch for block in self._batches.blocks()))
        else:
            _write(self._sink, pa.schema([]), iter(()))


class _BatchSpool:
    """Record batches of one schema, laid by in a temporary file."""

    def __init__(self, first: ArrowBlock) -> None:
        self.schema, self._reader = first.batch.schema, first.reader
        # It lives as long as the spool does, and has no name to be left behind.
        self._file = cast(BinaryIO, tempfile.TemporaryFile(prefix="tilth-"))  # noqa: SIM115
        self._stream = pa.ipc.new_stream(Unclosed(self._file), self.schema)
        self._line = 1

    def fits(self, block: ArrowBlock) -> bool:
        return self.schema.equals(block.batch.schema, check_metadata=True)

    def append(self, block: ArrowBlock) -> None:
        self._stream.write_batch(block.batch)

    def blocks(self) -> Iterator[ArrowBlock]:
        self._stream.close()
        self._file.seek(0)
        with pa.ipc.open_stream(Unclosed(self._file)) as stream:
            for batch in stream:
                yield ArrowBlock(batch, self._reader, range(self._line, self._line + batch.num_rows))
                self._line += batch.num_rows


class _RowTable:
    """Rows laid by, with what is known about their columns."""

    def __init__(self) -> None:
        self._columns, self._spool = Columns(), RowSpool()
        self._order: str | None = None

    def append(self, block: Block) -> None:
        self._columns.see(block.rows)
        self._spool.append(block)

    def schema(self) -> pa.Schema:
        """The columns, and the notes that let them be read back exactly."""
        columns = self._columns.ordered()
        keys = {column.key for column in columns}
        if not self._columns.all_in_order():
            self._order = ":order"
            while self._order in keys:
                self._order += ":"
        fields = [pa.field(column.key, self._type(column)) for column in columns]
        absent = [column.key for column in columns if not self._columns.is_everywhere(column)]
        if self._order is not None:
            fields.append(pa.field(self._order, pa.json_()))
        notes = {"version": 1, "null_means_absent": absent, "key_order": self._order}
        return pa.schema(fields, {METADATA_KEY: json.dumps(notes).encode("utf-8")})

    def batches(self, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        """All rows as columns of that schema."""
        pairs = list(zip(self._columns.ordered(), schema, strict=False))
        for block in self._spool.blocks():
            arrays = [_array(column.key, field.type, block.rows) for column, field in pairs]
            if self._order is not None:
                arrays.append(_json_array([self._order_text(row) for row in block.rows]))
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)

    def _type(self, column: Column) -> pa.DataType:
        """The plain type of a column, when all of its values have it and null means one thing only."""
        kinds = column.kinds - {type(None)}
        is_ambiguous = type(None) in column.kinds and not self._columns.is_everywhere(column)
        if len(kinds) != 1 or is_ambiguous or column.has_long_integer:
            return pa.json_()
        return _PLAIN_TYPES.get(next(iter(kinds)), pa.json_())

    def _order_text(self, row: Row) -> str | None:
        is_usual = self._columns.in_order(row) and bool(self._columns.ordered())
        return None if is_usual else dump_json(list(row)).decode("utf-8")


def _array(key: str, kind: pa.DataType, rows: Sequence[Row]) -> "pa.Array[Any]":
    if isinstance(kind, pa.JsonType):
        return _json_array([dump_json(row[key]).decode("utf-8") if key in row else None for row in rows])
    return pa.array([row.get(key) for row in rows], kind)


def _json_array(texts: Sequence[str | None]) -> "pa.Array[Any]":
    return pa.ExtensionArray.from_storage(pa.json_(), pa.array(texts, pa.string()))


def _write(sink: BinaryIO, schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> None:
    with pq.ParquetWriter(cast(BinaryIO, Unclosed(sink)), schema, compression="zstd") as writer:
        waiting: list[pa.RecordBatch] = []
        for batch in batches:
            waiting.append(batch)
            if sum(each.nbytes for each in waiting) >= _GROUP_BYTES:
                writer.write_table(pa.Table.from_batches(waiting, schema))
                waiting = []
        if waiting:
            table = pa.Table.from_batches(waiting, schema)
            writer.write_table(table, row_group_size=max(1, table.num_rows))
