"""The container `lines`: one text a line, as fastText, doccano and word lists have it.

Every line is a row, an empty one too. What ends a line is `\\n` or `\\r\\n`; a byte order mark at the start is dropped;
all other characters are the text's own. Written with `\\n`. A text with a line end in it is refused, because it would
be two rows when it is read.
"""

from collections.abc import Iterator
from typing import BinaryIO

from tilth.formats.block import Block, RowBlock
from tilth.formats.container import BLOCK_ROWS, PLAIN_WRITING, Format, ReadSettings, Writer, WriteSettings
from tilth.formats.text_groups import TextGroup, read_text
from tilth.formats.text_writing import BYTE_ORDER_MARK, TextRows


class Lines(Format):
    """One text a line."""

    name = "lines"
    suffixes = ()

    def read(self, source: BinaryIO, settings: ReadSettings) -> Iterator[Block]:
        """Blocks of rows `{"text": ...}`, one a line."""
        for group in read_text(source, settings):
            group.refuse_faults(settings)
            yield from _blocks(group)

    def writer(self, sink: BinaryIO, settings: WriteSettings = PLAIN_WRITING) -> Writer:
        """A writer of rows that are one line of text each."""
        return LinesWriter(sink, settings)


class LinesWriter(Writer):
    """Writes each text on a line of its own."""

    def __init__(self, sink: BinaryIO, settings: WriteSettings = PLAIN_WRITING) -> None:
        self._sink, self._rows = sink, TextRows("lines", settings)
        self._is_first = True

    def write(self, block: Block) -> None:
        """Append the texts of a block."""
        lines: list[str] = []
        for line, text in self._rows.texts(block):
            if "\n" in text or text.endswith("\r"):
                raise self._rows.cannot_hold(line, "a text with a line end in it", "--to paragraphs, or -o NAME.jsonl")
            if self._is_first and text.startswith(BYTE_ORDER_MARK):
                raise self._rows.cannot_hold(line, "a text that begins with a byte order mark, first of all")
            self._is_first = False
            lines.append(text + "\n")
        self._sink.write("".join(lines).encode("utf-8"))

    def close(self) -> None:
        """Say what was left out; every block was written when it came."""
        self._rows.close()


def _blocks(group: TextGroup) -> Iterator[RowBlock]:
    first = group.lines.first_line
    for begin in range(0, len(group.texts), BLOCK_ROWS):
        places = range(begin, min(begin + BLOCK_ROWS, len(group.texts)))
        kept = [place for place in places if place not in group.faults] if group.faults else places
        if kept:
            yield RowBlock([{"text": group.texts[place]} for place in kept], [first + place for place in kept])
