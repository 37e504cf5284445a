"""Rows of several splits as columns of one schema, each split in files of its own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tilth.formats.block import Block
from tilth.formats.columnar import Columnar
from tilth.formats.container import Writer
from tilth.formats.sharding import Sharding
from tilth.formats.shards import ShardFiles, write_shards

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass
class WrittenSplit:
    """One split, and the files that it came to lie in."""

    name: str
    shards: ShardFiles
    rows: int = 0
    bytes: int = 0
    """Of its columns in memory."""
    files: list[Path] = field(default_factory=list)
    """Under their final names, when the writer is closed."""


class SplitsWriter(Writer):
    """Lays rows by until the columns of all splits are known: readers want the same in each."""

    def __init__(self, format: Columnar, shards_of: Callable[[str], ShardFiles], sharding: Sharding) -> None:
        from tilth.formats._columns_laid_by import ColumnsLaidBy

        self._format, self._shards_of, self._sharding = format, shards_of, sharding
        self._columns = ColumnsLaidBy(format, self._write_all)
        self._runs: list[tuple[str, int]] = []
        self.splits: dict[str, WrittenSplit] = {}
        self.schema: pa.Schema | None = None
        """The columns of all splits, when the writer is closed."""

    def begin(self, split: str) -> None:
        """Let the next rows belong to that split."""
        if split not in self.splits:
            self.splits[split] = WrittenSplit(split, self._shards_of(split))
        self._runs.append((split, 0))

    def write(self, block: Block) -> None:
        """Lay by rows of the split that was begun last, which is `train` when none was."""
        if not self._runs:
            self.begin("train")
        split, rows = self._runs[-1]
        self._runs[-1] = (split, rows + len(block))
        self._columns.write(block)

    def close(self) -> None:
        """Write the files of all splits."""
        if not self._runs:
            self.begin("train")
        self._columns.close()
        for split in self.splits.values():
            split.files = split.shards.settle()

    def _write_all(self, schema: "pa.Schema", batches: "Iterator[pa.RecordBatch]") -> None:
        self.schema = schema
        rest = _Rows(batches)
        for name, rows in self._runs:
            split = self.splits[name]
            split.rows += rows
            write_shards(self._format, split.shards, self._sharding, schema, _weighed(rest.take(rows), split))


class _Rows:
    """Batches that are handed out so many rows at a time."""

    def __init__(self, batches: "Iterator[pa.RecordBatch]") -> None:
        self._batches, self._left = batches, list["pa.RecordBatch"]()

    def take(self, rows: int) -> "Iterator[pa.RecordBatch]":
        while rows:
            batch = self._left.pop() if self._left else next(self._batches)
            if batch.num_rows > rows:
                self._left.append(batch.slice(rows))
                batch = batch.slice(0, rows)
            rows -= batch.num_rows
            yield batch


def _weighed(batches: "Iterator[pa.RecordBatch]", split: WrittenSplit) -> "Iterator[pa.RecordBatch]":
    for batch in batches:
        split.bytes += batch.nbytes
        yield batch
