"""Sentences of a CoNLL file: runs of token lines, with the lines that stand around them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, cast

from tilth.formats.conll_columns import IN_A_LINE, Columns, is_blank, is_document_mark
from tilth.formats.lines import LongLine, read_lines


@dataclass
class Sentence:
    """The lines of a sentence as they stand in the file: without newlines, and with the returns before these."""

    line: int
    """Number of its first token line."""
    byte_offset: int
    before: list[str] = field(default_factory=list)
    """Document marks, comments and blank lines behind the blank line that ends the sentence before."""
    lines: list[str] = field(default_factory=list)
    """Its token lines; what is not UTF-8 in them is there as lone surrogates."""
    after: list[str] = field(default_factory=list)
    """The blank line that ends it; of the last one, everything up to the end of the file."""
    is_long: bool = False
    """Whether it is longer than allowed: then only its beginning was kept."""
    is_ended: bool = True
    """Whether its last line has an end, which the last one of a file need not have."""


class Sentences:
    """The sentences of a stream, one after the other."""

    def __init__(self, source: BinaryIO, max_bytes: int) -> None:
        self._source, self._max_bytes = _Watched(source), max_bytes
        self.columns: Columns | None = None
        """The columns, told by the first sentence; None before it."""

    def __iter__(self) -> Iterator[Sentence]:
        """Every sentence; the last one with all that stands behind it."""
        ready: Sentence | None = None
        for found in self._runs():
            if ready is not None:
                yield ready
            ready = found
        if ready is not None:
            yield ready

    def _runs(self) -> Iterator[Sentence]:
        between: list[str] = []
        current: Sentence | None = None
        last: Sentence | None = None
        held = 0
        for number, offset, line in self._lines():
            if current is None:
                if line is not None and self._is_between(line):
                    between.append(line)
                    continue
                current, between, held = Sentence(number, offset, between), [], 0
                if self.columns is None and line is not None and Columns.of([line]).delimiter == IN_A_LINE:
                    self.columns = Columns.of([line])
            elif line is not None and (is_blank(line) or is_document_mark(line)):
                (current.after if is_blank(line) else between).append(line)
                yield (last := self._complete(current))
                current = None
                continue
            held += len(line or "")
            if line is None or held > self._max_bytes:
                current.is_long = True
            else:
                current.lines.append(line)
            if self.columns is not None and self.columns.delimiter == IN_A_LINE:
                yield (last := current)
                current = None
        if current is not None:
            yield (last := self._complete(current))
        if last is not None:
            last.after += between
            last.is_ended = self._source.last == b"\n"

    def _complete(self, sentence: Sentence) -> Sentence:
        if self.columns is None and sentence.lines:
            self.columns = Columns.of(sentence.lines)
            while sentence.before and not self._is_between(sentence.before[-1]):  # a token that looked like a comment
                sentence.lines.insert(0, sentence.before.pop())
                sentence.line -= 1
                sentence.byte_offset -= len(sentence.lines[0].encode("utf-8", errors="surrogateescape")) + 1
        return sentence

    def _is_between(self, line: str) -> bool:
        # Before the first sentence nobody knows the columns: the line itself has to say what it is.
        if is_blank(line) or is_document_mark(line):
            return True
        return (self.columns or Columns.of_first(line)).is_comment(line)

    def _lines(self) -> Iterator[tuple[int, int, str | None]]:
        """Every line with its number and its place in bytes; None for one that is too long to be held."""
        for group in read_lines(cast(BinaryIO, self._source), self._max_bytes, keep_returns=True):
            if isinstance(group, LongLine):
                yield group.line, group.byte_offset, None
                continue
            offset = group.byte_offset
            for number, raw in enumerate(group.lines, group.first_line):
                yield number, offset, raw.decode("utf-8", errors="surrogateescape")
                offset += len(raw) + 1


class _Watched:
    """A stream of which the last byte that was read is known."""

    def __init__(self, source: BinaryIO) -> None:
        self._source, self.last = source, b"\n"

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes."""
        found = self._source.read(size)
        self.last = found[-1:] or self.last
        return found
