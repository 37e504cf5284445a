"""Tokenised rows in an Arrow file on disk, so that a large training set is mapped into memory instead of held there."""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from tilth.trainers.environment import library

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS_PER_BATCH = 1024


class TokenStore:
    """Rows of token lists, written once and then opened as a `datasets.Dataset`."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        import pyarrow as pa

        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path, self.columns, self.rows, self.learned_tokens = path, tuple(columns), 0, 0
        self.longest = dict.fromkeys(columns, 0)
        """Tokens in the longest row of each column."""
        self._digest = sha256()
        self._schema = pa.schema([(name, pa.list_(pa.int32())) for name in columns])
        self._writer = pa.ipc.new_stream(str(path), self._schema)
        self._waiting: list[Mapping[str, list[int]]] = []

    def add(self, row: Mapping[str, list[int]], learned_tokens: int) -> None:
        """Append one row."""
        self.rows += 1
        self.learned_tokens += learned_tokens
        self._digest.update(repr(sorted(row.items())).encode())
        for name, tokens in row.items():
            self.longest[name] = max(self.longest[name], len(tokens))
        self._waiting.append(row)
        if len(self._waiting) == _ROWS_PER_BATCH:
            self._write()

    def close(self) -> None:
        """Complete the file."""
        self._write()
        self._writer.close()

    @property
    def digest(self) -> str:
        """sha256 of everything added so far: it names this data to a checkpoint."""
        return self._digest.hexdigest()

    def batches(self, column: str) -> "Iterator[pa.ListArray[Any]]":
        """One column of a completed file as Arrow lists, some rows at a time."""
        import pyarrow as pa

        with pa.memory_map(str(self.path)) as file, pa.ipc.open_stream(file) as reader:
            for batch in reader:
                yield cast("pa.ListArray[Any]", batch.column(column))

    def dataset(self) -> Any:
        """The rows as the trainer reads them."""
        return library("datasets").Dataset.from_file(str(self.path))

    def _write(self) -> None:
        import pyarrow as pa

        if not self._waiting:
            return
        columns = []
        for name in self.columns:
            # Flat numbers and where each row begins: a tenth of the time that lists of lists take.
            flat, starts = array("i"), array("i", [0])
            for row in self._waiting:
                flat.extend(row[name])
                starts.append(len(flat))
            columns.append(pa.ListArray.from_arrays(_numbers(starts), _numbers(flat)))
        self._writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=self._schema))
        self._waiting = []


def _numbers(values: "array[int]") -> "pa.Int32Array":
    import numpy as np
    import pyarrow as pa

    return pa.array(np.array(values, np.int32), pa.int32())
