"""A file with column names of its own, read as records of one type by naming the column for each field."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from tilth.errors import UsageError, nearest
from tilth.schemas.dialects.base import Dialect, Row, flat_row, refuse_leftovers, sort_fields
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.dialects.nested import filled, path_of, taken
from tilth.schemas.dialects.tilth import fitting_types
from tilth.schemas.identity import Fields
from tilth.schemas.registry import record_type_named

_MARK = "="


class Mapped(Dialect):
    """Bare rows of one record type under other names.

    With `instruction=Question` and `output=Answer` the row `{"Question": "Who?", "Answer": "Ada", "Hits": "3"}` is an
    instruction record with an unknown field `Hits`, and is written back with the file's own names. A field that no
    column is named for is the column of its own name. A column may be a path into objects: `output=reply.text`.
    """

    name: ClassVar[str] = "mapped"
    summary: ClassVar[str] = "any columns, by --map field=column"
    record_types: ClassVar[tuple[str, ...]] = ()

    def __init__(self, mapping: Mapping[str, str], record_type: str, paths: Collection[str] = ()) -> None:
        self.type = record_type_named(record_type).name()
        shadowed = set(mapping.values())
        own = {field: field for field in record_type_named(record_type).field_names() if field not in shadowed}
        self._column_of = {**own, **mapping}
        self._field_of = {column: field for field, column in self._column_of.items()}
        self._mapped = tuple(mapping.values())
        self._paths = {column: path_of(column) for column in paths}
        self._marks = {_MARK + field for field, column in self._column_of.items() if column not in self._paths}

    @staticmethod
    def of(mapping: Mapping[str, str], record_type: str | None, sample: Sequence[Row]) -> "Mapped":
        """The dialect of a mapping, checked: each column is in the file, each field in the record type.

        Without a `record_type` it is the one that has the mapped fields and finds the others it needs in the file.
        Raises `UsageError`.
        """
        columns = {column for row in sample for column in row}
        paths = {column for column in mapping.values() if column not in columns and _is_path(column, sample)}
        for field, column in mapping.items():
            if sample and column not in columns and column not in paths:
                raise UsageError(f"--map {field}={column}: there is no column {column}", fix=nearest(column, columns))
        if len(set(mapping.values())) < len(mapping):
            raise UsageError("--map names one column for two fields")
        name = record_type or _only_type(mapping, columns - set(mapping.values()))
        known = record_type_named(name).field_names()
        for field in mapping:
            if field not in known:
                raise UsageError(f"{name} records have no field {field}", fix=nearest(field, known))
        return Mapped(mapping, name, paths)

    def holds(self, record_type: str) -> bool:
        """Whether that is the type of its rows."""
        return record_type == self.type

    def recognise(self, row: Row) -> str | None:
        """The mapped columns are there."""
        there = {*row, *taken(row, self._paths)[1]}
        return "named by --map" if all(column in there for column in self._mapped) else None

    def decode(self, row: Row) -> Fields:
        """The columns under the names of their fields, the others in `extra`."""
        hollow, found = taken(row, self._paths)
        kept = sort_fields({self._marked(name): value for name, value in hollow.items()}, self.type, self._marks)
        fields = {name.removeprefix(_MARK): value for name, value in kept.items()}
        if "extra" in kept:
            fields["extra"] = {name.removeprefix(_MARK): value for name, value in kept["extra"].items()}
        return {**fields, **{self._field_of[column]: value for column, value in found.items()}}

    def encode(self, fields: Fields) -> dict[str, Any]:
        """The row with the file's own names."""
        if fields.get("type") != self.type:
            raise LossError(self.name, [f"type (a {fields.get('type')} record among rows of {self.type} records)"])
        refuse_leftovers(self.name, fields, self._column_of)
        clashing = [name for name in fields.get("extra") or {} if name in self._field_of and name not in self._paths]
        if clashing:
            raise LossError(self.name, [f"extra.{name} (the name has a meaning there)" for name in clashing])
        found = {c: fields[field] for c, field in self._field_of.items() if c in self._paths and field in fields}
        content = {_MARK + name: fields[name] for name in fields if _MARK + name in self._marks}
        extra = {self._marked(name): value for name, value in (fields.get("extra") or {}).items()}
        row = flat_row(self.name, content, {name: extra if name == "extra" else fields[name] for name in fields}, ())
        return filled(self.name, {self._unmarked(name): value for name, value in row.items()}, found, self._paths)

    def _marked(self, column: str) -> str:
        """A name that tells the columns of fields from those of `extra`, and both from what a record itself has."""
        is_known = column in self._field_of and column not in self._paths
        return _MARK + self._field_of[column] if is_known else _MARK + column if column.startswith(_MARK) else column

    def _unmarked(self, name: str) -> str:
        bare = name.removeprefix(_MARK)
        return self._column_of[bare] if bare != name and not bare.startswith(_MARK) else bare


def _is_path(column: str, sample: Iterable[Row]) -> bool:
    """Whether that leads to a value in any of the rows."""
    paths = {column: path_of(column)}
    return "." in column and any(taken(row, paths)[1] for row in sample)


def _only_type(mapping: Mapping[str, str], columns: Collection[str]) -> str:
    found = [name for name in fitting_types(dict.fromkeys([*mapping, *columns], "")) if _has_all(name, mapping)]
    if len(found) == 1:
        return found[0]
    alone = [name for name in fitting_types(dict.fromkeys(mapping, "")) if _has_all(name, mapping)]
    if len(alone) == 1:
        return alone[0]
    told = f"can be {' or '.join(found)} records" if found else "are not all that any record type needs"
    raise UsageError(f"the fields {', '.join(mapping)} {told}", fix=f"--as {found[0]}" if found else "tilth schema")


def _has_all(name: str, fields: Collection[str]) -> bool:
    return set(fields) <= set(record_type_named(name).field_names())
