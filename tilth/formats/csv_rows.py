"""CSV: text in cells, and a reversible rule for everything that is not text.

A file from elsewhere is all text: `007`, `NA` and an empty cell stay what they are. A column that Tilth writes and
that is not plain text in every row has `:json` behind its name, and the rule of `cells` in its cells. A key that ends
in `:json` itself is always written so. Where rows have their keys in another order than the columns, a last column
`:order` names the order, for those rows only.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from tilth.errors import DataError
from tilth.formats.block import Block, Row, RowBlock
from tilth.formats.cells import ABSENT, from_cell, to_cell
from tilth.formats.columns import Column, Columns, reordered
from tilth.formats.container import BLOCK_BYTES, BLOCK_ROWS, PLAIN_WRITING, Format, ReadSettings, Writer, WriteSettings
from tilth.formats.csv_dialect import with_delimiter
from tilth.formats.csv_lines import CsvLines
from tilth.formats.formulas import Formulas, refuse_formulas, to_safe_cell
from tilth.formats.spool import RowSpool
from tilth.schemas import dump_json

_JSON_SUFFIX = ":json"
_ORDER = ":order"
_DELIMITERS = ",;\t|"
# A byte order mark at the very start would be taken for the file's own, and a single name with a semicolon or a bar in
# it for a header that is separated by them.
_NEEDS_QUOTES = re.compile('["\r\n\ufeff' + _DELIMITERS + "]")
_LOOKED_THROUGH = 64  # characters; a longer text nearly always has a comma, and quotes are cheaper than looking


class Csv(Format):
    """Comma-separated values with a header line, quoted as RFC 4180 says."""

    name = "csv"
    suffixes = (".csv",)
    delimiter = ","

    def read(self, source: BinaryIO, settings: ReadSettings) -> Iterator[Block]:
        """Blocks of rows; line numbers are those at which a row begins."""
        stream, delimiter = with_delimiter(source, settings, self.delimiter)
        lines = CsvLines(stream, settings, delimiter)
        header = lines.header()
        if header is None:
            return
        layout = _Layout.of_header(header.cells, settings)
        rows: list[Row] = []
        places: list[int] = []
        held = 0
        for record in lines.records():
            row = layout.row(record.cells)
            if isinstance(row, str):
                lines.refuse(record, row)
                continue
            rows.append(row)
            places.append(record.line)
            held += record.bytes
            if len(rows) == BLOCK_ROWS or held >= BLOCK_BYTES:
                yield RowBlock(rows, places)
                rows, places, held = [], [], 0
        if rows:
            yield RowBlock(rows, places)

    def writer(self, sink: BinaryIO, settings: WriteSettings = PLAIN_WRITING) -> Writer:
        """A writer that lays rows by until it knows their columns."""
        return CsvWriter(sink, self.delimiter, settings)


class Tsv(Csv):
    """The same with tabs between the cells."""

    name = "tsv"
    suffixes = (".tsv",)
    delimiter = "\t"


class CsvWriter(Writer):
    """Gathers what columns there are while rows come, and writes when all have come."""

    def __init__(self, sink: BinaryIO, delimiter: str, settings: WriteSettings) -> None:
        self._sink, self._delimiter, self._settings = sink, delimiter, settings
        self._columns, self._formulas, self._spool = Columns(), Formulas(), RowSpool()

    def write(self, block: Block) -> None:
        """Lay by the rows of a block."""
        self._columns.see(block.rows)
        self._formulas.see(block.rows)
        self._spool.append(block)

    def close(self) -> None:
        """Write the header and all rows."""
        if not self._columns.rows:
            return
        columns = [(column, self._is_plain(column)) for column in self._columns.ordered()]
        if self._settings.spreadsheet_safe:
            refuse_formulas(column.key for column, _ in columns)
        elif note := self._formulas.note():
            self._settings.note(note)
        has_order = not self._columns.order.all_in_order()
        names = [column.key if is_plain else column.key + _JSON_SUFFIX for column, is_plain in columns]
        self._write_records([[*names, *([_ORDER] if has_order else [])]])
        for block in self._spool.blocks():
            cells = [self._cells(column.key, is_plain, block.rows) for column, is_plain in columns]
            if has_order:
                cells.append([self._order_cell(row, has_columns=bool(columns)) for row in block.rows])
            self._write_records(list(zip(*cells, strict=True)))

    def _is_plain(self, column: Column) -> bool:
        is_text = column.kinds == {str} and self._columns.is_everywhere(column)
        if self._settings.spreadsheet_safe and column.key in self._formulas.keys:
            return False
        return is_text and not column.key.endswith(_JSON_SUFFIX) and column.key != _ORDER

    def _cells(self, key: str, is_plain: bool, rows: Sequence[Row]) -> list[str]:
        if is_plain:
            return [row[key] for row in rows]
        cell = to_safe_cell if self._settings.spreadsheet_safe else to_cell
        return [cell(row[key]) if key in row else "" for row in rows]

    def _order_cell(self, row: Row, *, has_columns: bool) -> str:
        return "" if has_columns and self._columns.order.in_order(row) else dump_json(list(row)).decode("utf-8")

    def _write_records(self, records: Iterable[Sequence[str]]) -> None:
        field, delimiter = self._field, self._delimiter
        lines = [delimiter.join(map(field, cells)) or '""' for cells in records]
        self._sink.write(("\n".join(lines) + "\n").encode("utf-8"))

    def _field(self, cell: str) -> str:
        """A cell with quotes around it, where a reader needs them or where it is too long to look."""
        if len(cell) <= _LOOKED_THROUGH and _NEEDS_QUOTES.search(cell) is None:
            return cell
        return '"' + cell.replace('"', '""') + '"'


@dataclass(frozen=True)
class _Layout:
    """What the header says about the cells below it."""

    keys: list[str]
    coded: list[str]
    """Keys of the columns whose cells are more than text."""
    order: int | None
    """Place of the column that names another order of keys."""

    @staticmethod
    def of_header(names: list[str], settings: ReadSettings) -> "_Layout":
        order = names.index(_ORDER) if _ORDER in names else None
        if order is not None:
            names = names[:order] + names[order + 1 :]
        keys = [name.removesuffix(_JSON_SUFFIX) for name in names]
        if len(set(keys)) < len(keys):
            twice = next(key for key in keys if keys.count(key) > 1)
            raise DataError(f'two columns are called "{twice}"', where=f"{settings.name}:1")
        coded = [key for key, name in zip(keys, names, strict=True) if name.endswith(_JSON_SUFFIX)]
        return _Layout(keys, coded, order)

    def row(self, cells: list[str]) -> Row | str:
        """The row that a line of cells means, or why it is none."""
        wanted = len(self.keys) + (self.order is not None)
        if len(cells) != wanted:
            return f"found {len(cells)} cells, expected {wanted} as in the header"
        order = "" if self.order is None else cells.pop(self.order)
        row: dict[str, Any] = dict(zip(self.keys, cells, strict=True))
        for key in self.coded:
            value = from_cell(row[key])
            if value is ABSENT:
                del row[key]
            else:
                row[key] = value
        if not order:
            return row
        found = reordered(row, from_cell(order))
        return found if found is not None else f"the cell under {_ORDER} does not name the keys of its row"
