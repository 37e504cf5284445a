"""The container `text`: the whole document is one row, character for character.

Line ends stay as they are, `\\r\\n` too; only a byte order mark at the start is dropped. A document may be as long as a
line of JSON may (64 MiB).
"""

from collections.abc import Iterator
from typing import BinaryIO

from tilth.errors import DataError
from tilth.formats.block import Block, RowBlock
from tilth.formats.container import PLAIN_WRITING, Format, ReadSettings, Writer, WriteSettings
from tilth.formats.text_groups import HAS_NUL
from tilth.formats.text_writing import BYTE_ORDER_MARK, TextRows
from tilth.formats.transcoding import not_utf8

_BOM = BYTE_ORDER_MARK.encode("utf-8")
_PARTS = "--from lines or --from paragraphs, for a row of each of these"


class Text(Format):
    """A document that is one row."""

    name = "text"
    suffixes = ()

    def read(self, source: BinaryIO, settings: ReadSettings) -> Iterator[Block]:
        """One row `{"text": ...}`."""
        raw = whole_document(source, settings).removeprefix(_BOM)
        if raw and (text := document_text(raw, settings)) is not None:
            yield RowBlock([{"text": text}], [1])

    def writer(self, sink: BinaryIO, settings: WriteSettings = PLAIN_WRITING) -> Writer:
        """A writer of a single text."""
        return TextWriter(sink, settings)


class TextWriter(Writer):
    """Writes one text as it is."""

    def __init__(self, sink: BinaryIO, settings: WriteSettings = PLAIN_WRITING) -> None:
        self._sink, self._rows = sink, TextRows("text", settings)
        self._has_one = False

    def write(self, block: Block) -> None:
        """Write the text of the only row."""
        for line, text in self._rows.texts(block):
            if self._has_one:
                raise self._rows.cannot_hold(line, "more than one row", "--to lines, or --to paragraphs")
            if not text or text.startswith(BYTE_ORDER_MARK):
                what = "a text that begins with a byte order mark" if text else "an empty text"
                raise self._rows.cannot_hold(line, what)
            self._has_one = True
            self._sink.write(text.encode("utf-8"))

    def close(self) -> None:
        """Say what was left out."""
        self._rows.close()


def whole_document(source: BinaryIO, settings: ReadSettings, max_bytes: int | None = None, fix: str = _PARTS) -> bytes:
    """All bytes of a document. Raises `DataError` for one that is too long to be a row."""
    limit = settings.max_line_bytes if max_bytes is None else min(max_bytes, settings.max_line_bytes)
    parts: list[bytes] = []
    size = 0
    while chunk := source.read(1 << 20):
        parts.append(chunk)
        size += len(chunk)
        if size > limit:
            raise DataError(f"the document is longer than {limit} bytes", where=settings.name, fix=fix)
    return b"".join(parts)


def document_text(raw: bytes, settings: ReadSettings) -> str | None:
    """The characters of a document; None when they are rejected."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as failure:
        place = failure.start
        reason = not_utf8(raw[raw.rfind(b"\n", 0, place) + 1 :], place - raw.rfind(b"\n", 0, place) - 1)
    else:
        place, reason = raw.find(b"\x00"), HAS_NUL
        if place < 0:
            return text
    begin = raw.rfind(b"\n", 0, place) + 1
    settings.refuse(raw.count(b"\n", 0, place) + 1, begin, reason, raw[begin : begin + 200])
    return None
