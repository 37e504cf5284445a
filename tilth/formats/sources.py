"""Where the rows of a data set come from: a file, a spool, several of these, or some rows of one."""

from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import eq, itemgetter
from pathlib import Path
from typing import BinaryIO, Protocol

from tilth.errors import DataError, TilthError
from tilth.formats.block import Block, RowBlock
from tilth.formats.container import Format, Held, ReadSettings, Reject
from tilth.formats.opening import opened
from tilth.formats.spool import RowSpool, in_blocks
from tilth.schemas import Dialect
from tilth.schemas.envelope import Envelope

OnReject = Callable[[Reject], None]


class RowSource(Protocol):
    """Blocks that can be gone through again, each with the name of the file it comes from."""

    def files(self) -> Sequence[str]:
        """The files that are read."""
        ...

    def blocks(self, reject: OnReject | None, *, held: Held = "objects") -> Iterator[tuple[str, Block]]:
        """All blocks in order, cut the same way every time. A bad row goes to `reject`, or raises `DataError`.

        Rows that are not held as objects may be cut in another way.
        """
        ...


@dataclass
class FileSource:
    """One file. What it held at the first pass it must hold at every later one."""

    path: str
    settings: ReadSettings
    """How it is read; `settings.name` is what messages call it."""
    format: Format
    held: object = None
    """What must live as long as the file does: the handle of a temporary one."""
    _state: tuple[int, int, int] | None = field(default=None, init=False)
    _is_known_good: bool = field(default=False, init=False)

    def files(self) -> Sequence[str]:
        """The file, unless it is a temporary one."""
        return [] if self.held else [self.path]

    def blocks(self, reject: OnReject | None, *, held: Held = "objects") -> Iterator[tuple[str, Block]]:
        """The blocks of the file."""
        with self._opened() as stream:
            self._check_unchanged()
            refused: list[Reject] = []

            def refuse(row: Reject) -> None:
                refused.append(row)
                if reject is not None:
                    reject(row)

            settings = replace(
                self.settings,
                reject=None if reject is None else refuse,
                held=held,
                is_known_good=self._is_known_good,
            )
            for block in self.format.read(stream, settings):
                yield self.settings.name, block
            self._check_unchanged()
            self._is_known_good = not refused

    def envelope(self) -> Envelope | None:
        """What stands around the rows in the file."""
        with self._opened() as stream:
            return self.format.envelope(stream, self.settings)

    def _opened(self) -> AbstractContextManager[BinaryIO]:
        return opened(self.path, self.format, self.settings.encoding, self.settings.name)

    def _check_unchanged(self) -> None:
        found = Path(self.path).stat()
        state = (found.st_ino, found.st_size, found.st_mtime_ns)
        if self._state not in (None, state):
            raise DataError("the file was changed since it was opened", where=self.settings.name)
        self._state = state


@dataclass(frozen=True)
class UnfoldedSource:
    """A source whose rows hold several records each, or parts of one: seen as rows of one record each."""

    source: RowSource
    dialect: Dialect
    envelope: Envelope | None

    def files(self) -> Sequence[str]:
        """The files of the source."""
        return self.source.files()

    def blocks(self, reject: OnReject | None, *, held: Held = "objects") -> Iterator[tuple[str, Block]]:
        """The unfolded rows, each with the line of the row it comes from."""
        for file, blocks in groupby(self.source.blocks(reject), key=itemgetter(0)):
            numbered = ((line, row) for _, block in blocks for line, row in zip(block.lines, block.rows, strict=True))
            for group in in_blocks(self.dialect.unfold(numbered, self.envelope)):
                yield file, RowBlock([row for _, row in group], [line for line, _ in group])


@dataclass(frozen=True)
class SpoolSource:
    """Rows that are laid by."""

    spool: RowSpool
    name: str

    def files(self) -> Sequence[str]:
        """None: a spool is no file of the user's."""
        return []

    def blocks(self, reject: OnReject | None, *, held: Held = "objects") -> Iterator[tuple[str, Block]]:
        """The blocks as they came."""
        return ((self.name, block) for block in self.spool.blocks())


@dataclass(frozen=True)
class JoinedSource:
    """Several sources, one after the other."""

    sources: Sequence[RowSource]

    def files(self) -> Sequence[str]:
        """The files of all sources."""
        return [file for source in self.sources for file in source.files()]

    def blocks(self, reject: OnReject | None, *, held: Held = "objects") -> Iterator[tuple[str, Block]]:
        """All blocks of the first, then of the second, and so on."""
        for source in self.sources:
            yield from source.blocks(reject, held=held)


def as_in_container(source: RowSource) -> RowSource:
    """The rows that a source unfolds, as they were before."""
    if isinstance(source, UnfoldedSource):
        return source.source
    if isinstance(source, JoinedSource):
        return JoinedSource([as_in_container(each) for each in source.sources])
    if isinstance(source, LimitedSource):
        return LimitedSource(as_in_container(source.source), source.limit)
    return source


@dataclass(frozen=True)
class RecodedSource:
    """The rows of a source in another dialect."""

    source: RowSource
    dialect: Dialect
    wanted: Dialect

    def files(self) -> Sequence[str]:
        """The files of the source."""
        return self.source.files()

    def blocks(self, reject: OnReject | None, *, held: Held = "objects") -> Iterator[tuple[str, Block]]:
        """The blocks, row by row the same records."""
        for name, block in self.source.blocks(reject):
            yield name, RowBlock([self.wanted.encode(self.dialect.decode(row)) for row in block.rows], block.lines)


@dataclass(frozen=True)
class AgainSource:
    """Rows that were gone through before: what could not be read then is told once."""

    source: RowSource

    def files(self) -> Sequence[str]:
        """The files of the source."""
        return self.source.files()

    def blocks(self, reject: OnReject | None, *, held: Held = "objects") -> Iterator[tuple[str, Block]]:
        """The blocks of the source."""
        return self.source.blocks(None if reject is None else lambda _: None, held=held)


@dataclass(frozen=True)
class LimitedSource:
    """The first rows of a source."""

    source: RowSource
    limit: int

    def files(self) -> Sequence[str]:
        """The files of the source."""
        return self.source.files()

    def blocks(self, reject: OnReject | None, *, held: Held = "objects") -> Iterator[tuple[str, Block]]:
        """Blocks until the limit is reached."""
        left = self.limit
        if left <= 0:
            return
        for name, block in self.source.blocks(reject, held=held):
            yield name, block if len(block) <= left else block.take(range(left))
            left -= len(block)
            if left <= 0:
                return


class KeptSource:
    """Some rows of a source: for each of its blocks in turn, the indices that stay."""

    def __init__(self, source: RowSource, kept: Sequence[Sequence[int]]) -> None:
        self._source = source
        self._kept = [_compact(indices) for indices in kept]

    def files(self) -> Sequence[str]:
        """The files of the source."""
        return self._source.files()

    def blocks(self, reject: OnReject | None, *, held: Held = "objects") -> Iterator[tuple[str, Block]]:
        """The blocks with what stays of them; a block of which nothing stays is left out."""
        blocks = self._source.blocks(reject)
        for indices in self._kept:
            found = next(blocks, None)
            if found is None:
                raise TilthError("a view names more batches than its data set has: this is a bug in the operation")
            name, block = found
            if indices:
                is_whole = isinstance(indices, range) and len(indices) == len(block)
                yield name, block if is_whole else block.take(indices)
        if next(blocks, None) is not None:
            raise TilthError("a view names fewer batches than its data set has: this is a bug in the operation")


def _compact(indices: Sequence[int]) -> Sequence[int]:
    """The same indices in four bytes each, or in none when they are a run."""
    run = range(indices[0], indices[-1] + 1) if indices else range(0)
    return run if len(run) == len(indices) and all(map(eq, run, indices)) else array("I", indices)
