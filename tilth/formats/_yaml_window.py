"""The bytes of a YAML stream on their way to the parser, the last of them kept for messages and for starting anew."""

import re
from typing import BinaryIO

from tilth.errors import DataError
from tilth.formats._yaml_characters import Intake
from tilth.formats.container import ReadSettings

_BOM = b"\xef\xbb\xbf"
_BREAK = re.compile(rb"\r\n|\r|\n")
_DOCUMENT = re.compile(rb"(?<=[\r\n])---(?=[ \t\r\n])")
_MARKER_BYTES = 4  # the break before it and the three hyphens
_TEXT = re.compile(rb"(?:(?<=[\r\n])|\A)[ \t]*[^ \t\r\n#]")
_LAST_BLANKS = re.compile(rb"(?:\A|[\r\n])[ \t]+\Z")
_CHUNK_BYTES = 1 << 16
_KEPT_BYTES = 1 << 20


class Window:
    """A stream that remembers what it gave since the row that is being read began, and not more than a row may have."""

    def __init__(self, source: BinaryIO, settings: ReadSettings, ahead: bytes = b"", line: int = 1) -> None:
        self._source, self._settings, self._ahead = source, settings, ahead
        self._intake = Intake()
        self._given = bytearray()
        self.line = line
        """The number of the first line that is kept."""
        self._known = line, 0  # where a line begins that was looked for
        self._is_at_start, self._is_at_end = line == 1, False
        self.bytes_read = 0

    def has_stand_ins(self) -> bool:
        """Whether what the parser got holds other characters than the stream."""
        return self._intake.has_stand_ins

    def read(self, size: int = -1) -> bytes:
        """The next bytes, in characters that the parser takes."""
        given = b""
        while not given and not self._is_at_end:
            given = self._next(size)
        return given

    def begin_row(self, line: int) -> None:
        """Forget what stands before a line."""
        if line > self.line:
            del self._given[: self._place(line)]
            self.line, self._known = line, (line, 0)

    def text(self, first: int, last: int) -> bytes:
        """Lines of the stream, of those that are kept."""
        begin = self._place(first)
        self._place(last)
        known = self._known  # the next row begins on the last line of this one
        text = bytes(self._given[begin : self._place(last + 1)])
        self._known = known
        return text

    def next_document(self) -> tuple[bytes, "Window | None"]:
        """What is left of a document, as far as it is kept, and a window that begins with the `---` behind it."""
        left, rest, line = b"", bytes(self._given) + self._ahead, self.line
        while (found := _DOCUMENT.search(rest)) is None:
            cut = max(len(rest) - _MARKER_BYTES, 0)  # a marker may be cut in two
            cut -= rest[cut - 1 : cut + 1] == b"\r\n"
            left, line = _grown(left, rest[:cut]), line + len(_BREAK.findall(rest[:cut]))
            more = self._source.read(_CHUNK_BYTES)
            if not more:
                return _grown(left, rest[cut:]), None
            rest = rest[cut:] + more
        before = rest[: found.start()]
        line += len(_BREAK.findall(before))
        return _grown(left, before), Window(self._source, self._settings, rest[found.start() :], line)

    def first_line_with_text(self) -> int:
        """The first line kept that has something on it besides a comment."""
        found = _TEXT.search(self._given)
        return self.line + (len(_BREAK.findall(self._given[: found.start()])) if found else 0)

    def _next(self, size: int) -> bytes:
        chunk = self._ahead or self._source.read(size)
        self._ahead, self._is_at_end = b"", not chunk
        if self._is_at_start and chunk:
            chunk, self._is_at_start = chunk.removeprefix(_BOM), False
        self._given += chunk
        self.bytes_read += len(chunk)
        if len(self._given) > self._settings.max_line_bytes:
            what = f"one row has more than {self._settings.max_line_bytes} bytes"
            raise DataError(what, where=f"{self._settings.name}:{self.line}")
        given = self._intake.take(chunk, is_last=self._is_at_end)
        # Of a last line that is only blanks, and has no end, libyaml makes another text than where it has one.
        return given + b"\n" if self._is_at_end and _LAST_BLANKS.search(self._given) else given

    def _place(self, line: int) -> int:
        """Where a line begins among the bytes that are kept, or where they end."""
        known, place = self._known if self._known[0] <= line else (self.line, 0)
        if known < line:
            has_returns = self._given.find(b"\r", place) >= 0
            for _ in range(line - known):
                found = _BREAK.search(self._given, place) if has_returns else None
                place = found.end() if found else self._given.find(b"\n", place) + 1 or len(self._given)
            self._known = line, place
        return place


def _grown(kept: bytes, more: bytes) -> bytes:
    return kept + more[: max(_KEPT_BYTES - len(kept), 0)]
