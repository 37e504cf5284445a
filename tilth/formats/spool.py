"""Rows laid by until they are gone through: in memory while they are few, in an unnamed file when they are many."""

import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO, TypeVar, cast

from tilth.formats.block import Block, LineBlock, Row
from tilth.formats.container import BLOCK_ROWS
from tilth.formats.strict_json import parse_trusted
from tilth.schemas import dump_json

_MEMORY_BYTES = 16 * 1024 * 1024
_Row = TypeVar("_Row")


class RowSpool:
    """Rows as JSON lines, appended in order and gone through any number of times, also at the same time."""

    def __init__(self) -> None:
        self._chunks: list[tuple[int, int, int, int]] = []  # place, bytes, rows, number of the first row
        self._memory = bytearray()
        self._file: BinaryIO | None = None
        self._bytes = self.rows = 0

    def append(self, block: Block) -> None:
        """Lay by the rows of a block; lines keep their bytes."""
        self.append_raw(block.raw if isinstance(block, LineBlock) else [dump_json(row) for row in block.rows])

    def append_rows(self, rows: Sequence[Row]) -> None:
        """Lay by parsed rows."""
        self.append_raw([dump_json(row) for row in rows])

    def append_raw(self, raw: Sequence[bytes]) -> None:
        """Lay by rows that are JSON texts without a newline in them."""
        text = b"\n".join(raw)
        self._chunks.append((self._bytes, len(text), len(raw), self.rows + 1))
        self._bytes += len(text)
        self.rows += len(raw)
        if self._file is None and len(self._memory) + len(text) > _MEMORY_BYTES:
            # It lives as long as the spool does, and has no name to be left behind.
            self._file = cast(BinaryIO, tempfile.TemporaryFile(prefix="tilth-"))  # noqa: SIM115
            self._file.write(self._memory)
            self._memory = bytearray()
        if self._file is None:
            self._memory += text
        else:
            self._file.write(text)

    def blocks(self) -> Iterator[LineBlock]:
        """All rows in order, numbered from 1, in the blocks in which they came."""
        for place, size, rows, first in list(self._chunks):
            if rows:
                text = self._read(place, size)
                yield LineBlock(text.split(b"\n"), parse_trusted(text), range(first, first + rows))

    def _read(self, place: int, size: int) -> bytes:
        if self._file is None:
            return bytes(self._memory[place : place + size])
        self._file.flush()
        return os.pread(self._file.fileno(), size, place)


def in_blocks(rows: Iterable[_Row]) -> Iterator[list[_Row]]:
    """Rows in lists of at most 4096."""
    waiting: list[_Row] = []
    for row in rows:
        waiting.append(row)
        if len(waiting) == BLOCK_ROWS:
            yield waiting
            waiting = []
    if waiting:
        yield waiting
