"""Lines of a byte stream, split on newline and on nothing else, in groups that are read together."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, ClassVar

_CHUNK_BYTES = 2 << 20
_REST_BYTES = 4096
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

    @property
    def count(self) -> int:
        """How many lines there are."""
        return len(self.lines)

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
    count: ClassVar[int] = 1


@dataclass(frozen=True)
class Piece:
    """Some whole lines of a file, not yet taken apart; the last one of a file may lack its newline."""

    byte_offset: int
    text: bytes
    is_cut: bool = False
    """Whether this is only the beginning of a single line, which is longer than allowed."""

    @property
    def whole(self) -> bytes:
        """The lines, each with its newline; nothing where a line is cut."""
        if self.is_cut:
            return b""
        return self.text if self.text.endswith(b"\n") else self.text + b"\n"


def read_lines(
    source: BinaryIO, max_line_bytes: int, *, keep_returns: bool = False, first_line: int = 1, byte_offset: int = 0
) -> Iterator[LineGroup | LongLine]:
    """All lines in groups of about two mebibytes. One byte order mark at the start is dropped, and counted as read.

    `keep_returns` leaves a carriage return before the newline on its line. `first_line` and `byte_offset` are those of
    the stream in its file.
    """
    line = first_line
    for piece in read_pieces(source, max_line_bytes, byte_offset):
        groups = lines_of(piece, line, max_line_bytes, keep_returns=keep_returns)
        for group in groups:
            yield group
            line += group.count


def lines_of(
    piece: Piece, first_line: int, max_line_bytes: int, *, keep_returns: bool = False
) -> Iterator[LineGroup | LongLine]:
    """The lines of a piece, with each that is too long taken out of them."""
    if piece.is_cut:
        yield LongLine(first_line, piece.byte_offset, piece.text)
        return
    group = _group(piece.text.removesuffix(b"\n"), first_line, piece.byte_offset, keep_returns)
    if len(piece.text) <= max_line_bytes:
        yield group
    else:
        yield from _without_long(group, max_line_bytes)


def read_pieces(source: BinaryIO, max_line_bytes: int, byte_offset: int = 0) -> Iterator[Piece]:
    """The stream in pieces of about two mebibytes, cut at newlines; see `read_lines`."""
    begun, offset = after_bom(source, byte_offset)
    while parts := [part for part in (begun, source.read(_CHUNK_BYTES)) if part]:
        begun, left = b"", _behind_newline(parts)
        # A line is read to its end, a few bytes more at a time: so a piece is joined once, outside of the interpreter.
        while 0 < left <= max_line_bytes and (more := source.read(_REST_BYTES)):
            end = more.find(b"\n") + 1
            parts.append(more[:end] if end else more)
            begun, left = (more[end:], 0) if end else (b"", left + len(more))
        text = b"".join(parts)
        if left <= max_line_bytes:
            yield Piece(offset, text)
            offset += len(text)
            continue
        begin = len(text) - left
        if begin:
            yield Piece(offset, text[:begin])
        yield Piece(offset + begin, text[begin:][:_SHOWN_BYTES], is_cut=True)
        skipped, begun = _skip_line(source)
        offset += len(text) + skipped


def _behind_newline(parts: list[bytes]) -> int:
    """How many bytes stand behind the last newline."""
    behind = 0
    for part in reversed(parts):
        newline = part.rfind(b"\n")
        behind += len(part) - newline - 1
        if newline >= 0:
            break
    return behind


def after_bom(source: BinaryIO, byte_offset: int = 0) -> tuple[bytes, int]:
    """The first bytes of a stream, and where in their file they lie; none where they are a byte order mark."""
    start = source.read(len(_BOM)) if byte_offset == 0 else b""
    return (b"", len(_BOM)) if start == _BOM else (start, byte_offset)


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
