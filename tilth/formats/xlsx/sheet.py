"""The rows of one sheet, out of its XML as it streams by."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tilth.formats.xlsx.cells import MAX_COLUMNS, MAX_ROWS, CellError, CellReader, Value, column_letters, column_number
from tilth.formats.xlsx.shared_strings import TextRuns
from tilth.formats.xlsx.xml_events import BrokenWorkbook, Stream, feed

_NAMES = ("row", "c", "v", "f", "is", "t", "rPh")
_TEXT_KINDS = frozenset({"inlineStr", "str"})


@dataclass
class SheetRow:
    """The cells of a row that hold something, by column."""

    number: int
    cells: dict[int, Value] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    """Why some of its cells have no value."""
    size: int = 0
    """Characters in it."""


def sheet_rows(stream: Stream, reader: Callable[[], CellReader], max_row_bytes: int) -> Iterator[SheetRow]:
    """Rows that are not empty, in order. `reader` is asked for when there is a first value.

    Raises `BrokenWorkbook` for rows and cells that are out of order or outside of a sheet.
    """
    handler = _RowHandler(reader, max_row_bytes)
    for _ in feed(stream, _NAMES, handler):
        yield from handler.rows
        handler.rows.clear()


class _RowHandler:
    """Gathers rows while XML comes in. Every name below is the one of the file format."""

    def __init__(self, reader: Callable[[], CellReader], max_row_bytes: int) -> None:
        self.rows: list[SheetRow] = []
        self._make_reader, self._max_row_bytes = reader, max_row_bytes
        self._reader: CellReader | None = None
        self._row = SheetRow(0)
        self._column = 0
        self._kind = self._style = ""
        self._has_formula = self._has_value = self._in_text = self._in_phonetic = self._in_row = False
        self._runs = TextRuns(max_row_bytes)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._begin_cell(attributes)
        elif name == "v" or (name == "t" and not self._in_phonetic):
            self._in_text = self._has_value = True
        elif name == "f":
            self._has_formula = True
        elif name == "row":
            self._begin_row(attributes.get("r"))
        elif name == "rPh":
            self._in_phonetic = True

    def end(self, name: str) -> None:
        if name == "c":
            self._end_cell()
        elif name in ("v", "t"):
            self._in_text = False
        elif name == "row":
            self._in_row = False
            if self._row.cells or self._row.faults:
                self.rows.append(self._row)
        elif name == "rPh":
            self._in_phonetic = False

    def text(self, text: str) -> None:
        if self._in_text:
            self._runs.add(text)

    def _begin_row(self, number: str | None) -> None:
        place = self._row.number + 1 if number is None else _place(number)
        if not self._row.number < place <= MAX_ROWS:
            raise BrokenWorkbook(f"row {place} follows row {self._row.number}")
        self._row, self._column, self._in_row = SheetRow(place), 0, True

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        place = attributes.get("r")
        if place is None:
            column = self._column + 1
        else:
            letters = place.rstrip("0123456789")
            column = column_number(letters)
            if place[len(letters) :] != str(self._row.number):
                column = 0
        if not self._column < column <= MAX_COLUMNS or not self._in_row:
            raise BrokenWorkbook(f"a cell of row {self._row.number} is out of its place")
        self._column = column
        self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
        self._has_formula = self._has_value = self._in_text = self._in_phonetic = False

    def _end_cell(self) -> None:
        text = self._runs.take()
        if self._has_formula and not text and self._kind != "str":
            self._fault("holds a formula whose result is not stored in the workbook (save it in a spreadsheet program)")
        elif text or (self._kind in _TEXT_KINDS and (self._has_value or self._kind == "inlineStr")):
            self._row.size += len(text)
            if self._row.size > self._max_row_bytes:
                raise BrokenWorkbook(f"row {self._row.number} holds more than {self._max_row_bytes} characters")
            if self._reader is None:
                self._reader = self._make_reader()
            try:
                self._row.cells[self._column] = self._reader.value(self._kind, self._style, text)
            except CellError as failure:
                self._fault(str(failure))

    def _fault(self, reason: str) -> None:
        self._row.faults.append(f"the cell {column_letters(self._column)}{self._row.number} {reason}")


def _place(text: str) -> int:
    return int(text[:8]) if text.isascii() and text.isdigit() else 0
