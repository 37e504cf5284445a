"""JSON lines as blocks of columns, and as blocks of parsed lines where a piece of the file is not as usual."""

from collections.abc import Iterator
from typing import BinaryIO

from tilth.formats.block import Block
from tilth.formats.bulk.ahead import ahead
from tilth.formats.bulk.column import ScannedLines
from tilth.formats.bulk.json_scan import scan_columns, scan_lines
from tilth.formats.bulk.surprise import expect
from tilth.formats.container import ReadSettings
from tilth.formats.jsonl import blocks_of
from tilth.formats.lines import LineGroup, Piece, lines_of, read_pieces

_MOST_BYTES = 8 * 1024 * 1024  # of a piece: scanning takes several times its size, and a longer one has few lines


def read_columns(source: BinaryIO, settings: ReadSettings) -> Iterator[Block]:
    """All rows of a stream; what is no row is refused as always."""
    scan = scan_lines if settings.held == "lines" else scan_columns

    def scanned(piece: Piece) -> ScannedLines:
        expect(not piece.is_cut and len(piece.text) <= min(_MOST_BYTES, settings.max_line_bytes))
        return scan(piece.text if piece.text.endswith(b"\n") else piece.text + b"\n", settings.max_depth)

    line = 1
    for piece, block in ahead(scanned, read_pieces(source, settings.max_line_bytes)):
        if block is None:
            for group in lines_of(piece, line, settings.max_line_bytes):
                yield from blocks_of(group, settings)
                line += len(group.lines) if isinstance(group, LineGroup) else 1
        else:
            block.lines = range(line, line + len(block))
            line += len(block)
            yield block
