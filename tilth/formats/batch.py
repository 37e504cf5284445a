"""A batch as operations see it: a block of rows, a dialect that understands them, and the file they came from."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tilth.errors import UsageError, nearest
from tilth.formats.block import Block, LineBlock, Row
from tilth.judgement import Origin
from tilth.schemas import Fields, Parts, content_id, dump_json, parts
from tilth.schemas.dialects import Dialect
from tilth.schemas.identity import value_of

if TYPE_CHECKING:
    import pyarrow as pa

_PARTS = ("prompt", "answer", "text")


class DialectBatch:
    """Rows of one file, read through one dialect. Satisfies `tilth.operation.Batch`."""

    def __init__(self, block: Block, dialect: Dialect, file: str, *, traced: bool = False) -> None:
        self.block, self.dialect, self.file, self.traced = block, dialect, file, traced

    def __len__(self) -> int:
        return len(self.block)

    @cached_property
    def origins(self) -> Sequence[Origin]:
        """Where each row lay; in a traced set, where it lay before the first step."""
        # The same on every machine: a run's own folder says no more than its step.
        file = str(Path(*Path(self.file).parts[-2:])) if self.traced else self.file
        here = [Origin(file, line) for line in self.block.lines]
        if not self.traced:
            return here
        return [_source(record) or origin for record, origin in zip(self.records, here, strict=True)]

    @property
    def files(self) -> Sequence[str]:
        """The file that each row came from."""
        return [origin.file for origin in self.origins] if self.traced else [self.file] * len(self)

    @property
    def rows(self) -> Sequence[Row]:
        """The rows as the file holds them."""
        return self.block.rows

    @property
    def lines(self) -> Sequence[bytes] | None:
        """The rows as their file spells them, where each is a line of JSON."""
        return self.block.raw if isinstance(self.block, LineBlock) else None

    @cached_property
    def records(self) -> Sequence[Fields]:
        """The rows in Tilth's own shape."""
        return [self.dialect.decode(row) for row in self.block.rows]

    @cached_property
    def ids(self) -> Sequence[str]:
        """The content identity of each record."""
        return [content_id(record) for record in self.records]

    @cached_property
    def parts(self) -> Sequence[Parts]:
        """Prompt, answer and whole text of each record."""
        return [parts(record) for record in self.records]

    def column(self, name: str) -> "pa.StringArray":
        """One text per row: a part, or a field by its dotted name; see `tilth.operation.Batch.column`."""
        from tilth.formats.bulk.arrays import as_texts
        from tilth.formats.bulk.part_columns import part_column

        if (texts := part_column(self.block, self.dialect, name)) is not None:
            return texts
        if name in _PARTS:
            values = [getattr(part, name) for part in self.parts]
        else:
            values = [_text(value_of(record, name)) for record in self.records]
            if self.records and all(value is None for value in values):
                _check_known(name, self.records)
        return as_texts(values)

    def take(self, indices: Sequence[int]) -> "DialectBatch":
        """Some of the rows, unread, in the given order."""
        return DialectBatch(self.block.take(indices), self.dialect, self.file, traced=self.traced)

    def replaced(self, records: Sequence[Fields | None]) -> "DialectBatch":
        """The same rows with other content where a record is given."""
        rows = [None if record is None else self.dialect.encode(dict(record)) for record in records]
        return DialectBatch(self.block.replaced(rows), self.dialect, self.file, traced=self.traced)


def _source(record: Fields) -> Origin | None:
    source = (record.get("meta") or {}).get("source") or {}
    return Origin(str(source["file"]), int(source["line"])) if {"file", "line"} <= source.keys() else None


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else dump_json(value).decode()


def _check_known(name: str, records: Sequence[Fields]) -> None:
    known = {field for record in records for field in (*record, *(record.get("extra") or ()))}
    if name not in known and name.split(".")[0] not in known:
        raise UsageError(f"no record has a field {name}", fix=nearest(name, {*known, *_PARTS} - {"type", "extra"}))
