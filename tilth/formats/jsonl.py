"""JSON Lines: one JSON object a line, read strictly and copied byte for byte where nothing changes."""

from collections.abc import Iterator, Sequence
from itertools import chain, islice, pairwise
from typing import BinaryIO, cast

from tilth.formats.block import Block, LineBlock, Row
from tilth.formats.container import BLOCK_ROWS, FIRST_ROWS, PLAIN_WRITING, Format, ReadSettings, Writer, WriteSettings
from tilth.formats.lines import LineGroup, LongLine, Piece, lines_of, read_pieces
from tilth.formats.strict_json import StrictJsonError, parse_block


class Jsonl(Format):
    """One JSON object a line. Lines of nothing but white space are skipped."""

    name = "jsonl"
    suffixes = (".jsonl", ".ndjson")
    takes = "lines"

    def read(self, source: BinaryIO, settings: ReadSettings) -> Iterator[Block]:
        """Blocks of at most 4096 lines, each with its bytes beside its value; or as `held` of the settings says.

        The first one is smaller.
        """
        pieces = read_pieces(source, settings.max_line_bytes)
        if settings.held == "columns":
            from tilth.formats.bulk.json_reading import read_columns

            yield from read_columns(pieces, 1, settings)
            return
        if settings.is_known_good and settings.held == "objects":
            yield from _unparsed(pieces, settings)
            return
        if settings.held in ("openai", "sharegpt"):
            from tilth.formats.bulk.json_reading import read_doubtful

            yield from read_doubtful(pieces, settings)
            return
        line = 1
        for piece in islice(pieces, 1):
            for group in lines_of(piece, line, settings.max_line_bytes):
                yield from blocks_of(group, settings, first_rows=FIRST_ROWS)
                line += group.count
        # A file that is over by now is not worth what the rest needs to be imported.
        for piece in islice(pieces, 1):
            from tilth.formats.bulk.json_reading import read_columns, read_objects

            read = read_objects if settings.held == "objects" else read_columns
            yield from read(chain([piece], pieces), line, settings)

    def writer(self, sink: BinaryIO, settings: WriteSettings = PLAIN_WRITING) -> Writer:
        """A writer that copies the bytes of lines and writes other rows compactly."""
        return JsonlWriter(sink)


class JsonlWriter(Writer):
    """Writes rows as JSON lines; the bytes of a line that was read are copied."""

    def __init__(self, sink: BinaryIO) -> None:
        self._sink = sink

    def write(self, block: Block) -> None:
        """Append the rows of a block."""
        self._sink.write(block.json_lines())

    def close(self) -> None:
        """Nothing is outstanding: every block was written when it came."""


def _unparsed(pieces: Iterator[Piece], settings: ReadSettings) -> Iterator[LineBlock]:
    """The rows in the same blocks, of lines that were all found good before."""
    line, first_rows = 1, FIRST_ROWS
    for piece in pieces:
        for group in lines_of(piece, line, settings.max_line_bytes):
            if isinstance(group, LongLine):
                raise TypeError("a line that is too long was refused when the file was first read")
            for begin, end in _bounds(group.count, first_rows):
                raw = group.lines[begin:end]
                lines: Sequence[int] = range(group.first_line + begin, group.first_line + begin + len(raw))
                if not all(raw) or any(map(bytes.isspace, raw)):
                    lines = [number for number, text in zip(lines, raw, strict=True) if text.strip()]
                    raw = [text for text in raw if text.strip()]
                if raw:
                    yield LineBlock(raw, None, lines)
            line += group.count
        first_rows = BLOCK_ROWS


def _bounds(count: int, first_rows: int) -> Iterator[tuple[int, int]]:
    """Where blocks of so many lines begin and end."""
    return pairwise([0, *range(first_rows, count, BLOCK_ROWS), count])


def blocks_of(
    group: LineGroup | LongLine, settings: ReadSettings, *, first_rows: int = BLOCK_ROWS
) -> Iterator[LineBlock]:
    """The rows of some lines, parsed one by one, `first_rows` of them first; what is no row is refused."""
    if isinstance(group, LongLine):
        reason = f"the line is longer than {settings.max_line_bytes} bytes"
        settings.refuse(group.line, group.byte_offset, reason, group.start)
        return
    for begin, end in _bounds(group.count, first_rows):
        block = _parsed(group, begin, end, settings)
        if block:
            yield block


def _parsed(group: LineGroup, begin: int, end: int, settings: ReadSettings) -> LineBlock:
    raw = group.lines[begin:end]
    places: list[int] = list(range(begin, end))
    if any(not line or line.isspace() for line in raw):
        places = [place for place in places if group.lines[place].strip()]
        raw = [group.lines[place] for place in places]
    values = parse_block(raw, settings.max_depth)
    if set(map(type, values)) - {dict}:
        for place, value in zip(places, values, strict=True):
            if not isinstance(value, dict):
                reason = why_no_row(value)
                settings.refuse(group.first_line + place, group.offset_of(place), reason, group.lines[place])
        good = [index for index, value in enumerate(values) if isinstance(value, dict)]
        raw, values, places = [raw[i] for i in good], [values[i] for i in good], [places[i] for i in good]
    return LineBlock(raw, cast(list[Row], values), [group.first_line + place for place in places])


def why_no_row(value: object) -> str:
    """Why a JSON value, or what stands in the place of one that could not be read, is no row."""
    if isinstance(value, StrictJsonError):
        return str(value)
    kinds = {list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return f'found {kinds.get(type(value), "a number")}, expected an object such as {{"text": "..."}}'
