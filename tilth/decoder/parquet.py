"""What lies in a Parquet file, row group by row group."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from tilth.decoder.expansion import Expansion
from tilth.decoder.int96 import Int96
from tilth.decoder.pieces import PIECE_BYTES, PIECE_ROWS, BadRow, Cutter, Piece
from tilth.decoder.refusal import Refusal

_ENCRYPTED_FOOTER = b"PARE"
_ENCRYPTED = "this Parquet file is encrypted; expected one that can be read without a key"
# The footer does not tell how much its pages stand for. So a few rows are read first, and as many at once from then on
# as would fit into a piece if they were all like those. Looking costs as much as reading a page of each column: small
# row groups, of which some writers make thousands, are looked into and read together.
_PROBED_ROWS = 16
_ROWS_TOGETHER = 65_536


def open_parquet(content: pa.Buffer) -> tuple[pa.Schema, Iterator[Piece | BadRow]]:
    """Schema and rows of a whole file that lies in memory, or is mapped there."""
    if content.slice(max(0, content.size - 4)).to_pybytes() == _ENCRYPTED_FOOTER:
        raise Refusal(_ENCRYPTED)
    file = pq.ParquetFile(pa.BufferReader(content), pre_buffer=False, page_checksum_verification=True)
    dates = Int96(file, content)
    cutter = Cutter(dates.schema, Expansion(content.size), file.metadata.num_rows)
    return cutter.schema, _pieces(file, cutter, dates)


def _pieces(file: pq.ParquetFile, cutter: Cutter, dates: Int96) -> Iterator[Piece | BadRow]:
    rows_left = file.metadata.num_rows
    for groups, rows in _runs_of_groups(file.metadata):
        probe = _first_rows(file, groups)
        if probe is None or not probe.num_rows:
            continue
        row_bytes = probe.nbytes / probe.num_rows
        cutter.expansion.foresee(rows_left, row_bytes)
        rows_left -= rows
        rows_at_once = int(max(1, min(PIECE_ROWS, PIECE_BYTES / max(1, row_bytes))))
        batches = file.iter_batches(rows_at_once, row_groups=groups, use_threads=False)
        for batch, bad in dates.told(batches, rows_at_once, groups):
            yield from cutter.pieces(batch, bad)


def _first_rows(file: pq.ParquetFile, groups: list[int]) -> pa.RecordBatch | None:
    try:
        return next(file.iter_batches(_PROBED_ROWS, row_groups=groups, use_threads=False), None)
    except OSError as failure:
        if "decrypt" in str(failure):  # some columns are encrypted, and the footer is not
            raise Refusal(_ENCRYPTED) from failure
        raise


def _runs_of_groups(metadata: pq.FileMetaData) -> Iterator[tuple[list[int], int]]:
    """Consecutive row groups, as many as together have a bounded number of rows, and how many rows those are."""
    run: list[int] = []
    rows = 0
    for group in range(metadata.num_row_groups):
        more = metadata.row_group(group).num_rows
        if run and rows + more > _ROWS_TOGETHER:
            yield run, rows
            run, rows = [], 0
        run.append(group)
        rows += more
    if run:
        yield run, rows
