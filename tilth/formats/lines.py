"""Lines of a byte stream, split on newline and on nothing else, in groups that are read together."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_CHUNK_BYTES = 1 << 20
_BOM = b"\xef\xbb\xbf"
_SHOWN_BYTES = 200


@dataclass(frozen=True)
class LineGroup:
    """Consecutive lines without their ends (a carriage return before the newline belongs to the end, if not kept)."""

    first_line: int
    byte_offset: int
    lines: list[bytes]
    ends: list[int] | None = None
    """Bytes that each line took in the file; None when each took one more than it has."""

    def offset_of(self, index: int) -> int:
        """Where in the stream a line begins, in bytes from its start."""
        sizes = self.ends[:index] if self.ends else (len(line) + 1 for line in self.lines[:index])
        return self.byte_offset + sum(sizes)


@dataclass(frozen=True)
class LongLine:
    """A line that is longer than allowed: only its beginning was kept."""

    line: int
    byte_offset: int
    start: bytes


def read_lines(source: BinaryIO, max_line_bytes: int, *, keep_returns: bool = False) -> Iterator[LineGroup | LongLine]:
    """All lines in groups of about a mebibyte. One byte order mark at the start is dropped, and counted as read.

    `keep_returns` leaves a carriage return before the newline on its line.
    """
    ahead, line, offset = source.read(len(_BOM)), 1, 0
    if ahead == _BOM:
        ahead, offset = b"", len(_BOM)
    parts: list[bytes] = []
    waiting = 0
    while chunk := ahead + source.read(_CHUNK_BYTES):
        ahead = b""
        parts.append(chunk)
        waiting += len(chunk)
        if b"\n" not in chunk:
            if waiting > max_line_bytes:
                yield LongLine(line, offset, b"".join(parts)[:_SHOWN_BYTES])
                skipped, ahead = _skip_line(source)
                line, offset, parts, waiting = line + 1, offset + waiting + skipped, [], 0
            continue
        text = b"".join(parts)
        end = text.rindex(b"\n")
        group = _group(text[:end], line, offset, keep_returns)
        yield from _without_long(group, max_line_bytes)
        line, offset, parts = line + len(group.lines), offset + end + 1, [text[end + 1 :]]
        waiting = len(parts[0])
    if last := b"".join(parts):
        yield from _without_long(_group(last, line, offset, keep_returns), max_line_bytes)


def _group(text: bytes, line: int, offset: int, keep_returns: bool) -> LineGroup:
    lines = text.split(b"\n")
    if keep_returns or b"\r" not in text:
        return LineGroup(line, offset, lines)
    ends = [len(raw) + 1 for raw in lines]
    return LineGroup(line, offset, [raw[:-1] if raw.endswith(b"\r") else raw for raw in lines], ends)


def _without_long(group: LineGroup, max_line_bytes: int) -> Iterator[LineGroup | LongLine]:
    """The group, with each line that is too long taken out of it."""
    long = [index for index, raw in enumerate(group.lines) if len(raw) > max_line_bytes]
    begin = 0
    for index in (*long, len(group.lines)):
        if index > begin:
            ends = group.ends[begin:index] if group.ends else None
            yield LineGroup(group.first_line + begin, group.offset_of(begin), group.lines[begin:index], ends)
        if index < len(group.lines):
            yield LongLine(group.first_line + index, group.offset_of(index), group.lines[index][:_SHOWN_BYTES])
        begin = index + 1


def _skip_line(source: BinaryIO) -> tuple[int, bytes]:
    """Read on to the end of the line; the number of bytes skipped, and what was read of the lines after it."""
    skipped = 0
    while chunk := source.read(_CHUNK_BYTES):
        end = chunk.find(b"\n")
        if end >= 0:
            return skipped + end + 1, chunk[end + 1 :]
        skipped += len(chunk)
    return skipped, b""
