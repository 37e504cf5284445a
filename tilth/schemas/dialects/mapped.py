"""A file with column names of its own, read as records of one type by naming the column for each field."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from tilth.errors import UsageError, nearest
from tilth.schemas.dialects.base import Dialect, Row
from tilth.schemas.dialects.tilth import BareTilth, fitting_types
from tilth.schemas.record import Fields
from tilth.schemas.registry import record_type as record_type_named


class Mapped(Dialect):
    """Bare rows of one record type under other names.

    With `instruction=Question` and `output=Answer` the row `{"Question": "Who?", "Answer": "Ada", "Hits": "3"}` is an
    instruction record with an unknown field `Hits`, and is written back with the file's own names.
    """

    name: ClassVar[str] = "mapped"
    summary: ClassVar[str] = "any columns, by --map field=column"
    record_types: ClassVar[tuple[str, ...]] = ()

    def __init__(self, mapping: Mapping[str, str], record_type: str) -> None:
        self._bare = BareTilth(record_type)
        self._field_of = {column: field for field, column in mapping.items()}
        self._column_of = dict(mapping)

    @staticmethod
    def of(mapping: Mapping[str, str], record_type: str | None, sample: Sequence[Row]) -> "Mapped":
        """The dialect of a mapping, checked: each column is in the file, each field in the record type.

        Without a `record_type` the mapped fields must be those of one type alone. Raises `UsageError`.
        """
        columns = {column for row in sample for column in row}
        for field, column in mapping.items():
            if sample and column not in columns:
                raise UsageError(f"--map {field}={column}: there is no column {column}", fix=nearest(column, columns))
        if len(set(mapping.values())) < len(mapping):
            raise UsageError("--map names one column for two fields")
        name = record_type or _only_type(mapping)
        known = record_type_named(name).field_names()
        for field in mapping:
            if field not in known:
                raise UsageError(f"{name} records have no field {field}", fix=nearest(field, known))
        return Mapped(mapping, name)

    def holds(self, record_type: str) -> bool:
        """Whether that is the type of its rows."""
        return self._bare.holds(record_type)

    def recognise(self, row: Row) -> str | None:
        """The mapped columns are there."""
        return "named by --map" if all(column in row for column in self._field_of) else None

    def decode(self, row: Row) -> Fields:
        """The columns under the names of their fields; a column whose name is taken by then goes to `extra`."""
        renamed: dict[str, Any] = {}
        left: dict[str, Any] = {}
        for column, value in row.items():
            if column in self._field_of:
                renamed[self._field_of[column]] = value
            elif column in self._column_of:
                left[column] = value
            else:
                renamed[column] = value
        fields = self._bare.decode(renamed)
        return {**fields, "extra": {**fields.get("extra", {}), **left}} if left else fields

    def encode(self, fields: Fields) -> dict[str, Any]:
        """The row with the file's own names."""
        row = self._bare.encode({**fields, "extra": {}})
        renamed = {self._column_of.get(name, name): value for name, value in row.items()}
        return {**renamed, **fields.get("extra", {})}


def _only_type(mapping: Mapping[str, str]) -> str:
    found = fitting_types(dict.fromkeys(mapping, ""))
    if len(found) == 1:
        return found[0]
    told = f"can be {' or '.join(found)} records" if found else "are all that no record type needs"
    raise UsageError(f"the fields {', '.join(mapping)} {told}", fix=f"--as {found[0] if found else 'TYPE'}")
