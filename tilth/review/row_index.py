"""Where each row of a JSONL file begins: with it a million records open in a second, and any of them shows at once."""

import os
from array import array
from bisect import bisect_right
from io import BytesIO
from itertools import accumulate
from pathlib import Path

from tilth.errors import DataError, UsageError

_CHUNK_BYTES = 4 * 1024 * 1024
_MAX_LINE_BYTES = 64 * 1024 * 1024  # the reader's own limit: a longer line is no record for it either
_BOM = b"\xef\xbb\xbf"


class RowIndex:
    """Byte offsets of the rows of a JSONL file, read in chunks: 8 bytes of memory per row, whatever their length.

    Lines are split on `\\n` alone and blank lines are no rows, exactly as the reader does it. The file stays open, so
    the rows stay readable when another program replaces it.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as failure:
            raise UsageError(f"{path} cannot be read: {failure.strerror}") from failure
        self.path = path
        self.size = os.fstat(self._descriptor).st_size
        self._starts = array("Q")
        self._ends = array("Q", [0])  # where the line before the next row ends: only the last one is kept
        self._blanks = array("Q")  # for each blank line, the number of rows before it
        self._rest = b""
        self._read_bytes = 0
        self._rows = 0
        if os.pread(self._descriptor, len(_BOM), 0) == _BOM:
            self._read_bytes = self._ends[0] = len(_BOM)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)

    def __len__(self) -> int:
        return self._rows

    @property
    def is_complete(self) -> bool:
        """True once the whole file has been gone through."""
        return self._read_bytes >= self.size

    def grow(self) -> bool:
        """Go through one more chunk of the file; False when there is nothing left."""
        if self.is_complete:
            return False
        chunk = os.pread(self._descriptor, _CHUNK_BYTES, self._read_bytes)
        self._read_bytes = self._read_bytes + len(chunk) if chunk else self.size
        lines, newline, self._rest = (self._rest + chunk).rpartition(b"\n")
        if self._read_bytes >= self.size and self._rest:
            lines, newline, self._rest = lines + newline + self._rest, b"\n", b""
        if len(self._rest) > _MAX_LINE_BYTES:
            raise DataError("a line is longer than 64 MiB", where=f"{self.path}:{self.line(len(self))}")
        self._add(lines + newline)
        return True

    def read(self, row: int) -> bytes:
        """The bytes of one row, with the end of its line. Raises `IndexError` outside the rows gone through."""
        return self.read_span(row, row + 1)

    def read_span(self, first: int, after: int) -> bytes:
        """The bytes of consecutive rows and of what lies between them, in one read."""
        if not 0 <= first < after <= self._rows:
            raise IndexError(first)
        # Looked up before the starts, because another thread may be adding rows: it sets the end last.
        last_end = self._ends[0]
        start = self._starts[first]
        end = self._starts[after] if after < len(self._starts) else last_end
        return os.pread(self._descriptor, end - start, start)

    def line(self, row: int) -> int:
        """The line number of a row, from 1."""
        return row + 1 + bisect_right(self._blanks, row)

    def _add(self, lines: bytes) -> None:
        base = self._ends[0]
        # In C from end to end: this is the loop over a million lines.
        starts = array("Q", accumulate(map(len, BytesIO(lines)), initial=base))
        end = starts.pop()
        # Blank lines are rare, and finding that there is none must cost less than the scan: a pattern, or a search
        # for two characters of which the second is a space, takes ten times as long.
        if lines.startswith(b"{") + lines.count(b"\n{") != len(starts):
            starts = self._without_blanks(starts, lines)
        self._starts.extend(starts)
        self._ends[0] = end
        self._rows = len(self._starts)

    def _without_blanks(self, starts: "array[int]", lines: bytes) -> "array[int]":
        kept = array("Q")
        for start, line in zip(starts, BytesIO(lines), strict=True):
            if line.isspace():
                self._blanks.append(len(self._starts) + len(kept))
            else:
                kept.append(start)
        return kept
