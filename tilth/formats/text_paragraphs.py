"""The container `paragraphs`: texts with blank lines between them.

A blank line has nothing but white space in it; how many stand between two texts, and before the first, says nothing.
Inside of a text, lines end with `\\n` whatever the file has. A text with a blank line in it is not written, because it
would be two rows when it is read.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from tilth.formats.block import Block, Row, RowBlock
from tilth.formats.container import BLOCK_BYTES, BLOCK_ROWS, PLAIN_WRITING, Format, ReadSettings, Writer, WriteSettings
from tilth.formats.text_groups import read_text
from tilth.formats.text_writing import BYTE_ORDER_MARK, TextRows


class Paragraphs(Format):
    """Texts with blank lines between them."""

    name = "paragraphs"
    suffixes = ()

    def read(self, source: BinaryIO, settings: ReadSettings) -> Iterator[Block]:
        """Blocks of rows `{"text": ...}`; line numbers are those at which a text begins."""
        rows: list[Row] = []
        places: list[int] = []
        held = 0
        for line, text in _paragraphs(source, settings):
            rows.append({"text": text})
            places.append(line)
            held += len(text)
            if len(rows) == BLOCK_ROWS or held >= BLOCK_BYTES:
                yield RowBlock(rows, places)
                rows, places, held = [], [], 0
        if rows:
            yield RowBlock(rows, places)

    def writer(self, sink: BinaryIO, settings: WriteSettings = PLAIN_WRITING) -> Writer:
        """A writer of texts with a blank line between them."""
        return ParagraphsWriter(sink, settings)


class ParagraphsWriter(Writer):
    """Writes texts with a blank line between them."""

    def __init__(self, sink: BinaryIO, settings: WriteSettings = PLAIN_WRITING) -> None:
        self._sink, self._rows = sink, TextRows("paragraphs", settings)
        self._is_first = True

    def write(self, block: Block) -> None:
        """Append the texts of a block."""
        for line, text in self._rows.texts(block):
            lines = text.split("\n")
            if not all(map(_is_text, lines)) or any(each.endswith("\r") for each in lines):
                raise self._rows.cannot_hold(line, "a text that is empty, or has a blank line or a \\r\\n in it")
            if self._is_first and text.startswith(BYTE_ORDER_MARK):
                raise self._rows.cannot_hold(line, "a text that begins with a byte order mark, first of all")
            self._sink.write((text if self._is_first else "\n" + text).encode("utf-8") + b"\n")
            self._is_first = False

    def close(self) -> None:
        """Say what was left out; every block was written when it came."""
        self._rows.close()


@dataclass
class _Paragraph:
    begin: int = 0
    lines: list[str] = field(default_factory=list)
    size: int = 0
    is_refused: bool = False


def _paragraphs(source: BinaryIO, settings: ReadSettings) -> Iterator[tuple[int, str]]:
    """The texts, each with the line it begins at. One with a line in it that is no text is rejected as a whole."""
    current = _Paragraph()
    for group in read_text(source, settings):
        for place, text in enumerate(group.texts):
            reason = group.faults.get(place, "")
            if not reason and not _is_text(text):
                yield from _ended(current)
                current = _Paragraph()
                continue
            current.begin = current.begin or group.lines.first_line + place
            current.size += len(group.lines.lines[place])
            if current.size > settings.max_line_bytes:
                reason = reason or f"no blank line for more than {settings.max_line_bytes} bytes"
            if reason and not current.is_refused:
                group.refuse(place, reason, settings)
                current.is_refused, current.lines = True, []
            if not current.is_refused:
                current.lines.append(text)
    yield from _ended(current)


def _ended(paragraph: _Paragraph) -> Iterator[tuple[int, str]]:
    if paragraph.lines:
        yield paragraph.begin, "\n".join(paragraph.lines)


def _is_text(line: str) -> bool:
    return bool(line) and not line.isspace()
