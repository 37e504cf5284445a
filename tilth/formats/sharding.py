"""How rows are cut into files of about one size."""

from dataclasses import dataclass
from pathlib import Path

SHARD = "{shard}"
"""What stands in an output's name for the number of the file and of all files: `out-{shard}.jsonl`."""


def unsharded(path: Path) -> Path:
    """What stands for a whole set of files where something is named after it: `out.jsonl` for `out-{shard}.jsonl`."""
    return path.with_name(path.name.replace(f"-{SHARD}", "").replace(SHARD, "") or "shards")


@dataclass(frozen=True)
class Sharding:
    """When a file is full. Where both are given, whichever comes first counts."""

    rows: int | None = None
    bytes: int | None = None
    """Of the rows as they lie in memory, which is about their size as JSON lines before compression."""


class Filling:
    """How full the file is that is being written."""

    def __init__(self, sharding: Sharding) -> None:
        self._sharding = sharding
        self._rows = self._bytes = 0

    def take(self, rows: int, size: int) -> int:
        """How many of `rows` rows of together about `size` bytes still fit; so many are counted as written.

        An empty file takes at least one row, a full one none.
        """
        fitting = rows
        if self._sharding.rows is not None:
            fitting = min(fitting, self._sharding.rows - self._rows)
        if self._sharding.bytes is not None and rows:
            row_bytes = max(1, size // rows)
            left = self._sharding.bytes - self._bytes
            fitting = min(fitting, max(left // row_bytes, 0 if self._rows else 1))
        self._rows += fitting
        self._bytes += fitting * (size // rows) if rows else 0
        return fitting

    def start_anew(self) -> None:
        """Begin an empty file."""
        self._rows = self._bytes = 0
