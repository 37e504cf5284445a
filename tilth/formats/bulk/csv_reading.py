"""CSV as blocks of columns, and as rows one by one where a piece of the file is not as usual."""

import io
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import BinaryIO, NamedTuple, cast

from tilth.formats.block import Block
from tilth.formats.bulk.column import ColumnBlock, ValueColumn
from tilth.formats.bulk.csv_cells import column_of
from tilth.formats.bulk.csv_scan import MarkedRows, first_row_end, has_open_quote, marked_rows, scan_cells
from tilth.formats.bulk.presence import shapes_in
from tilth.formats.bulk.scanning import scanned
from tilth.formats.bulk.surprise import BrokenQuotes, Surprise, expect
from tilth.formats.bulk.texts import bytes_of
from tilth.formats.container import ReadSettings
from tilth.formats.csv_header import CsvHeader
from tilth.formats.csv_lines import CsvLines
from tilth.formats.csv_rows import rows_of
from tilth.formats.lines import after_bom

_CHUNK_BYTES = 2 << 20
_REST_BYTES = 4096
_MOST_BYTES = 8 * 1024 * 1024  # of a piece: a row that is longer is read by itself


class _Piece(NamedTuple):
    """Some whole rows, as far as every quote before them is where it may be."""

    byte_offset: int
    text: bytes

    @property
    def whole(self) -> bytes:
        """The rows, with the newline of the last one."""
        return self.text if self.text.endswith(b"\n") else self.text + b"\n"


def read_columns(source: BinaryIO, settings: ReadSettings, delimiter: str) -> Iterator[Block]:
    """All rows of a stream; what is no row is refused as always."""
    pieces = _pieces(source)
    first = next(pieces, None)
    if first is None:
        return
    looked_at: list[_Piece] = []  # by whoever reads the header, perhaps beyond its end
    is_header_read = False

    def watched() -> Iterator[_Piece]:
        for piece in chain([first], pieces):
            if not is_header_read:
                looked_at.append(piece)
            yield piece

    lines = CsvLines(_stream(watched()), settings, delimiter, byte_offset=first.byte_offset)
    names = lines.header()
    is_header_read = True
    if names is None:
        return
    header = CsvHeader.of(names.cells, settings)
    end = _end_of_line(first.text, names.last_line)
    if end is None:  # the header alone is larger than a piece, or its quotes do not fit
        yield from rows_of(lines, header)
        return
    rest = _Piece(first.byte_offset + end, first.text[end:])
    yield from _Rows(settings, delimiter, header, names.last_line + 1).blocks(chain([rest], looked_at[1:], pieces))


class _Rows:
    """The rows below a header."""

    def __init__(self, settings: ReadSettings, delimiter: str, header: CsvHeader, line: int) -> None:
        self._settings, self._delimiter, self._header, self._line = settings, delimiter, header, line

    def blocks(self, pieces: Iterator[_Piece]) -> Iterator[Block]:
        """All of them."""
        fetched = scanned(self._look, self._cut, (piece for piece in pieces if piece.text))
        for piece, found in fetched:
            if isinstance(found, BrokenQuotes):  # nobody knows where rows end from here on: it is put together again
                yield from self._one_by_one(chain([piece], (each for each, _ in fetched)), piece.byte_offset)
            elif isinstance(found, Surprise):
                yield from self._one_by_one(iter([piece]), piece.byte_offset)
                self._line += piece.text.count(b"\n")
            else:
                yield found

    def _one_by_one(self, pieces: Iterator[_Piece], byte_offset: int) -> Iterator[Block]:
        lines = CsvLines(
            _stream(pieces), self._settings, self._delimiter, first_line=self._line, byte_offset=byte_offset
        )
        return rows_of(lines, self._header)

    def _look(self, text: bytes) -> MarkedRows:
        if len(text) > _MOST_BYTES:
            raise BrokenQuotes
        return marked_rows(text, self._delimiter)

    def _cut(self, rows: MarkedRows) -> ColumnBlock:
        columns, are_plain, lines = scan_cells(rows, self._header.width)
        if self._header.order is not None:
            expect(not len(bytes_of(columns.pop(self._header.order))[0]))
            del are_plain[self._header.order]
        expect(columns)
        values = [
            column_of(key, cells)
            if key in self._header.coded
            else ValueColumn(key, cells, None, frozenset({str}), is_plain=is_plain)
            for key, cells, is_plain in zip(self._header.keys, columns, are_plain, strict=True)
        ]
        block = ColumnBlock(values, shapes_in(values, len(lines)), _counted_from(self._line, lines))
        self._line += len(rows.newlines)
        return block


def _pieces(source: BinaryIO) -> Iterator[_Piece]:
    """The stream in pieces of about two mebibytes, cut where rows end."""
    begun, offset = after_bom(source)
    while parts := [part for part in (begun, source.read(_CHUNK_BYTES)) if part]:
        begun = b""
        size, is_within = sum(map(len, parts)), has_open_quote(parts)
        # A row is read to its end, a few bytes more at a time: so a piece is joined once, outside of the interpreter.
        is_open = is_within or not parts[-1].endswith(b"\n")
        while is_open and size <= _MOST_BYTES and (more := source.read(_REST_BYTES)):
            end = first_row_end(more, is_within)
            is_open, begun = not end, more[end:] if end else b""
            parts.append(more[:end] if end else more)
            size += len(more)
            is_within ^= has_open_quote([more])
        text = b"".join(parts)
        yield _Piece(offset, text)
        offset += len(text)


class _Joined(io.RawIOBase):
    """Pieces as a stream again."""

    def __init__(self, pieces: Iterator[_Piece]) -> None:
        self._pieces, self._text = pieces, b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        while not self._text and (piece := next(self._pieces, None)) is not None:
            self._text = piece.text
        end = len(self._text) if size < 0 else size
        text, self._text = self._text[:end], self._text[end:]
        return text


def _counted_from(first: int, lines: Sequence[int]) -> Sequence[int]:
    if isinstance(lines, range):
        return range(first + lines.start, first + lines.stop)
    return [first + line for line in lines]


def _stream(pieces: Iterator[_Piece]) -> BinaryIO:
    return cast(BinaryIO, _Joined(pieces))


def _end_of_line(text: bytes, number: int) -> int | None:
    """Where the line of that number ends, counted from 1, with its newline."""
    end = 0
    for _ in range(number):
        end = text.find(b"\n", end) + 1
        if not end:
            return None
    return end
