"""The container `sqlite`: the rows of one table, in the order of their rowid (or of the primary key without one).

Integers, floats and text are what is stored, NULL is null, and every column of the table is a key of every row.
Bytes (BLOB), infinities and text that is no UTF-8 have their row rejected by the name of the column. A view has its
rows in its own order, and is read only when it is named.

The file is opened for reading, runs no code of its own (no extensions, no functions that the schema may abuse) and is
never waited for: a query of a view that takes more than ten seconds from one row to the next is ended. A database in
write-ahead mode is read where nothing is left in its log; where something is, what lies in the file is not what the
program that owns it sees, and the file is refused with the line that makes a whole copy.
"""

from collections.abc import Iterator
from typing import BinaryIO

from tilth.formats.block import Block
from tilth.formats.container import PLAIN_WRITING, Format, ReadSettings, Writer, WriteSettings
from tilth.formats.read_only import refuse_writing


class Sqlite(Format):
    """Databases of SQLite, whatever wrote them."""

    name = "sqlite"
    suffixes = (".sqlite", ".sqlite3", ".db")
    is_written = False
    magic = b"SQLite format 3\x00"
    needs_seek = True

    def read(self, source: BinaryIO, settings: ReadSettings) -> Iterator[Block]:
        """Blocks of rows, numbered from 1 as they come."""
        from tilth.formats.sqlite.rows import read_blocks

        return read_blocks(source, settings)

    def writer(self, sink: BinaryIO, settings: WriteSettings = PLAIN_WRITING) -> Writer:
        """Raises `UsageError`: databases are read and not written."""
        refuse_writing("sqlite", "-o NAME.parquet or -o NAME.csv, which sqlite3 and duckdb import")
