"""Consecutive rows as their container holds them: raw lines, a slice of an Arrow table, or parsed rows."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from tilth.formats.json_spelling import spelled_like
from tilth.formats.strict_json import parse_trusted
from tilth.schemas import dump_json

Row = Mapping[str, Any]


class Block(ABC):
    """Rows on their way through. What is not asked for is not parsed, and what is not changed is not written anew."""

    lines: Sequence[int]
    """Line (or row) number of each row in its file, from 1."""
    passed: int = 0
    """Rows of the same piece of the file that are left out, because whoever reads has no use for them."""

    @property
    @abstractmethod
    def rows(self) -> Sequence[Row]:
        """The rows, parsed."""

    @abstractmethod
    def take(self, indices: Sequence[int]) -> "Block":
        """Some of the rows, in the given order, as raw as they are."""

    def replaced(self, rows: Sequence[Row | None]) -> "Block":
        """The same rows with other content where a row is given and untouched where it is None."""
        kept = [old if new is None else new for old, new in zip(self.rows, rows, strict=True)]
        return RowBlock(kept, self.lines)

    def json_lines(self) -> "bytes | memoryview":
        """The rows as JSON lines, each with its newline: the bytes of a line that was read, compact JSON otherwise."""
        return b"".join([dump_json(row) + b"\n" for row in self.rows])

    def __len__(self) -> int:
        return len(self.lines)


class RowBlock(Block):
    """Rows that exist only as parsed values (from CSV or YAML, or made by an operation)."""

    def __init__(self, rows: Sequence[Row], lines: Sequence[int]) -> None:
        self._rows, self.lines = rows, lines

    @property
    def rows(self) -> Sequence[Row]:
        """The rows."""
        return self._rows

    def take(self, indices: Sequence[int]) -> "RowBlock":
        """Some of the rows, in the given order."""
        return RowBlock([self._rows[index] for index in indices], [self.lines[index] for index in indices])


class LineBlock(Block):
    """JSONL rows: the bytes of each line (without its end) beside the value that the reader parsed."""

    def __init__(self, raw: Sequence[bytes], rows: Sequence[Row] | None, lines: Sequence[int]) -> None:
        """Without `rows`, lines that were read before and found good are parsed when somebody asks for them."""
        self.raw, self._rows, self.lines = raw, rows, lines

    @property
    def rows(self) -> Sequence[Row]:
        """The rows, parsed."""
        if self._rows is None:
            self._rows = parse_trusted(b"\n".join(self.raw)) if self.raw else []
        return self._rows

    def take(self, indices: Sequence[int]) -> "LineBlock":
        """Some of the lines, in the given order, untouched."""
        rows = None if self._rows is None else [self._rows[index] for index in indices]
        return LineBlock([self.raw[index] for index in indices], rows, [self.lines[index] for index in indices])

    def json_lines(self) -> bytes:
        """The lines as they were read."""
        return b"\n".join([*self.raw, b""])

    def replaced(self, rows: Sequence[Row | None]) -> "LineBlock":
        """The same lines, with new bytes only where a row is given."""
        raw = [
            line if new is None else spelled_like(line, old, new)
            for line, old, new in zip(self.raw, self.rows, rows, strict=True)
        ]
        kept = [old if new is None else new for old, new in zip(self.rows, rows, strict=True)]
        return LineBlock(raw, kept, self.lines)
