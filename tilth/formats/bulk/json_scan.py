"""JSON lines as columns of texts, without parsing them row by row."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from tilth.formats.bulk.arrays import Flags
from tilth.formats.bulk.column import ScannedLines, ValueColumn
from tilth.formats.bulk.escapes import check_escapes
from tilth.formats.bulk.json_alike import AlikeLines
from tilth.formats.bulk.json_strings import LONGEST_NAME, Strings
from tilth.formats.bulk.json_tokens import Marks, Tokens, marks_of, tokens_of
from tilth.formats.bulk.literals import Literals, nested, scalars
from tilth.formats.bulk.shapes import keys_in_order, shapes_of
from tilth.formats.bulk.surprise import Surprise, expect
from tilth.formats.bulk.texts import WORD, Bytes, Places, gathered, is_utf8, texts_between, words_at

_LAST_ASCII = 0x7F
_MOST_NAMES = 200  # in one block: with more of them the keys hold data
_MASKS = np.array([(1 << (8 * size)) - 1 for size in range(WORD + 1)], np.uint64)


class MarkedLines(NamedTuple):
    """A block of whole lines, looked at."""

    text: bytes
    content: Bytes
    marks: Marks


def marked_lines(text: bytes) -> MarkedLines:
    """A block of whole lines, each with its newline, and what tells where everything in it is.

    That is few steps over many bytes, none of which need the interpreter. Raises `Surprise` where it is no UTF-8.
    """
    expect(len(text) >= WORD)
    content = np.frombuffer(text, np.uint8)
    expect(content.max() <= _LAST_ASCII or is_utf8(text))
    return MarkedLines(text, content, marks_of(text))


def scan_columns(lines: MarkedLines, max_depth: int) -> ScannedLines:
    """A block of lines as columns.

    Raises `Surprise` for lines that are not, or not surely, what `parse_block` takes without a second look.
    """
    found = _scanned(lines, max_depth)
    return ScannedLines(found.columns(), found.shapes, range(1, found.count + 1), lines.text)


def scan_lines(lines: MarkedLines, max_depth: int) -> ScannedLines:
    """The same, with columns that are made when somebody asks for them."""
    found = _scanned(lines, max_depth)
    found.check()
    return ScannedLines(found.columns, found.shapes, range(1, found.count + 1), lines.text)


def check_flat(lines: MarkedLines) -> None:
    """See that lines are surely what orjson takes them for. Raises `Surprise` where parsing is the quicker check."""
    _scanned(lines, max_depth=1).check()


def _scanned(lines: MarkedLines, max_depth: int) -> "AlikeLines | _Scan":
    try:
        return AlikeLines(*lines)
    except Surprise:
        return _Scan(lines, max_depth)


class _Scan:
    """What is known about a block of lines without a value of it being made."""

    def __init__(self, lines: MarkedLines, max_depth: int) -> None:
        self.text, self.content = lines.text, lines.content
        self.tokens = tokens_of(self.content, lines.marks, max_depth)
        self.count = self.tokens.lines
        self.numbers, self.names = _names(self.text, self.tokens)
        self.shapes = shapes_of(self.numbers, self.tokens.line_of, self.tokens.lines, self.names)

    def check(self) -> None:
        """See that all values are what JSON allows; that they are where they may be, is known."""
        tokens = self.tokens
        check_escapes(self.content, tokens.escapes)
        for is_one, meaning in ((~tokens.is_text & ~tokens.is_nested, scalars), (tokens.is_nested, nested)):
            if is_one.any():
                meaning(texts_between(self.text, tokens.begins[is_one], tokens.ends[is_one]))

    def columns(self) -> list[ValueColumn]:
        """All values, in columns in whose order the keys of every row come."""
        keys = keys_in_order(self.shapes)
        strings = Strings(self.text, self.tokens.opens, self.tokens.closes, self.tokens.escapes)
        number_of = {name: number for number, name in enumerate(self.names)}
        return [_column(key, self.numbers == number_of[key], self.tokens, strings, self.text) for key in keys]


def _names(text: bytes, tokens: Tokens) -> tuple[Places, list[str]]:
    """The number of the name of each key, and the names."""
    begins = tokens.opens.take(tokens.keys) + 1
    sizes = tokens.closes.take(tokens.keys) - begins
    expect(sizes.max() <= LONGEST_NAME)
    heads = words_at(text, begins) & _MASKS.take(np.minimum(sizes, WORD))
    numbers = np.full(len(begins), -1, np.int64)
    names: list[str] = []
    while (one := int((numbers < 0).argmax())) or numbers[one] < 0:
        size, begin = int(sizes[one]), int(begins[one])
        same = np.flatnonzero((heads == heads[one]) & (sizes == size))
        for place in range(WORD, size, WORD):
            offset = min(place, size - WORD)
            one_more = np.uint64(int.from_bytes(text[begin + offset : begin + offset + WORD], "little"))
            same = same[words_at(text, begins[same] + offset) == one_more]
        numbers[same] = len(names)
        name = text[begin : begin + size]
        expect(b"\\" not in name and len(names) < _MOST_NAMES)
        names.append(name.decode("utf-8"))
    return numbers, names


def _column(key: str, has_name: Flags, tokens: Tokens, strings: Strings, text: bytes) -> ValueColumn:
    """What lies under one name."""
    found = np.flatnonzero(has_name)
    is_text = tokens.is_text.take(found)
    if is_text.all():
        return ValueColumn(key, _texts(tokens, strings, found), None, frozenset({str}), is_plain=strings.is_plain)
    others = found[~is_text]
    spelt, kinds, has_long = _literals(text, tokens, others)
    json = gathered([(tokens.line_of.take(others), spelt)], tokens.lines)
    if not is_text.any():
        return ValueColumn(key, None, json, kinds, has_long)
    texts = _texts(tokens, strings, found[is_text])
    return ValueColumn(key, texts, json, kinds | {str}, has_long, is_plain=strings.is_plain)


def _texts(tokens: Tokens, strings: Strings, found: Places) -> pa.StringArray:
    """The values of some keys, all of them texts, each in its row."""
    behind_key = tokens.keys.take(found) + 1
    return strings.column(tokens.line_of.take(found), behind_key, tokens.lines)


def _literals(text: bytes, tokens: Tokens, found: Places) -> Literals:
    """The values of some keys, none of them a text, in the order of the rows."""
    is_nested = tokens.is_nested.take(found)
    parts = []
    for which, meaning in ((found[~is_nested], scalars), (found[is_nested], nested)):
        if len(which):
            parts.append(meaning(texts_between(text, tokens.begins.take(which), tokens.ends.take(which))))
    if len(parts) == 1:
        return parts[0]
    pieces = [(np.flatnonzero(~is_nested), parts[0].spelt), (np.flatnonzero(is_nested), parts[1].spelt)]
    return Literals(gathered(pieces, len(found)), parts[0].kinds | parts[1].kinds, parts[0].has_long_integer)
