"""JSON lines as blocks of columns, and as blocks of parsed lines where a piece of the file is not as usual."""

from collections.abc import Callable, Iterator

import numpy as np
import orjson

from tilth.formats.block import Block, LineBlock, Row
from tilth.formats.bulk.beside import fetched
from tilth.formats.bulk.column import ColumnBlock
from tilth.formats.bulk.conversations import SPELLINGS, Lines, sure_conversations
from tilth.formats.bulk.json_scan import MarkedLines, check_flat, marked_lines, scan_columns, scan_lines
from tilth.formats.bulk.scanning import scanned
from tilth.formats.bulk.surprise import Surprise, expect
from tilth.formats.container import BLOCK_ROWS, ReadSettings
from tilth.formats.heap import keep_freed_memory
from tilth.formats.jsonl import blocks_of
from tilth.formats.lines import LineGroup, LongLine, Piece, lines_of

_PATIENCE = 3  # surprises in a row, after which the rest of a file is taken to be like that
_MOST_BYTES = 8 * 1024 * 1024  # of a piece: scanning takes several times its size, and a longer one has few lines


def read_columns(pieces: Iterator[Piece], line: int, settings: ReadSettings) -> Iterator[Block]:
    """The rows of a file from some line on, unparsed; what is no row is refused as always."""
    scan = scan_lines if settings.held == "lines" else scan_columns

    def look(text: bytes) -> MarkedLines:
        return marked_lines(_checked_size(text, settings))

    def cut(lines: MarkedLines) -> ColumnBlock:
        return scan(lines, settings.max_depth)

    for piece, found in scanned(look, cut, pieces):
        if isinstance(found, Surprise):
            for group in lines_of(piece, line, settings.max_line_bytes):
                yield from blocks_of(group, settings)
                line += group.count
        else:
            found.lines = range(line, line + len(found))
            line += len(found)
            yield found


def read_objects(pieces: Iterator[Piece], line: int, settings: ReadSettings) -> Iterator[Block]:
    """The same rows, parsed; lines that are surely what they seem are parsed without a second look."""
    keep_freed_memory()
    patience = _PATIENCE
    for piece in fetched(pieces):
        blocks: Callable[[LineGroup | LongLine, ReadSettings], Iterator[Block]] = blocks_of
        if patience:
            try:
                check_flat(marked_lines(_checked_size(piece.whole, settings)))
                blocks, patience = _surely_parsed, _PATIENCE
            except Surprise:
                patience -= 1
        for group in lines_of(piece, line, settings.max_line_bytes):
            yield from blocks(group, settings)
            line += group.count


def read_doubtful(pieces: Iterator[Piece], settings: ReadSettings) -> Iterator[Block]:
    """The rows that are not surely conversations as they should be, parsed, and how many others there are."""
    keep_freed_memory()
    spelling, patience, line = SPELLINGS[settings.held], _PATIENCE, 1
    for piece in fetched(pieces):
        try:
            expect(patience)
            found = sure_conversations(_checked_size(piece.whole, settings), spelling)
            patience = _PATIENCE
        except Surprise:
            patience -= patience > 0
            for group in lines_of(piece, line, settings.max_line_bytes):
                yield from blocks_of(group, settings)
                line += group.count
        else:
            yield _without_sure(piece, found, line, settings)
            line += len(found.is_sure)


def _without_sure(piece: Piece, found: Lines, line: int, settings: ReadSettings) -> LineBlock:
    raw: list[bytes] = []
    rows: list[Row] = []
    lines: list[int] = []
    for index in np.flatnonzero(~found.is_sure).tolist():
        begin = int(found.begins[index])
        text = piece.whole[begin : int(found.ends[index])].removesuffix(b"\r")
        for block in blocks_of(LineGroup(line + index, piece.byte_offset + begin, [text]), settings):
            raw += block.raw
            rows += block.rows
            lines += block.lines
    left = LineBlock(raw, rows, lines)
    left.passed = int(found.is_sure.sum())
    return left


def _checked_size(text: bytes, settings: ReadSettings) -> bytes:
    expect(0 < len(text) <= min(_MOST_BYTES, settings.max_line_bytes))
    return text


def _surely_parsed(group: LineGroup | LongLine, settings: ReadSettings) -> Iterator[LineBlock]:
    if isinstance(group, LineGroup):
        for begin in range(0, group.count, BLOCK_ROWS):
            raw = group.lines[begin : begin + BLOCK_ROWS]
            first = group.first_line + begin
            yield LineBlock(raw, list(map(orjson.loads, raw)), range(first, first + len(raw)))
