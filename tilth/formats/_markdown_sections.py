"""Sections out of a Markdown document, a piece of it at a time."""

import io
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tilth.errors import DataError
from tilth.formats.block import Row, RowBlock
from tilth.formats.container import BLOCK_BYTES, BLOCK_ROWS, ReadSettings
from tilth.formats.text_groups import read_text
from tilth.formats.yaml_rows import Yaml

# A piece ends where a block of Markdown does, so pieces read one by one are read as the whole would be. A block that
# fills a piece is read again in a larger one; one that fills the largest costs some seconds and 100 MB.
_PIECE_CHARACTERS, _MAX_PIECE_CHARACTERS = 64 * 1024, 512 * 1024
_MAX_FRONT_MATTER_BYTES = 16 * 1024
_FENCES = ("---", "...")


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str
    fault: str = ""


@dataclass
class _Section:
    """Lines from a heading on, and the path to it."""

    path: list[tuple[int, str]] = field(default_factory=list)
    lines: list[_Line] = field(default_factory=list)

    def under(self, level: int, title: str, line: _Line) -> "_Section":
        """The section that begins with a heading after this one."""
        return _Section([step for step in self.path if step[0] < level] + [(level, title)], [line])


def read_blocks(source: BinaryIO, settings: ReadSettings) -> Iterator[RowBlock]:
    """The sections of a document as rows."""
    rows: list[Row] = []
    places: list[int] = []
    held = 0
    lines = _Lines(source, settings)
    front_matter = _front_matter(lines, settings)
    for section in _sections(lines, settings):
        found = _row(section, front_matter, settings)
        if found is None:
            continue
        rows.append(found[1])
        places.append(found[0])
        held += len(found[1]["text"])
        if len(rows) == BLOCK_ROWS or held >= BLOCK_BYTES:
            yield RowBlock(rows, places)
            rows, places, held = [], [], 0
    if rows:
        yield RowBlock(rows, places)


class _Lines:
    """Lines of a document, some of which can be looked at ahead."""

    def __init__(self, source: BinaryIO, settings: ReadSettings) -> None:
        self._rest = _numbered(source, settings)
        self._ahead: deque[_Line] = deque()

    def take(self) -> _Line | None:
        """The next line; None at the end."""
        return self._ahead.popleft() if self._ahead else next(self._rest, None)

    def put_back(self, lines: list[_Line]) -> None:
        """Have these lines come next again."""
        self._ahead.extendleft(reversed(lines))


def _numbered(source: BinaryIO, settings: ReadSettings) -> Iterator[_Line]:
    for group in read_text(source, settings):
        for place, text in enumerate(group.texts):
            yield _Line(group.lines.first_line + place, text, group.faults.get(place, ""))


def _front_matter(lines: _Lines, settings: ReadSettings) -> dict[str, Any] | None:
    """The fields between two fences at the start. Without a second one there are none, and the lines are text."""
    first = lines.take()
    if first is None or first.text.rstrip() != _FENCES[0]:
        lines.put_back([first] if first else [])
        return None
    held: list[_Line] = [first]
    size = 0
    while (line := lines.take()) is not None and size <= _MAX_FRONT_MATTER_BYTES:
        held.append(line)
        size += len(line.text) + 1
        if line.text.rstrip() in _FENCES:
            return _parsed("\n".join(["", *(each.text for each in held[1:-1])]), settings)
    lines.put_back([*held, *([line] if line else [])])
    return None


def _parsed(text: str, settings: ReadSettings) -> dict[str, Any] | None:
    """What the YAML of a front matter says; None when it says nothing, or is rejected."""
    if not text.strip():
        return None
    try:
        strictly = replace(settings, reject=None)
        (row,) = (row for block in Yaml().read(io.BytesIO(text.encode("utf-8")), strictly) for row in block.rows)
    except ValueError as failure:
        settings.refuse(1, None, f"front matter that is not one mapping ({failure})", text.encode("utf-8"))
    except DataError as failure:
        settings.refuse(1, None, f"front matter that is no YAML: {failure.what}", text.encode("utf-8"))
    else:
        return dict(row)
    return None


def _sections(lines: _Lines, settings: ReadSettings) -> Iterator[_Section]:
    parser = MarkdownIt("commonmark")
    section = _Section()
    for piece in _pieces(lines, parser, settings):
        headings = {token.map[0]: (token, title) for token, title in _headings(piece.tokens) if token.map}
        for place, line in enumerate(piece.lines):
            if place in headings:
                yield section
                token, title = headings[place]
                section = section.under(int(token.tag[1:]), title, line)
            else:
                section.lines.append(line)
    yield section


def _headings(tokens: list[Token]) -> Iterator[tuple[Token, str]]:
    """Headings that stand in no list and no quote, with their text."""
    for place, token in enumerate(tokens):
        if token.type == "heading_open" and token.level == 0:
            yield token, tokens[place + 1].content


@dataclass
class _Piece:
    lines: list[_Line]
    tokens: list[Token]


def _pieces(lines: _Lines, parser: MarkdownIt, settings: ReadSettings) -> Iterator[_Piece]:
    """The document in pieces of whole blocks."""
    limit = _PIECE_CHARACTERS
    while held := _up_to(lines, limit):
        # A lone carriage return ends a line for the parser and none for us; NUL it would replace by another character.
        tokens: list[Token] = []
        parser.block.parse("\n".join(line.text.replace("\r", " ") for line in held), parser, {}, tokens)
        begins = [token.map[0] for token in tokens if token.level == 0 and token.map and token.nesting >= 0]
        following = lines.take()
        if following is None:
            yield _Piece(held, tokens)
            return
        lines.put_back([following])
        # The last block may go on below.
        if len(begins) > 1:
            lines.put_back(held[begins[-1] :])
            yield _Piece(held[: begins[-1]], [token for token in tokens if _begins_before(token, begins[-1])])
            limit = _PIECE_CHARACTERS
        elif limit < _MAX_PIECE_CHARACTERS:
            lines.put_back(held)
            limit *= 2
        else:
            where = f"{settings.name}:{held[0].number}"
            raise DataError(
                "a list, a table or code goes on for half a million characters", where=where, fix="--from text"
            )


def _begins_before(token: Token, line: int) -> bool:
    return token.level > 0 or token.map is None or token.map[0] < line


def _up_to(lines: _Lines, characters: int) -> list[_Line]:
    held: list[_Line] = []
    size = 0
    while size < characters and (line := lines.take()) is not None:
        held.append(line)
        size += len(line.text) + 1
    return held


def _row(section: _Section, front_matter: dict[str, Any] | None, settings: ReadSettings) -> tuple[int, Row] | None:
    """The row of a section with its line; None for one without words, and for one with a line that is no text."""
    lines = section.lines
    begin, end = 0, len(lines)
    while begin < end and not (lines[begin].fault or lines[begin].text.strip()):
        begin += 1
    while begin < end and not (lines[end - 1].fault or lines[end - 1].text.strip()):
        end -= 1
    if begin == end:
        return None
    text = "\n".join(line.text for line in lines[begin:end])
    faults = [line for line in lines[begin:end] if line.fault]
    if not faults and len(text) > settings.max_line_bytes:
        faults = [_Line(lines[begin].number, "", f"a section of more than {settings.max_line_bytes} characters")]
    if faults:
        settings.refuse(faults[0].number, None, faults[0].fault, text.encode("utf-8"))
        return None
    level = section.path[-1][0] if section.path else 0
    row: dict[str, Any] = {"text": text, "heading": [title for _, title in section.path], "level": level}
    return lines[begin].number, row if front_matter is None else {**row, "front_matter": front_matter}
