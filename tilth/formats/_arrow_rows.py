"""Rows out of Arrow columns, to the exact value, and the refusal of what JSON has no place for."""

import json
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from tilth.errors import DataError
from tilth.formats._hf_features import label_notes
from tilth.formats._json_types import NoJson, converted, converter, holds_bytes, json_like, written_out
from tilth.formats.cells import ABSENT
from tilth.formats.columns import reordered
from tilth.formats.container import ReadSettings
from tilth.formats.strict_json import StrictJsonError
from tilth.kernels import cast_to

METADATA_KEY = b"tilth"


class RowReader:
    """How the columns of one file become rows."""

    def __init__(self, schema: pa.Schema, settings: ReadSettings) -> None:
        self._settings = settings
        self.names: list[str] = list(schema.names)
        if len(set(self.names)) < len(self.names):
            twice = next(name for name in self.names if self.names.count(name) > 1)
            raise DataError(f'two columns are called "{twice}"', where=settings.name)
        for note in label_notes(schema.metadata):
            settings.note(note)
        notes = _notes(schema)
        absent, order = notes.get("null_means_absent"), notes.get("key_order")
        named = {name for name in absent if isinstance(name, str)} if isinstance(absent, list) else set()
        self.absent = named.intersection(self.names)
        """Columns in which null means that the row does not have the key."""
        self.order: str | None = order if isinstance(order, str) and order in self.names else None
        """The column that names another order of keys."""
        self.targets = [self._checked(field) for field in schema]
        """The type to read each column as."""
        self._converts = [converter(target) for target in self.targets]

    def rows(self, batch: pa.RecordBatch, lines: Sequence[int]) -> list[dict[str, Any]]:
        """All rows of a batch. Raises `DataError` at the first one that cannot be."""
        if not self.names:
            return [{} for _ in lines]
        columns = [self._values(batch, place, lines) for place in range(len(self.names))]
        if not self.absent and self.order is None:
            return [dict(zip(self.names, values, strict=True)) for values in zip(*columns, strict=True)]
        rows = []
        for line, values in zip(lines, zip(*columns, strict=True), strict=True):
            row = {name: value for name, value in zip(self.names, values, strict=True) if value is not ABSENT}
            rows.append(row if self.order is None else self._ordered(row, self.order, line))
        return rows

    def _checked(self, field: "pa.Field[Any]") -> pa.DataType:
        try:
            if holds_bytes(field.type):
                self._settings.note(f'the column "{field.name}" holds bytes, which are read as UTF-8 text')
            for kind in dict.fromkeys(written_out(field.type)):
                reason = f"{kind}, which is text in a row, because JSON has none"
                self._settings.note(f'the column "{field.name}" holds {reason}')
            return json_like(field.type)
        except NoJson as failure:
            fix = "a file without this column, or with its values as text"
            raise DataError(
                f'the column "{field.name}" holds {failure}', where=self._settings.name, fix=fix
            ) from failure

    def _values(self, batch: pa.RecordBatch, place: int, lines: Sequence[int]) -> list[Any]:
        column: Any = batch.column(place)
        target, convert = self.targets[place], self._converts[place]
        name = self.names[place]
        try:
            values = (column if column.type == target else cast_to(column, target)).to_pylist()
        except (pa.ArrowException, ValueError) as failure:
            raise DataError(f'the column "{name}" cannot be read: {failure}', where=self._settings.name) from failure
        nothing = ABSENT if name in self.absent else None
        if convert is None:
            return values if nothing is None else [nothing if value is None else value for value in values]
        told = converted(target, convert, values)
        for place, value in enumerate(told):
            if value is None and values[place] is None:
                told[place] = nothing
            elif isinstance(value, StrictJsonError):
                where = f"{self._settings.name}:{lines[place]}"
                raise DataError(f'the column "{name}": {value}', where=where) from value
        return told

    def _ordered(self, row: dict[str, Any], order: str, line: int) -> dict[str, Any]:
        keys = row.pop(order, None)
        found = row if keys is None else reordered(row, keys)
        if found is None:
            reason = f'the column "{order}" does not name the keys of its row'
            raise DataError(reason, where=f"{self._settings.name}:{line}")
        return found


def _notes(schema: pa.Schema) -> dict[str, Any]:
    """What Tilth wrote about the columns, in a file of its own."""
    raw = (schema.metadata or {}).get(METADATA_KEY)
    if raw is None:
        return {}
    try:
        notes = json.loads(raw)
    except ValueError:
        return {}
    return notes if isinstance(notes, dict) else {}
