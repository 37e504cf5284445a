"""Blocks of rows out of a workbook: which sheet, which names, and everything that can be wrong with a file."""

import errno
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from typing import BinaryIO
from xml.parsers.expat import ExpatError

from tilth.errors import DataError, UsageError
from tilth.formats.block import Row, RowBlock
from tilth.formats.container import BLOCK_BYTES, BLOCK_ROWS, ReadSettings
from tilth.formats.table_choice import listed_names, no_such_table, several_tables, shown_name
from tilth.formats.xlsx.cells import CellReader, Value, column_letters
from tilth.formats.xlsx.package import Package
from tilth.formats.xlsx.shared_strings import SharedStrings
from tilth.formats.xlsx.sheet import SheetRow, sheet_rows
from tilth.formats.xlsx.workbook import Sheet, Workbook
from tilth.formats.xlsx.xml_events import BrokenWorkbook
from tilth.schemas import dump_json
from tilth.schemas.safe_text import safe_text

# What zipfile, zlib and expat are seen to raise for damaged files.
_BROKEN = (
    BrokenWorkbook,
    zipfile.BadZipFile,
    zlib.error,
    ExpatError,
    EOFError,
    NotImplementedError,
    OverflowError,
    UnicodeError,
    ValueError,
)
_ROW_BYTES = 50  # what a value costs beside its characters


def read_blocks(source: BinaryIO, settings: ReadSettings) -> Iterator[RowBlock]:
    """The rows of the sheet that the settings name, or of the only one with something in it."""
    try:
        with ExitStack() as stack:
            workbook = _OpenWorkbook(Package(source), settings, stack)
            yield from _blocks(workbook.rows(workbook.chosen()), settings)
    except _BROKEN as failure:
        reason = safe_text(str(failure), one_line=True)[:200] or type(failure).__name__
        raise DataError(f"broken workbook: {reason}", where=settings.name) from failure
    except OSError as failure:
        if failure.errno not in (None, errno.EINVAL):  # a place outside of the file is the file's fault
            raise
        raise DataError("broken workbook: it is cut short or damaged", where=settings.name) from failure


class _OpenWorkbook:
    def __init__(self, package: Package, settings: ReadSettings, stack: ExitStack) -> None:
        self._package, self._settings, self._stack = package, settings, stack
        self._workbook = Workbook.of(package)
        self._reader: CellReader | None = None

    def rows(self, sheet: Sheet) -> Iterator[SheetRow]:
        with self._package.open(sheet.part) as stream:
            yield from sheet_rows(stream, self._cell_reader, self._settings.max_line_bytes)

    def chosen(self) -> Sheet:
        """The sheet to read. Raises `UsageError` where several could be meant."""
        sheets, wanted = self._workbook.sheets, self._settings.table
        if wanted is not None:
            found = [sheet for sheet in sheets if sheet.name == wanted]
            if not found:
                raise no_such_table("sheet", wanted, [sheet.name for sheet in sheets], self._settings.name)
            return found[0]
        filled = [sheet for sheet in sheets if next(self.rows(sheet), None) is not None]
        seen = [sheet for sheet in filled if not sheet.is_hidden] or filled
        if not seen:
            raise DataError("no sheet of the workbook holds anything", where=self._settings.name)
        if len(seen) > 1:
            names = [sheet.name for sheet in seen]
            what = f"the workbook has {len(names)} sheets with rows: {listed_names(names)}"
            raise several_tables(what, names, self._settings.name)
        if len(filled) > 1:
            hidden = listed_names([sheet.name for sheet in filled if sheet is not seen[0]])
            self._settings.note(f"read the sheet {shown_name(seen[0].name)}; hidden beside it: {hidden}")
        return seen[0]

    def _cell_reader(self) -> CellReader:
        if self._reader is None:
            book, strings = self._workbook, SharedStrings()
            if book.strings is not None and book.strings in self._package:
                with self._package.open(book.strings) as stream:
                    strings = SharedStrings.of(stream, self._settings.max_line_bytes)
            self._stack.callback(strings.close)
            self._reader = CellReader(strings, book.styles, is_1904=book.is_1904)
        return self._reader


def _blocks(sheet: Iterator[SheetRow], settings: ReadSettings) -> Iterator[RowBlock]:
    wanted = settings.header_row
    header = next((found for found in sheet if wanted is None or found.number >= wanted), None)
    if wanted is not None and (header is None or header.number != wanted):
        raise UsageError(f"row {wanted} of the sheet is empty, and is to name the columns", where=settings.name)
    if header is None:
        return
    names = _names(header, settings)
    rows: list[Row] = []
    places: list[int] = []
    held, has_rows = 0, False
    for found in sheet:
        faults = found.faults or _unnamed(found, names, header.number)
        if faults:
            raw = {f"{column_letters(column)}{found.number}": value for column, value in found.cells.items()}
            if wanted is None and settings.reject is None and not (found.faults or has_rows):
                faults = [*faults[:1], f"if row {found.number} is the header: --header-row {found.number}"]
            settings.refuse(found.number, None, "; ".join(faults[:3]), dump_json(raw))
            continue
        has_rows = True
        row = {names[column]: value for column, value in found.cells.items() if column in names}
        if row:
            rows.append(row)
            places.append(found.number)
            held += found.size + _ROW_BYTES * len(row)
        if len(rows) == BLOCK_ROWS or held >= BLOCK_BYTES:
            yield RowBlock(rows, places)
            rows, places, held = [], [], 0
    if rows:
        yield RowBlock(rows, places)


def _names(header: SheetRow, settings: ReadSettings) -> dict[int, str]:
    """The name of each column: what the row of the header says."""
    where = f"{settings.name}:{header.number}"
    if header.faults:
        raise DataError(f"row {header.number} names the columns, and {header.faults[0]}", where=where)
    names = {column: _name(value) for column, value in header.cells.items() if value != ""}
    if len(set(names.values())) < len(names):
        all_names = list(names.values())
        twice = next(name for name in all_names if all_names.count(name) > 1)
        raise DataError(f'two columns are called "{shown_name(twice)}"', where=where)
    return names


def _name(value: Value) -> str:
    return value if isinstance(value, str) else dump_json(value).decode("utf-8")


def _unnamed(row: SheetRow, names: dict[int, str], header: int) -> list[str]:
    return [
        f"the cell {column_letters(column)}{row.number} holds a value, and row {header} names no such column"
        for column, value in row.cells.items()
        if column not in names and value != ""
    ]
