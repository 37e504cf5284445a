"""CSV made of columns, in the rule that `tilth.formats.csv_rows` tells."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from tilth.formats.block import Block
from tilth.formats.bulk.arrays import as_texts, repeated
from tilth.formats.bulk.beside import write_made
from tilth.formats.bulk.column import ColumnBlock
from tilth.formats.bulk.csv_cells import cells_of
from tilth.formats.bulk.csv_reading import read_columns
from tilth.formats.bulk.csv_records import CellColumn, csv_records
from tilth.formats.bulk.formula_cells import formula_places
from tilth.formats.bulk.order import order_texts
from tilth.formats.bulk.parts import Part, PartsWriter
from tilth.formats.bulk.rows import as_columns
from tilth.formats.bulk.texts import or_empty
from tilth.formats.columns import Column
from tilth.formats.container import ReadSettings, WriteSettings
from tilth.formats.csv_header import JSON_SUFFIX, ORDER
from tilth.formats.formulas import Formulas, refuse_formulas
from tilth.formats.key_order import KeyOrder

_CHUNK_BYTES = 1 << 20
# Bytes of characters that need quotes. Commas and the like in a single name would be taken for another delimiter; and
# a byte order mark, which begins with 0xEF, at the very start for the file's own.
_SPECIAL = np.zeros(256, np.bool_)
_SPECIAL[list(b'"\r\n,;\t|\xef')] = True


@dataclass(frozen=True)
class CsvLayout:
    """The columns of a CSV file."""

    columns: tuple[tuple[str, bool], ...]
    """The key of each, and whether it holds nothing but text."""
    has_order: bool
    """Whether a last column names the order of keys in rows that have another."""

    def header(self) -> list[str]:
        """The names of the columns."""
        names = [key if is_plain else key + JSON_SUFFIX for key, is_plain in self.columns]
        return [*names, *([ORDER] if self.has_order else [])]


class CsvWriter(PartsWriter[CsvLayout]):
    """Writes CSV while rows come."""

    def __init__(self, sink: BinaryIO, delimiter: str, settings: WriteSettings) -> None:
        super().__init__(sink)
        self._sink, self._delimiter, self._settings, self._formulas = sink, delimiter, settings, Formulas()

    def write(self, block: Block) -> None:
        """Append the rows of a block, with an eye on what a spreadsheet would make of them."""
        columns = as_columns(block)
        for column in columns.columns:
            if column.text is not None:
                self._formulas.note_texts(column.key, len(formula_places(column.text)))
        super().write(columns)

    def layout(self) -> CsvLayout:
        """A column is plain when every row has text in it."""
        columns = [(column.key, self._is_plain(column)) for column in self.columns.ordered()]
        return CsvLayout(tuple(columns), not self.columns.order.all_in_order())

    def part_in_output(self, layout: CsvLayout, output: BinaryIO) -> "CsvPart":
        """A file that begins with its header."""
        return CsvPart(layout, output, self._delimiter, self.columns.order, is_safe=self._settings.spreadsheet_safe)

    def part_aside(self, layout: CsvLayout, file: BinaryIO) -> "CsvPart":
        """The same, in another place."""
        return self.part_in_output(layout, file)

    def write_parts(self, layout: CsvLayout, parts: Sequence[Part[CsvLayout]]) -> None:
        """Write one file of all parts."""
        if len(parts) == 1:
            parts[0].file.seek(0)
            shutil.copyfileobj(parts[0].file, self._sink, _CHUNK_BYTES)
            return
        whole = self.part_in_output(layout, self._sink)
        for part in parts:
            for block in part.blocks():
                whole.append(as_columns(block))

    def close(self) -> None:
        """Complete the file, and say what a spreadsheet would make of it."""
        if self._settings.spreadsheet_safe:
            refuse_formulas(self.columns.order.keys)
        elif note := self._formulas.note():
            self._settings.note(note)
        super().close()

    def _is_plain(self, column: Column) -> bool:
        if column.kinds != {str} or not self.columns.is_everywhere(column):
            return False
        is_doubtful = self._settings.spreadsheet_safe and column.key in self._formulas.keys
        return not is_doubtful and not column.key.endswith(JSON_SUFFIX) and column.key != ORDER


class CsvPart(Part[CsvLayout]):
    """A CSV file on its way."""

    def __init__(self, layout: CsvLayout, file: BinaryIO, delimiter: str, order: KeyOrder, *, is_safe: bool) -> None:
        super().__init__(layout, file)
        self._delimiter, self._order, self._is_safe = delimiter, order, is_safe
        self._write([CellColumn(as_texts([name])) for name in layout.header()])

    def append(self, block: ColumnBlock) -> None:
        """Write the rows of a block."""
        columns = {column.key: column for column in block.columns}
        nothing = repeated("", len(block)) if len(columns) < len(self.layout.columns) else None
        cells: list[CellColumn] = []
        for key, is_plain in self.layout.columns:
            column = columns.get(key)
            text = nothing if column is None else column.text if is_plain else cells_of(column, is_safe=self._is_safe)
            if text is not None:
                cells.append(CellColumn(text, is_quoteless=is_plain and column is not None and column.is_plain))
        if self.layout.has_order:
            cells.append(CellColumn(or_empty(order_texts(block, self._order))))
        self._write(cells)

    def finish(self) -> None:
        """Nothing is outstanding."""

    def blocks(self) -> Iterator[Block]:
        """The rows, read as any CSV is."""
        self.file.seek(0)
        return read_columns(self.file, ReadSettings("rows laid by"), self._delimiter)

    def _write(self, cells: Sequence[CellColumn]) -> None:
        write_made(self.file, csv_records(cells, self._delimiter, _SPECIAL))
