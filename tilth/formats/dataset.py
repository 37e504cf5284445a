"""A data set: rows of one dialect that can be gone through again, wherever they lie."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tilth.errors import UsageError
from tilth.formats.batch import DialectBatch
from tilth.formats.container import Format, Held, ReadSettings
from tilth.formats.rejects import Rejects
from tilth.formats.sources import (
    FileSource,
    JoinedSource,
    KeptSource,
    LimitedSource,
    RowSource,
    SpoolSource,
    as_in_container,
)
from tilth.formats.spool import RowSpool, in_blocks
from tilth.schemas import Detection, Dialect, Fields, LossError
from tilth.schemas import dialect as dialect_named
from tilth.schemas.envelope import Envelope

if TYPE_CHECKING:
    import pyarrow as pa

OnError = Literal["stop", "reject"]


class Dataset:
    """Rows of one dialect, read batch by batch as often as needed. Satisfies `tilth.operation.Dataset`.

    >>> data = Dataset.open("support.jsonl")
    >>> for batch in data.batches():
    ...     batch.column("answer")
    """

    def __init__(
        self,
        source: RowSource,
        dialect: Dialect,
        *,
        path: str = "",
        format: Format | None = None,
        detection: Detection | None = None,
        on_error: OnError = "stop",
        parts: "Mapping[str, Dataset] | None" = None,
        envelope: Envelope | None = None,
        notes: Sequence[str] = (),
    ) -> None:
        self.source, self.on_error, self._count = source, on_error, -1
        self.path, self.format = path, format
        self.dialect, self.detection = dialect, detection
        self.parts = dict(parts or {})
        """The splits by name, when the set came split."""
        self.envelope = envelope
        """What stands around the rows in a JSON document; of several files, in the first."""
        self.notes = tuple(notes)
        """What was detected rather than told, in words for people."""
        self.traced = False
        """Whether rows name the place that `meta.source` says they came from, and not the one where they lie now."""
        self.rejects = Rejects()
        """What could not be read in the latest pass."""

    @staticmethod
    def open(
        path: str | Path,
        *,
        format: str | None = None,
        dialect: str | None = None,
        record_type: str | None = None,
        encoding: str = "utf-8",
        delimiter: str | None = None,
        table: str | None = None,
        header_row: int | None = None,
        assistant: str | None = None,
        mapping: Mapping[str, str] | None = None,
        on_error: OnError = "stop",
        limit: int | None = None,
        as_rows: bool = False,
    ) -> "Dataset":
        """The data set in a file, the files of a glob, a folder of splits, or standard input (`-`).

        The format is told by the suffix and the dialect by the first rows, unless they are named. With `on_error`
        "reject" a row that cannot be read goes to `rejects`; otherwise it raises `DataError` with its place.

        `delimiter` stands between the cells of a CSV file, `table` is the sheet or table in a file of several,
        `header_row` the row of a sheet that names its columns, `assistant` the speaker of a transcript who is the
        assistant, and `mapping` says which column holds which field of the record where a file has names of its own.
        With `as_rows` the rows only travel, and nobody asks what they mean.
        """
        from tilth.formats.finding import How, open_dataset
        from tilth.formats.opening import format_named

        settings = ReadSettings(
            str(path), encoding, delimiter=delimiter, table=table, header_row=header_row, assistant=assistant
        )
        container = format_named(format) if format else None
        how = How(container, dialect, record_type, settings, on_error, limit, mapping, as_rows)
        return open_dataset(str(path), how)

    @staticmethod
    def of(records: Iterable[Fields], name: str = "records") -> "Dataset":
        """A data set of records at hand, in Tilth's own dialect."""
        own = dialect_named("tilth")
        spool = RowSpool()
        for group in in_blocks(records):
            spool.append_rows([own.encode(dict(record)) for record in group])
        return Dataset(SpoolSource(spool, name), own)

    @property
    def files(self) -> tuple[str, ...]:
        """The files that the rows are read from; none for rows that were made or piped in."""
        return tuple(self.source.files())

    @property
    def split_of(self) -> dict[str, str]:
        """The split that each file belongs to; empty for a set that was never split."""
        return {file: split for split, part in self.parts.items() for file in part.files}

    @property
    def record_types(self) -> tuple[str, ...]:
        """The record types seen when the dialect was detected, most frequent first; empty when nobody looked."""
        return self.detection.record_types if self.detection else ()

    def batches(self, *, held: Held = "objects") -> Iterator[DialectBatch]:
        """All rows from the start, in order; the same batches every time.

        For somebody who only writes them, rows can be held in another way than as objects, and come in other batches.
        """
        rejects = self.rejects = Rejects()
        rows = 0
        reject = rejects.add if self.on_error == "reject" else None
        for file, block in self.source.blocks(reject, held=held):
            rows += len(block)
            yield DialectBatch(block, self.dialect, file, traced=self.traced)
        self._count = rows

    def columns(self, *names: str) -> "Iterator[Sequence[pa.StringArray]]":
        """Some columns of all rows from the start; see `tilth.operation.Dataset.columns`."""
        for batch in self.batches(held="columns"):
            yield [batch.column(name) for name in names]

    def doubtful(self) -> Iterator[DialectBatch]:
        """All rows but some: those that are surely conversations as they should be, where that shows at a glance.

        Whoever looks for what is wrong with rows finds all of it here; see `tilth.formats.bulk.conversations`.
        """
        sources = self.source.sources if isinstance(self.source, JoinedSource) else [self.source]
        are_lines = all(isinstance(each, FileSource) and each.format.name == "jsonl" for each in sources)
        name = self.dialect.name
        if not are_lines or name not in ("openai", "sharegpt"):
            yield from self.batches()
            return
        passed = 0
        for batch in self.batches(held="openai" if name == "openai" else "sharegpt"):
            passed += batch.block.passed
            yield batch
        self._count += passed

    def count(self) -> int:
        """The number of rows; goes through them when nobody has yet."""
        if self._count < 0:
            for _ in self.batches():
                pass
        return self._count

    def part(self, name: str) -> "Dataset":
        """The rows of one split; a set that was never split is all `train`."""
        if name in self.parts:
            return self.parts[name]
        if name == "train" and not self.parts:
            return self
        there = f"only {', '.join(self.parts)}" if self.parts else "it was never split"
        raise UsageError(f"there is no part {name}: {there}", where=self.path, fix="tilth split")

    def keeping(self, kept: Sequence[Sequence[int]]) -> "Dataset":
        """A view with only some rows: for each batch in turn, the indices that stay."""
        view = self._view(KeptSource(self.source, kept))
        view._count = sum(map(len, kept))
        return view

    def first(self, rows: int) -> "Dataset":
        """A view of the first rows."""
        return self._view(LimitedSource(self.source, rows))

    def in_container(self) -> "Dataset":
        """A view of the rows as their files hold them, for counting and showing: there a row need not be one record."""
        return self._view(as_in_container(self.source)) if self.dialect.unfolds else self

    def _view(self, source: RowSource) -> "Dataset":
        view = Dataset(
            source,
            self.dialect,
            path=self.path,
            format=self.format,
            detection=self.detection,
            on_error=self.on_error,
            envelope=self.envelope,
        )
        view.traced = self.traced
        return view

    def made(self, records: Iterable[Fields]) -> "Dataset":
        """A new data set of these records: in this one's dialect if it holds them all, else in Tilth's own."""
        spool = RowSpool()
        groups = in_blocks(records)
        for group in groups:
            try:
                spool.append_rows([self.dialect.encode(dict(record)) for record in group])
            except LossError:
                return self._made_in_own_dialect(spool, [group], groups)
        return Dataset(SpoolSource(spool, "made"), self.dialect, format=self.format)

    def _made_in_own_dialect(
        self, begun: RowSpool, refused: Iterable[list[Fields]], rest: Iterator[list[Fields]]
    ) -> "Dataset":
        own = dialect_named("tilth")
        spool = RowSpool()
        for block in begun.blocks():
            spool.append_rows([own.encode(self.dialect.decode(row)) for row in block.rows])
        for groups in (refused, rest):
            for group in groups:
                spool.append_rows([own.encode(dict(record)) for record in group])
        return Dataset(SpoolSource(spool, "made"), own, format=self.format)
