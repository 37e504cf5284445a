"""Where rows go: one file in one format, compressed by its suffix, in its place only when it is complete."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import BinaryIO, Self, cast

from tilth.errors import DataError
from tilth.formats.atomic import Together, refuse_inputs_inside, refuse_same_file, replacing
from tilth.formats.batch import DialectBatch
from tilth.formats.block import Block, Row, RowBlock
from tilth.formats.bulk.beside import behind
from tilth.formats.columnar import Columnar
from tilth.formats.compression import compressed, compression_of
from tilth.formats.container import PLAIN_WRITING, Format, Writer, WriteSettings
from tilth.formats.digested import Digested
from tilth.formats.folders.splits_writer import SplitsWriter
from tilth.formats.folders.writing import FOLDER_FORMATS
from tilth.formats.opening import format_named, format_of
from tilth.formats.sharding import SHARD
from tilth.formats.shards import shard_writer
from tilth.formats.spool import in_blocks
from tilth.schemas.dialects import Companion, Dialect, Folding
from tilth.schemas.envelope import Envelope

_BUFFER_BYTES = 1 << 20


class Output:
    """A file that is being written, or several, or a folder, behind one writer.

    Leave it as a context manager: completed, or by an exception and never there.
    """

    def __init__(
        self,
        path: str,
        format: Format,
        place: AbstractContextManager[Writer],
        splits: Mapping[str, str],
        envelope: Envelope | None = None,
        *,
        is_file: bool = False,
        hashes: Mapping[str, str] = MappingProxyType({}),
        together: Together | None = None,
    ) -> None:
        self.path, self.format, self._hashes, self._together = path, format, hashes, together
        self._is_file = is_file
        self._envelope = envelope
        self.rows = 0
        """Rows written so far, before they are folded."""
        self._folded = 0
        self._folding: Folding | None = None
        self._beside: _Beside | None = None
        self._dialect: Dialect | None = None
        self._splits, self._split = splits, ""
        self._stack = ExitStack()
        self._writer = self._stack.enter_context(place)

    @property
    def sha256(self) -> str | None:
        """Hex sha256 of the file when it is complete, where that is known without reading it again."""
        return self._hashes.get(self.path)

    def write(self, rows: DialectBatch | Block) -> None:
        """Append the rows of a batch or of a block, as raw as they are."""
        block = rows.block if isinstance(rows, DialectBatch) else rows
        self.rows += len(block)
        if isinstance(rows, DialectBatch) and self._dialect is None:
            self._begin(rows.dialect)
        if isinstance(rows, DialectBatch) and (split := self._splits.get(rows.file, self._split)) != self._split:
            self._turn_to(split)
        if self._beside is not None:
            for row in block.rows:
                self._beside.companion.add(dict(row))
        if self._folding is None:
            self._writer.write(block)
        else:
            self._write_folded(row for each in block.rows for row in self._folding.add(each))

    def _begin(self, dialect: Dialect) -> None:
        """What a dialect has to say about its rows before the first of them is written."""
        self._dialect = dialect
        if dialect.unfolds:
            self._folding = dialect.folding_in(self._envelope)
        file = Path(self.path)
        name, companion = dialect.companion_name(file.name), dialect.companion(file.name)
        if self._is_file and name is not None and companion is not None:
            self._beside = _Beside(file.with_name(name), companion)

    def _turn_to(self, split: str) -> None:
        """Let the rows that come belong to another split; what is folded from rows does not reach over to it."""
        if self._folding is not None and self._dialect is not None:
            self._write_folded(self._folding.close())
            self._folding = self._dialect.folding_in(self._envelope)
        self._split = split
        if isinstance(self._writer, SplitsWriter):
            self._writer.begin(split)

    def _write_folded(self, rows: Iterable[Row]) -> None:
        if self._folding is not None and (folded := list(rows)):
            self._writer.write(RowBlock(folded, range(self._folded + 1, self._folded + len(folded) + 1)))
            self._folded += len(folded)

    def close(self) -> None:
        """Complete the file and put it in its place."""
        self.__exit__(None, None, None)

    def abort(self) -> None:
        """Leave no trace of the file."""
        self._stack.__exit__(_Aborted, _Aborted(), None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        if failure is None:
            try:
                if self._folding is not None:
                    self._write_folded(self._folding.close())
                self._writer.close()
                beside = self._beside.content() if self._beside is not None else None
            except BaseException as late:
                self._stack.__exit__(type(late), late, late.__traceback__)
                raise
        self._stack.__exit__(kind, failure, trace)
        if failure is None and self._beside is not None and beside is not None:
            # After the rows: a description of rows that are not there would be worse than none.
            self._beside.write(beside, self._together)


@dataclass(frozen=True)
class _Beside:
    """The file that a tool wants beside the rows."""

    path: Path
    companion: Companion

    def content(self) -> bytes:
        """What it will hold; raises `DataError` when that cannot be together with what it holds now."""
        try:
            return self.companion.content(self.path.read_bytes() if self.path.exists() else None)
        except DataError as failure:
            raise DataError(failure.what, where=failure.where or str(self.path), fix=failure.fix) from failure

    def write(self, content: bytes, together: Together | None) -> None:
        with replacing(self.path, together=together) as temporary:
            temporary.write_bytes(content)


class _Aborted(Exception):  # noqa: N818 it tells of no error
    """Why an output is not completed."""


def open_output(
    path: Path | str,
    *,
    format: str | None = None,
    overwrite: bool = False,
    inputs: Sequence[Path | str] = (),
    settings: WriteSettings = PLAIN_WRITING,
    together: Together | None = None,
) -> Output:
    """An output at `path`, or on standard output for `-` (JSON Lines unless a format is named).

    Raises `UsageError`, before anything is written, for an output that exists or that is one of `inputs`. With
    `together` a file that is complete takes its place with the others.
    """
    name = str(path)
    if name != "-":
        refuse_same_file(name, inputs)
    if format in FOLDER_FORMATS and name != "-":
        refuse_inputs_inside(name, inputs)
        folder = FOLDER_FORMATS[format]
        is_split = bool(settings.splits)
        place = folder.writer(Path(name), settings.sharding, is_split=is_split, overwrite=overwrite)
        return Output(name, folder.columns, place, settings.splits)
    found = format_named(format) if format else format_named("jsonl") if name == "-" else format_of(name, flag="--to")
    if SHARD in name or settings.sharding is not None:
        return Output(name, found, shard_writer(name, found, settings, overwrite=overwrite, inputs=inputs), {})
    envelope = settings.envelope if found.name == "json" else None
    hashes: dict[str, str] = {}
    file = _file_writer(name, found, settings, hashes, overwrite=overwrite, together=together)
    return Output(name, found, file, {}, envelope, is_file=name != "-", hashes=hashes, together=together)


@contextmanager
def _file_writer(
    path: str,
    format: Format,
    settings: WriteSettings,
    hashes: dict[str, str],
    *,
    overwrite: bool,
    together: Together | None,
) -> Iterator[Writer]:
    """A writer of one file, or of standard output. The hash of a file is noted when it is complete."""
    with (
        _sink(path, hashes, overwrite=overwrite, together=together) as sink,
        compressed(sink, compression_of(path)) as plain,
        # Columns are written by a thread of their own, in many small pieces.
        nullcontext(plain) if isinstance(format, Columnar) else behind(plain) as end,
    ):
        writer = format.writer(end, settings)
        try:
            yield writer
        except BaseException:
            writer.abort()
            raise


@contextmanager
def _sink(path: str, hashes: dict[str, str], *, overwrite: bool, together: Together | None) -> Iterator[BinaryIO]:
    if path == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with (
        replacing(path, overwrite=overwrite, together=together) as temporary,
        temporary.open("w+b", buffering=_BUFFER_BYTES) as file,
    ):
        digested = Digested(file)
        yield cast(BinaryIO, digested)
        if (found := digested.sha256()) is not None:
            hashes[path] = found


def write_rows(
    path: Path | str,
    rows: Iterable[Row],
    *,
    format: str | None = None,
    overwrite: bool = False,
    inputs: Sequence[Path | str] = (),
) -> int:
    """Write parsed rows as they are; returns how many."""
    with open_output(path, format=format, overwrite=overwrite, inputs=inputs) as output:
        for group in in_blocks(rows):
            output.write(RowBlock(group, range(output.rows + 1, output.rows + len(group) + 1)))
    return output.rows
