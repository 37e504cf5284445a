"""Blocks of rows out of a database: which table, in which order, and what in it no row can hold."""

import math
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from tilth.errors import DataError
from tilth.formats.block import Row, RowBlock
from tilth.formats.container import BLOCK_BYTES, BLOCK_ROWS, ReadSettings
from tilth.formats.sqlite import opening
from tilth.formats.sqlite.opening import BrokenText, Patience, database
from tilth.formats.table_choice import listed_names, no_such_table, several_tables, shown_name
from tilth.schemas import dump_json
from tilth.schemas.safe_text import safe_text

_TABLES = "SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY rowid"
_SHOWN_BYTES, _ROW_BYTES = 200, 50
_PLAIN = frozenset({int, str, float, type(None)})
_INFINITY = float("inf")


def read_blocks(source: BinaryIO, settings: ReadSettings) -> Iterator[RowBlock]:
    """The rows of the table that the settings name, or of the only one with rows in it."""
    patience: Patience | None = None
    try:
        with database(source, settings) as (connection, patience):
            yield from _Table(connection, settings, patience).blocks()
    except sqlite3.Error as failure:
        if patience is not None and patience.interruption is not None:
            raise patience.interruption from None
        raise _worded(failure, patience, settings) from failure
    except UnicodeDecodeError as failure:  # SQLite quotes what is damaged, and Python decodes the quotation
        raise DataError("the database cannot be read: its schema is damaged", where=settings.name) from failure


class _Table:
    def __init__(self, connection: sqlite3.Connection, settings: ReadSettings, patience: Patience) -> None:
        self._connection, self._settings, self._patience = connection, settings, patience

    def blocks(self) -> Iterator[RowBlock]:
        """The rows in blocks, numbered from 1."""
        cursor = self._select()
        names = [column[0] for column in cursor.description]
        self._check_names(names)
        rows: list[Row] = []
        places: list[int] = []
        held = 0
        for number, values in enumerate(cursor, 1):
            self._patience.renew()
            if reason := _fault(names, values):
                self._settings.refuse(number, None, reason, _raw(names, values))
                continue
            rows.append(dict(zip(names, values, strict=True)))
            places.append(number)
            held += _ROW_BYTES + sum(len(value) for value in values if isinstance(value, str))
            if len(rows) == BLOCK_ROWS or held >= BLOCK_BYTES:
                yield RowBlock(rows, places)
                rows, places, held = [], [], 0
                self._patience.renew()
        if rows:
            yield RowBlock(rows, places)

    def _select(self) -> sqlite3.Cursor:
        found, wanted = self._found(), self._settings.table
        if wanted is None:
            wanted = self._only([name for name, kind in found.items() if kind != "view"], found)
        elif wanted not in found:
            raise no_such_table("table", wanted, list(found), self._settings.name)
        # An index that has all columns would give the rows in its own order.
        way = " NOT INDEXED" if found[wanted] == "table" else ""
        return self._connection.execute(f"SELECT * FROM {_identifier(wanted)}{way}")  # noqa: S608 the name is quoted

    def _found(self) -> dict[str, str]:
        """The kind of each table and view: `table`, `virtual` or `view`."""
        listed = [(name, kind) for schema, name, kind, *_ in self._connection.execute("PRAGMA table_list")]
        if not listed:  # SQLite before 3.37
            listed = self._connection.execute(_TABLES).fetchall()
        kinds = ("table", "virtual", "view")  # and none that lies behind a virtual table
        return {
            name: kind
            for name, kind in sorted(listed, key=str)
            if isinstance(name, str) and kind in kinds and not name.startswith("sqlite_")
        }

    def _only(self, tables: Sequence[str], found: dict[str, str]) -> str:
        """The only table with rows. Raises `UsageError` where several could be meant."""
        filled = [name for name in tables if self._has_rows(name)]
        if len(filled) == 1:
            return filled[0]
        where = self._settings.name
        views = [name for name, kind in found.items() if kind == "view"]
        if not filled and not views:
            raise DataError("no table of the database holds a row", where=where)
        listed = f"{len(filled)} tables with rows: {listed_names(filled)}" if filled else "no table with rows"
        seen = f"; and views: {listed_names(views)}" if views else ""
        raise several_tables(f"the database has {listed}{seen}", filled + views, where)

    def _has_rows(self, name: str) -> bool:
        self._patience.renew()
        query = f"SELECT 1 FROM {_identifier(name)} LIMIT 1"  # noqa: S608 the name is quoted
        return self._connection.execute(query).fetchone() is not None

    def _check_names(self, names: Sequence[Any]) -> None:
        for name in names:
            if names.count(name) > 1:
                raise DataError(f'two columns are called "{shown_name(str(name))}"', where=self._settings.name)


def _fault(names: Sequence[str], values: Sequence[Any]) -> str | None:
    """Why the values of a row cannot be one, or None when they can."""
    if _PLAIN.issuperset(map(type, values)) and _INFINITY not in values and -_INFINITY not in values:
        return None
    for name, value in zip(names, values, strict=True):
        if isinstance(value, BrokenText):
            return f"the column {shown_name(name)} holds text that is not UTF-8"
        if isinstance(value, bytes):
            return f"the column {shown_name(name)} holds {len(value)} bytes (a BLOB), and a row holds no bytes"
        if isinstance(value, float) and not math.isfinite(value):
            return f"the column {shown_name(name)} holds an infinity, and JSON has none"
    return None


def _raw(names: Sequence[str], values: Sequence[Any]) -> bytes:
    """A row as it can be shown: bytes by what they begin with."""
    shown = [
        repr(value[:_SHOWN_BYTES]) if isinstance(value, bytes) else str(value) if isinstance(value, float) else value
        for value in values
    ]
    return dump_json(dict(zip(names, shown, strict=True)))


def _worded(failure: sqlite3.Error, patience: Patience | None, settings: ReadSettings) -> DataError:
    if patience is not None and patience.is_over:
        return DataError(
            f"the query of the view gives no row for {opening.PATIENCE_S:g} seconds, and was ended", where=settings.name
        )
    journal = Path(settings.name + "-journal")
    if journal.exists() and journal.stat().st_size:
        return DataError(
            f"a change to this database was cut short, and {journal.name} says how to undo it",
            where=settings.name,
            fix=f"sqlite3 {settings.name} .tables, which mends it",
        )
    if "too big" in str(failure):
        return DataError(f"a value is longer than {settings.max_line_bytes} bytes", where=settings.name)
    reason = safe_text(str(failure), one_line=True)[:200]
    return DataError(f"the database cannot be read: {reason}", where=settings.name)


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
