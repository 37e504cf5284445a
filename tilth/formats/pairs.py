"""Pairs: a JSON list of two-item lists, a text and what is said of it.

spaCy 2 was trained on `[["Ada wrote.", {"entities": [[0, 3, "PER"]]}], ...]`, and sets of intents are `[["cancel my
order", "cancel"], ...]`. A row is the text with the fields of the object beside it, or with the `label`. Where such
lists lie in an object, one under each name, `--table` says which is read. The suffix is that of any JSON, so the format
has to be named.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, BinaryIO, cast

from tilth.errors import DataError
from tilth.formats.block import Block, Row, RowBlock
from tilth.formats.container import BLOCK_ROWS, PLAIN_WRITING, Format, ReadSettings, Writer, WriteSettings
from tilth.formats.strict_json import StrictJsonError, parse_block
from tilth.formats.table_choice import listed_names, no_such_table, several_tables
from tilth.schemas import dump_json

_TEXT, _LABEL = "text", "label"
_BOM = b"\xef\xbb\xbf"
_SPACE = b" \t\r\n"
_SHOWN_BYTES = 200


class Pairs(Format):
    """A JSON list of pairs: a text and its label, or a text and an object."""

    name = "pairs"
    suffixes = ()

    def read(self, source: BinaryIO, settings: ReadSettings) -> Iterator[Block]:
        """Blocks of rows; the number of a row is its place in the list."""
        start = source.read(1 << 16).removeprefix(_BOM)
        lead = start.lstrip(_SPACE)
        items = _of_list(source, lead, settings) if lead[:1] == b"[" else _of_object(source, start, settings)
        numbered = enumerate(items, 1)
        while group := list(islice(numbered, BLOCK_ROWS)):
            yield from _block(group, settings)

    def writer(self, sink: BinaryIO, settings: WriteSettings = PLAIN_WRITING) -> Writer:
        """A writer of one list, a pair a line."""
        return PairsWriter(sink)


class PairsWriter(Writer):
    """Writes rows that begin with their text."""

    def __init__(self, sink: BinaryIO) -> None:
        self._sink, self._rows = sink, 0

    def write(self, block: Block) -> None:
        """Append the rows of a block. Raises `DataError` for a row without a text at its head."""
        for row in block.rows:
            self._rows += 1
            if next(iter(row), None) != _TEXT or not isinstance(row[_TEXT], str):
                raise DataError(
                    f"row {self._rows} does not begin with a text: pairs are a text and what is said of it",
                    fix="--to-dialect spacy, or -o NAME.jsonl",
                )
            rest: Any = {name: value for name, value in row.items() if name != _TEXT}
            said = rest[_LABEL] if rest.keys() == {_LABEL} and isinstance(rest[_LABEL], str) else rest
            self._sink.write((b"[\n" if self._rows == 1 else b",\n") + dump_json([row[_TEXT], said]))

    def close(self) -> None:
        """Close the list."""
        self._sink.write(b"\n]\n" if self._rows else b"[]\n")


class _Rest:
    """What was read of a stream, and then the stream."""

    def __init__(self, start: bytes, source: BinaryIO) -> None:
        self._start, self._source = start, source

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes."""
        if self._start:
            piece, self._start = self._start, b""
            return piece
        return self._source.read(size)


def _of_list(source: BinaryIO, start: bytes, settings: ReadSettings) -> Iterator[bytes]:
    """The items of the list that a document is."""
    from tilth.formats._json_document_items import Cutter, LongItem, Place

    rest = cast(BinaryIO, _Rest(start[1:], source))
    cutter = Cutter(rest, Place(1, 1), settings.max_line_bytes, is_list=True)
    for items in cutter:
        if isinstance(items, LongItem):
            raise DataError(f"a pair is longer than {settings.max_line_bytes} bytes", where=settings.name)
        yield from items.texts
    if cutter.closed_by is None:
        raise DataError("the list is never closed: the file is cut short", where=settings.name)


def _of_object(source: BinaryIO, start: bytes, settings: ReadSettings) -> Iterable[bytes]:
    """The items of one of the lists in an object; it is read at once."""
    text = start + source.read(settings.max_line_bytes)
    if len(text) > settings.max_line_bytes:
        raise DataError(f"the object has more than {settings.max_line_bytes} bytes", where=settings.name)
    found = _parsed([text], settings)[0]
    if isinstance(found, StrictJsonError):
        raise DataError(str(found), where=settings.name)
    lists = {name: value for name, value in found.items() if isinstance(value, list)} if isinstance(found, dict) else {}
    if not lists:
        raise DataError('found no list of pairs, expected [["a text", "a label"], ...]', where=settings.name)
    names = list(lists)
    if settings.table is None and len(names) > 1:
        raise several_tables(f"the object holds {len(names)} lists: {listed_names(names)}", names, settings.name)
    wanted = settings.table if settings.table is not None else names[0]
    if wanted not in lists:
        raise no_such_table("list", wanted, names, settings.name)
    return map(dump_json, lists[wanted])


def _block(group: list[tuple[int, bytes]], settings: ReadSettings) -> Iterator[Block]:
    rows: list[Row] = []
    numbers: list[int] = []
    texts = [text for _, text in group]
    for (number, text), value in zip(group, _parsed(texts, settings), strict=True):
        if text == b"" and number == 1:  # the list is empty
            continue
        row = _row(value)
        if isinstance(row, str):
            settings.refuse(number, None, row, text[:_SHOWN_BYTES])
            continue
        rows.append(row)
        numbers.append(number)
    if rows:
        yield RowBlock(rows, numbers)


def _parsed(texts: list[bytes], settings: ReadSettings) -> list[Any]:
    # The strict reader is made for lines: between values a newline and a return are both white space.
    return parse_block([text.replace(b"\n", b"\r") for text in texts], settings.max_depth)


def _row(value: Any) -> Row | str:
    """The row that a pair is, or why it is none."""
    if isinstance(value, StrictJsonError):
        return str(value)
    if not (isinstance(value, list) and len(value) == 2 and isinstance(value[0], str)):
        return 'found no pair, expected ["a text", "a label"] or ["a text", {...}]'
    text, said = value
    if isinstance(said, str):
        return {_TEXT: text, _LABEL: said}
    if isinstance(said, dict) and _TEXT not in said:
        return {_TEXT: text, **said}
    return "found a pair of which the second is neither a label nor an object without a text"
