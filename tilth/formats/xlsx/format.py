"""The container `xlsx`: the rows of one sheet under the names in its first row, or in the one that is told.

Text is text (`007`, `NA` and `no` stay what they are), a number without a point or an exponent is an integer of any
length, any other one a float, TRUE and FALSE are booleans. An empty cell is an absent key, and a row of empty cells
is no row. A number that is formatted as a date is its ISO text (`2024-01-02`, `2024-01-02T03:04:05.678`, `12:30:00`,
to the millisecond), a duration is ISO as well (`PT36H`). A formula is the value that the workbook stores for it; one
without such a value, a cell with an error (`#N/A`) and a value under no name have their row rejected. Of merged cells
the first holds the value. Formats, colours, comments and macros are not looked at.
"""

from collections.abc import Iterator
from typing import BinaryIO

from tilth.formats.block import Block
from tilth.formats.container import PLAIN_WRITING, Format, ReadSettings, Writer, WriteSettings
from tilth.formats.read_only import refuse_writing


class Xlsx(Format):
    """Excel workbooks, as Excel, LibreOffice, Google Sheets and libraries write them."""

    name = "xlsx"
    suffixes = (".xlsx", ".xlsm")
    is_written = False
    magic = b"PK\x03\x04"
    needs_seek = True

    def read(self, source: BinaryIO, settings: ReadSettings) -> Iterator[Block]:
        """Blocks of rows; lines are the row numbers that a spreadsheet shows."""
        from tilth.formats.xlsx.rows import read_blocks

        return read_blocks(source, settings)

    def writer(self, sink: BinaryIO, settings: WriteSettings = PLAIN_WRITING) -> Writer:
        """Raises `UsageError`: workbooks are read and not written."""
        refuse_writing("xlsx", "-o NAME.csv --spreadsheet-safe, which every spreadsheet program opens")
