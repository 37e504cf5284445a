"""CSV: text in cells, and a reversible rule for everything that is not text.

A file from elsewhere is all text: `007`, `NA` and an empty cell stay what they are. A column that Tilth writes and
that is not plain text in every row has `:json` behind its name, and the rule of `cells` in its cells. A key that ends
in `:json` itself is always written so. Where rows have their keys in another order than the columns, a last column
`:order` names the order, for those rows only.
"""

from collections.abc import Iterator
from typing import BinaryIO

from tilth.formats.block import Block, Row, RowBlock
from tilth.formats.container import (
    BLOCK_BYTES,
    BLOCK_ROWS,
    FIRST_ROWS,
    PLAIN_WRITING,
    Format,
    ReadSettings,
    Writer,
    WriteSettings,
)
from tilth.formats.csv_dialect import with_delimiter
from tilth.formats.csv_header import CsvHeader
from tilth.formats.csv_lines import CsvLines


class Csv(Format):
    """Comma-separated values with a header line, quoted as RFC 4180 says."""

    name = "csv"
    suffixes = (".csv",)
    takes = "columns"
    delimiter = ","

    def read(self, source: BinaryIO, settings: ReadSettings) -> Iterator[Block]:
        """Blocks of rows, or of columns where these are wanted; line numbers are those at which a row begins."""
        stream, delimiter = with_delimiter(source, settings, self.delimiter)
        if settings.held != "objects" and delimiter.isascii():
            from tilth.formats.bulk.csv_reading import read_columns

            yield from read_columns(stream, settings, delimiter)
            return
        lines = CsvLines(stream, settings, delimiter)
        header = lines.header()
        if header is not None:
            yield from rows_of(lines, CsvHeader.of(header.cells, settings))

    def writer(self, sink: BinaryIO, settings: WriteSettings = PLAIN_WRITING) -> Writer:
        """A writer that begins with the columns that the first rows have, and begins anew where others come."""
        from tilth.formats.bulk.csv_part import CsvWriter

        return CsvWriter(sink, self.delimiter, settings)


class Tsv(Csv):
    """The same with tabs between the cells."""

    name = "tsv"
    suffixes = (".tsv",)
    delimiter = "\t"


def rows_of(lines: CsvLines, header: CsvHeader) -> Iterator[RowBlock]:
    """The rows below a header, made one by one; what is no row is refused."""
    rows: list[Row] = []
    places: list[int] = []
    held, most = 0, FIRST_ROWS
    for record in lines.records():
        row = header.row(record.cells)
        if isinstance(row, str):
            lines.refuse(record, row)
            continue
        rows.append(row)
        places.append(record.line)
        held += record.bytes
        if len(rows) == most or held >= BLOCK_BYTES:
            yield RowBlock(rows, places)
            rows, places, held, most = [], [], 0, BLOCK_ROWS
    if rows:
        yield RowBlock(rows, places)
