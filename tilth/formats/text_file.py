"""The container `txt`: what the suffix `.txt` stands for, which is one of two.

A file whose first line, and most of the next ones, begin with `__label__` is fastText's: one row a line. Any other is
one document, one row.
Which of the two it was taken for is said aloud, and `--from` says otherwise.
"""

from collections.abc import Iterator
from typing import BinaryIO, cast

from tilth.formats.block import Block
from tilth.formats.chat_log import is_chat_log
from tilth.formats.container import PLAIN_WRITING, Format, ReadSettings, Writer, WriteSettings
from tilth.formats.streams import Prefixed
from tilth.formats.text_document import Text, TextWriter
from tilth.formats.text_lines import Lines, LinesWriter
from tilth.formats.text_writing import TextRows
from tilth.schemas.dialects.turn_lines import looks_like_transcript

_LABEL = b"__label__"
_LOOKED_AT_BYTES = 64 * 1024
_BOM = b"\xef\xbb\xbf"


class Txt(Format):
    """Text files, as their suffix leaves it open."""

    name = "txt"
    suffixes = (".txt",)

    def read(self, source: BinaryIO, settings: ReadSettings) -> Iterator[Block]:
        """The rows of `lines` or of `text`."""
        start = source.read(_LOOKED_AT_BYTES)
        whole = cast(BinaryIO, Prefixed(start, source))
        lines = _complete_lines(start)
        if _is_labelled(lines):
            settings.note("read as lines, because they begin with __label__; --from text makes one row of the document")
            return Lines().read(whole, settings)
        if len(lines) > 1:
            settings.note(_document_note(lines))
        return Text().read(whole, settings)

    def writer(self, sink: BinaryIO, settings: WriteSettings = PLAIN_WRITING) -> Writer:
        """A writer of labelled lines or of one document, by the first row."""
        return TxtWriter(sink, settings)


class TxtWriter(Writer):
    """Writes what is read again as the same rows."""

    def __init__(self, sink: BinaryIO, settings: WriteSettings) -> None:
        self._sink, self._settings = sink, settings
        self._writer: Writer | None = None

    def write(self, block: Block) -> None:
        """Append the texts of a block."""
        label = _LABEL.decode()
        texts = [row.get("text") for row in block.rows]
        if self._writer is None and texts:
            is_labelled = isinstance(texts[0], str) and texts[0].startswith(label)
            self._writer = (LinesWriter if is_labelled else TextWriter)(self._sink, self._settings)
        if isinstance(self._writer, LinesWriter):
            for line, text in zip(block.lines, texts, strict=True):
                if isinstance(text, str) and not text.startswith(label):
                    rows = TextRows("a .txt file of labelled lines", self._settings)
                    raise rows.cannot_hold(line, f"a text that does not begin with {label}", "--to lines")
        if self._writer is not None:
            self._writer.write(block)

    def close(self) -> None:
        """Say what was left out; every block was written when it came."""
        if self._writer is not None:
            self._writer.close()


def _complete_lines(start: bytes) -> list[bytes]:
    """The lines of the first bytes, without the last one where it was cut."""
    lines = start.removeprefix(_BOM).split(b"\n")
    if len(start) == _LOOKED_AT_BYTES or not lines[-1]:
        lines = lines[:-1] or lines
    return lines


def _is_labelled(lines: list[bytes]) -> bool:
    """Whether the first line begins with a label, and at least half of those with something in them do."""
    filled = [line for line in lines if line.strip()]
    labelled = sum(line.startswith(_LABEL) for line in filled)
    return bool(filled) and lines[0].startswith(_LABEL) and labelled * 2 >= len(filled)


def _document_note(lines: list[bytes]) -> str:
    texts = [line.decode("utf-8", errors="replace") for line in lines]
    if is_chat_log(texts) or looks_like_transcript(texts):
        return "read as one text; it looks like a transcript, of which --from transcript makes a row a turn"
    return "read as one text; --from lines or --from paragraphs makes a row of each"
