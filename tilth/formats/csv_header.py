"""What the header of a CSV file says about the cells below it."""

from dataclasses import dataclass
from typing import Any

from tilth.errors import DataError
from tilth.formats.block import Row
from tilth.formats.cells import ABSENT, from_cell
from tilth.formats.columns import reordered
from tilth.formats.container import ReadSettings

JSON_SUFFIX = ":json"
"""Behind the name of a column whose cells are more than text."""
ORDER = ":order"
"""The name of the column that holds another order of keys."""


@dataclass(frozen=True)
class CsvHeader:
    """The columns of a CSV file."""

    keys: list[str]
    coded: list[str]
    """Keys of the columns whose cells are more than text."""
    order: int | None
    """Place of the column that names another order of keys."""

    @staticmethod
    def of(names: list[str], settings: ReadSettings) -> "CsvHeader":
        """The header with these names. Raises `DataError` for a name given twice."""
        order = names.index(ORDER) if ORDER in names else None
        if order is not None:
            names = names[:order] + names[order + 1 :]
        keys = [name.removesuffix(JSON_SUFFIX) for name in names]
        if len(set(keys)) < len(keys):
            twice = next(key for key in keys if keys.count(key) > 1)
            raise DataError(f'two columns are called "{twice}"', where=f"{settings.name}:1", fix="another name for one")
        coded = [key for key, name in zip(keys, names, strict=True) if name.endswith(JSON_SUFFIX)]
        return CsvHeader(keys, coded, order)

    @property
    def width(self) -> int:
        """How many cells a row has."""
        return len(self.keys) + (self.order is not None)

    def row(self, cells: list[str]) -> Row | str:
        """The row that a line of cells means, or why it is none."""
        if len(cells) != self.width:
            return f"found {len(cells)} cells, expected {self.width} as in the header"
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
        return found if found is not None else f"the cell under {ORDER} does not name the keys of its row"
