"""The dialect of a table written column by column, as pandas writes JSON when nobody tells it otherwise."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from tilth.errors import DataError, UsageError
from tilth.schemas.dialects.base import Dialect, Folding, Numbered, Row
from tilth.schemas.dialects.renamed_instruction import QuestionAnswer
from tilth.schemas.envelope import Envelope
from tilth.schemas.identity import Fields

_INDEX = "__index_level_0__"
"""pandas' own name, in Parquet, for numbers of rows that are not simply 0, 1, 2, ..."""


class Columns(Dialect):
    """A table as one object of columns, each with its cells by the number of their row (pandas `to_json`).

        {"question": {"0": "Is 9 a prime?", "1": "Is 7?"}, "answer": {"0": "No.", "1": "Yes."}}

    What a row then means is told by its columns, as in any other file; here question and answer. All rows are held
    in memory.
    """

    name: ClassVar[str] = "columns"
    summary: ClassVar[str] = (
        "one object per column, cells by row number, as pandas writes (lamini_docs); question-answer"
    )
    record_types: ClassVar[tuple[str, ...]] = ("instruction",)
    unfolds: ClassVar[bool] = True
    envelope: ClassVar[Envelope | None] = Envelope("")

    def __init__(self, inner: Dialect | None = None) -> None:
        self.inner = inner or QuestionAnswer()

    def holds(self, record_type: str) -> bool:
        """Whether the dialect of the rows in it does."""
        return self.inner.holds(record_type)

    def recognise(self, row: Row) -> str | None:
        """Every field is a column of cells by numbers, the same ones in every column."""
        return "every field has cells by row number" if _is_table(row) else None

    def evidence(self, row: Row) -> frozenset[str]:
        """The columns, and that they are columns."""
        return frozenset({*row, "cells by row number"})

    def settled(self, sample: Sequence[Row], record_type: str | None = None) -> "Dialect":
        """The dialect with that of the rows in the table."""
        from tilth.schemas.detect import detect

        rows = [row for _, row in self.unfold(enumerate(sample, 1), None)]
        if not rows:
            return self
        inner = detect(rows, record_type=record_type).dialect
        if inner.unfolds:
            raise UsageError(f"the rows in the columns are {inner.name}, which cannot be written in columns")
        return Columns(inner)

    def unfold(self, rows: Iterable[Numbered], envelope: Envelope | None) -> Iterator[Numbered]:
        """The rows of the table, in the order of their numbers in it."""
        for number, table in rows:
            if not _is_table(table):
                yield number, table
                continue
            names = list(next(iter(table.values())))
            is_plain = names == [str(place) for place in range(len(names))]
            for name in names:
                cells = {column: cells[name] for column, cells in table.items()}
                yield number, cells if is_plain else {_INDEX: name, **cells}

    def folding(self) -> Folding:
        """Puts the rows of a table together again."""
        return _Folding()

    def decode(self, row: Row) -> Fields:
        """As the dialect of the rows does."""
        return self.inner.decode(row)

    def encode(self, fields: Fields) -> dict[str, Any]:
        """As the dialect of the rows does."""
        return self.inner.encode(fields)

    def forgo(self, fields: Fields, name: str) -> Fields | None:
        """As the dialect of the rows does."""
        return self.inner.forgo(fields, name)


class _Folding:
    """Lays cells by until all rows have come."""

    def __init__(self) -> None:
        self._table: dict[str, dict[str, Any]] = {}
        self._rows = 0

    def add(self, row: Row) -> Iterable[Row]:
        """Put the cells of a row into their columns. Raises `DataError` for a row of other columns."""
        name = str(row.get(_INDEX, self._rows))
        cells = {column: value for column, value in row.items() if column != _INDEX}
        if self._rows and cells.keys() != self._table.keys():
            there, before = ", ".join(cells), ", ".join(self._table)
            raise DataError(f"row {self._rows + 1} has the columns {there}, and the rows before it {before}")
        if any(name in column for column in self._table.values()):
            raise DataError(f"two rows have the number {name}", fix="give them different ones, or none")
        for column, value in cells.items():
            self._table.setdefault(column, {})[name] = value
        self._rows += 1
        return []

    def close(self) -> Iterable[Row]:
        """The table."""
        return [self._table] if self._table else []


def _is_table(row: Mapping[str, Any]) -> bool:
    columns = list(row.values())
    if not columns or _INDEX in row or not all(isinstance(cells, dict) and cells for cells in columns):
        return False
    names = list(columns[0])
    return all(name.isascii() and name.isdigit() for name in names) and all(list(cells) == names for cells in columns)
