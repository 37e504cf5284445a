"""Blocks out of a Parquet file, a bounded number of bytes at a time, checked before a value is read."""

from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from tilth.errors import DataError
from tilth.formats._arrow_rows import RowReader
from tilth.formats.arrow_block import ArrowBlock
from tilth.formats.container import BLOCK_ROWS, ReadSettings

# 700 bytes of Parquet can stand for 200 GB, and the footer does not tell. So a few rows are read first, and as many
# at once from then on as would fit into this if they were all like those.
_BLOCK_BYTES = 32 * 1024 * 1024
_PROBED_ROWS = 16
# What pyarrow is seen to raise for damaged files; names of columns that are no UTF-8 are a ValueError.
_BROKEN = (pa.ArrowException, OSError, OverflowError, MemoryError, ValueError, KeyError)


def read_blocks(source: BinaryIO, settings: ReadSettings) -> Iterator[ArrowBlock]:
    """The rows of a file, row group by row group."""
    try:
        file = pq.ParquetFile(source, pre_buffer=False, page_checksum_verification=True)
        reader = RowReader(file.schema_arrow, settings)
        line = 1
        for group in range(file.num_row_groups):
            for batch in file.iter_batches(_rows_at_once(file, group), row_groups=[group], use_threads=False):
                batch.validate(full=True)
                block = ArrowBlock(batch, reader, range(line, line + batch.num_rows))
                line += batch.num_rows
                yield block if settings.reject is None else _without_bad(block, settings)
    except _BROKEN as failure:
        if isinstance(failure, OSError) and failure.errno is not None:
            raise
        reason = str(failure).splitlines()[0][:200] if str(failure) else type(failure).__name__
        raise DataError(f"broken Parquet: {reason}", where=settings.name) from failure


def _rows_at_once(file: pq.ParquetFile, group: int) -> int:
    probe = next(file.iter_batches(_PROBED_ROWS, row_groups=[group], use_threads=False), None)
    if probe is None or not probe.num_rows:
        return BLOCK_ROWS
    row_bytes = max(1, probe.nbytes // probe.num_rows)
    return max(1, min(BLOCK_ROWS, _BLOCK_BYTES // row_bytes))


def _without_bad(block: ArrowBlock, settings: ReadSettings) -> ArrowBlock:
    """The block without the rows that cannot be read; those are rejected one by one."""
    try:
        _ = block.rows
    except DataError:
        good = [index for index in range(len(block)) if not _is_bad(block, index, settings)]
        return block.take(good)
    return block


def _is_bad(block: ArrowBlock, index: int, settings: ReadSettings) -> bool:
    one = block.take(range(index, index + 1))
    try:
        _ = one.rows
    except DataError as failure:
        settings.refuse(one.lines[0], None, failure.what, repr(one.batch.to_pylist()[0]).encode("utf-8", "replace"))
        return True
    return False
