"""Where rows go: one file in one format, compressed by its suffix, in its place only when it is complete."""

import sys
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from tilth.formats.atomic import refuse_same_file, replacing
from tilth.formats.batch import DialectBatch
from tilth.formats.block import Block, Row, RowBlock
from tilth.formats.compression import compressed, compression_of
from tilth.formats.container import PLAIN_WRITING, Format, WriteSettings
from tilth.formats.opening import format_named, format_of
from tilth.formats.spool import in_blocks
from tilth.schemas.dialects import Folding

_BUFFER_BYTES = 1 << 20


class Output:
    """A file that is being written. Leave it as a context manager: completed, or by an exception and never there."""

    def __init__(self, path: str, format: Format, *, overwrite: bool, settings: WriteSettings = PLAIN_WRITING) -> None:
        self.path, self.format = path, format
        self.rows = 0
        """Rows written so far, before they are folded."""
        self._folded = 0
        self._folding: Folding | None = None
        self._stack = ExitStack()
        try:
            sink = self._stack.enter_context(compressed(self._sink(overwrite), compression_of(path)))
            self._writer = format.writer(sink, settings)
        except BaseException:
            self._stack.close()
            raise

    def write(self, rows: DialectBatch | Block) -> None:
        """Append the rows of a batch or of a block, as raw as they are."""
        block = rows.block if isinstance(rows, DialectBatch) else rows
        self.rows += len(block)
        if isinstance(rows, DialectBatch) and rows.dialect.unfolds and self._folding is None:
            self._folding = rows.dialect.folding()
        if self._folding is None:
            self._writer.write(block)
        else:
            self._write_folded(row for each in block.rows for row in self._folding.add(each))

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
            except BaseException as late:
                self._stack.__exit__(type(late), late, late.__traceback__)
                raise
        self._stack.__exit__(kind, failure, trace)

    def _sink(self, overwrite: bool) -> BinaryIO:
        if self.path == "-":
            self._stack.callback(sys.stdout.buffer.flush)
            return sys.stdout.buffer
        temporary = self._stack.enter_context(replacing(self.path, overwrite=overwrite))
        return self._stack.enter_context(temporary.open("wb", buffering=_BUFFER_BYTES))


class _Aborted(Exception):  # noqa: N818 it tells of no error
    """Why an output is not completed."""


def open_output(
    path: Path | str,
    *,
    format: str | None = None,
    overwrite: bool = False,
    inputs: Sequence[Path | str] = (),
    settings: WriteSettings = PLAIN_WRITING,
) -> Output:
    """An output at `path`, or on standard output for `-` (JSON Lines unless a format is named).

    Raises `UsageError`, before anything is written, for an output that exists or that is one of `inputs`.
    """
    name = str(path)
    found = format_named(format) if format else format_named("jsonl") if name == "-" else format_of(name, flag="--to")
    if name != "-":
        refuse_same_file(name, inputs)
    return Output(name, found, overwrite=overwrite, settings=settings)


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
