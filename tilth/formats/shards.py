"""Rows into several files, named `out-00000-of-00007.jsonl.zst` and so on when it is known how many there are."""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from tilth.errors import UsageError
from tilth.formats.atomic import refuse_same_file, writing_to
from tilth.formats.block import Block, LineBlock
from tilth.formats.columnar import Columnar
from tilth.formats.compression import compressed, compression_of
from tilth.formats.container import Format, Writer, WriteSettings
from tilth.formats.sharding import SHARD, Filling, Sharding
from tilth.formats.temporary_folder import synced, temporary_folder
from tilth.schemas import dump_json

if TYPE_CHECKING:
    import pyarrow as pa

_MOST_SHARDS = 100_000  # as many as five digits number
_BUFFER_BYTES = 1 << 20
_WEIGHED_ROWS = 16


@contextmanager
def shard_writer(
    pattern: str, format: Format, settings: WriteSettings, *, overwrite: bool, inputs: Sequence[Path | str]
) -> Iterator[Writer]:
    """A writer of the files that `pattern` names. They appear under their names, in order, when the block ends.

    An older set of the same name is refused, or replaced as a whole: what a killed run leaves is either set or one
    that lacks a shard, which every reader notices, and never shards of both.
    """
    if pattern == "-":
        raise UsageError("several files do not go to standard output", fix="-o out-{shard}.jsonl")
    if settings.sharding is None:
        raise UsageError(
            f"{SHARD} in the output's name asks for several files, and how large they are is not said",
            where=pattern,
            fix="--shard-rows 100000, or --shard-size 500MB",
        )
    target = Path(pattern)
    if target.name.count(SHARD) != 1 or SHARD in str(target.parent):
        raise UsageError(f"{SHARD} stands once, in the name of the file", where=pattern, fix="-o out-{shard}.jsonl")
    earlier = shards_named(target)
    if earlier and not overwrite:
        raise UsageError("the output exists", where=str(earlier[0]), fix="--overwrite, to replace all of its shards")
    for file in earlier:
        refuse_same_file(file, inputs)
    with writing_to(pattern), temporary_folder(target) as folder:
        files = ShardFiles(folder, target.name)
        yield _writer(format, settings, settings.sharding, files)
        files.publish(target.parent, earlier)


def shards_named(target: Path) -> list[Path]:
    """The files of a complete or torn set that lie where `target` would put its own."""
    before, after = map(re.escape, target.name.split(SHARD))
    name = re.compile(rf"{before}\d{{5,}}-of-\d{{5,}}{after}", re.DOTALL)
    if not target.parent.is_dir():
        return []
    return sorted(file for file in target.parent.iterdir() if name.fullmatch(file.name) and file.is_file())


class ShardFiles:
    """The files of a set while they are written: numbered, and named when it is known how many there are."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name
        self.count = 0

    @contextmanager
    def next(self) -> Iterator[BinaryIO]:
        """The next file, compressed as its name says, and on disk when the block ends."""
        if self.count == _MOST_SHARDS:
            raise UsageError(f"there would be more than {_MOST_SHARDS} shards", fix="larger ones")
        path = self._temporary(self.count)
        with path.open("xb", buffering=_BUFFER_BYTES) as file:
            with compressed(file, compression_of(self._name)) as sink:
                yield sink
            file.flush()
            os.fsync(file.fileno())
        self.count += 1

    def named(self) -> list[tuple[Path, str]]:
        """Each file and the name that it gets."""
        return [
            (self._temporary(index), self._name.replace(SHARD, f"{index:05d}-of-{self.count:05d}"))
            for index in range(self.count)
        ]

    def _temporary(self, index: int) -> Path:
        return self._folder / f"{index}-{self._name}"

    def settle(self) -> list[Path]:
        """Give all files their names where they are, and return them."""
        for temporary, name in self.named():
            temporary.replace(self._folder / name)
        return [self._folder / name for _, name in self.named()]

    def publish(self, target: Path, earlier: Sequence[Path]) -> None:
        """Put all files in their places, and remove those of an earlier set.

        The earlier set goes first: shards of two sets of equally many files could not be told apart.
        """
        moves = [(file, self._folder / f"earlier-{file.name}") for file in earlier]
        moves += [(temporary, target / name) for temporary, name in self.named()]
        done: list[tuple[Path, Path]] = []
        try:
            for source, place in moves:
                source.replace(place)
                done.append((source, place))
            synced(target)
        except BaseException:
            for source, place in reversed(done):
                place.replace(source)
            raise


def write_shards(
    format: Columnar, files: ShardFiles, sharding: Sharding, schema: "pa.Schema", batches: "Iterator[pa.RecordBatch]"
) -> None:
    """Batches of one schema into as many files as it takes; at least one, which may be empty."""
    filling, rest = Filling(sharding), batches
    while True:
        first = next(rest, None)
        if first is None and files.count:
            return
        filling.start_anew()
        shard = _Shard(filling, rest if first is None else chain([first], rest))
        with files.next() as sink:
            format.write_batches(sink, schema, shard.batches())
        rest = shard.rest()


class _Shard:
    """As many batches as fit into one file, and those that come after them."""

    def __init__(self, filling: Filling, batches: "Iterator[pa.RecordBatch]") -> None:
        self._filling, self._batches = filling, batches
        self._left: list[pa.RecordBatch] = []

    def batches(self) -> "Iterator[pa.RecordBatch]":
        for batch in self._batches:
            fitting = self._filling.take(batch.num_rows, batch.nbytes)
            if fitting:
                yield batch.slice(0, fitting)
            if fitting < batch.num_rows:
                self._left = [batch.slice(fitting)]
                return

    def rest(self) -> "Iterator[pa.RecordBatch]":
        return chain(self._left, self._batches)


class _ShardedWriter(Writer):
    """Begins another file whenever one is full."""

    def __init__(self, format: Format, settings: WriteSettings, sharding: Sharding, files: ShardFiles) -> None:
        self._format, self._settings, self._files = format, settings, files
        self._filling = Filling(sharding)
        self._current: _OpenShard | None = None

    def write(self, block: Block) -> None:
        """Append the rows of a block, over as many files as it takes."""
        start, size = 0, _bytes_of(block)
        while start < len(block):
            left = len(block) - start
            fitting = self._filling.take(left, size * left // len(block))
            if not fitting:
                self._close()
                continue
            self._open().write(block.take(range(start, start + fitting)) if fitting < len(block) else block)
            start += fitting

    def close(self) -> None:
        """Complete the last file, which is an empty one when there were no rows."""
        if not self._files.count:
            self._open()
        self._close()

    def _open(self) -> "_OpenShard":
        if self._current is None:
            self._current = _OpenShard(self._files, self._format, self._settings)
        return self._current

    def _close(self) -> None:
        if self._current is not None:
            self._current.close()
            self._current = None
        self._filling.start_anew()


class _OpenShard:
    """One file of the set, as a writer."""

    def __init__(self, files: ShardFiles, format: Format, settings: WriteSettings) -> None:
        self._file = files.next()
        self._writer = format.writer(self._file.__enter__(), settings)

    def write(self, block: Block) -> None:
        self._writer.write(block)

    def close(self) -> None:
        self._writer.close()
        self._file.__exit__(None, None, None)


def _writer(format: Format, settings: WriteSettings, sharding: Sharding, files: ShardFiles) -> Writer:
    if isinstance(format, Columnar):
        from tilth.formats._columns_laid_by import ColumnsLaidBy

        # All shards have one schema, which only all rows together tell.
        return ColumnsLaidBy(format, partial(write_shards, format, files, sharding))
    return _ShardedWriter(format, settings, sharding, files)


def _bytes_of(block: Block) -> int:
    """About how many bytes the rows of a block are as JSON lines."""
    if isinstance(block, LineBlock):
        return sum(map(len, block.raw))
    weighed = range(0, len(block), max(1, len(block) // _WEIGHED_ROWS))
    return sum(len(dump_json(block.rows[index])) for index in weighed) * len(block) // max(1, len(weighed))
