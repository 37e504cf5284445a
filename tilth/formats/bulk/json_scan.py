"""JSON lines as columns of texts, without parsing them row by row."""

import numpy as np
import pyarrow as pa

from tilth.formats.bulk.arrays import Flags
from tilth.formats.bulk.column import ScannedLines, ValueColumn
from tilth.formats.bulk.escapes import unescaped
from tilth.formats.bulk.json_tokens import Tokens, tokens_of
from tilth.formats.bulk.literals import Literals, nested, scalars
from tilth.formats.bulk.shapes import shapes_of
from tilth.formats.bulk.surprise import expect
from tilth.formats.bulk.texts import Places, cut, gathered, is_utf8, picked, texts_between

_WORD = 8  # bytes that are compared at once
_LONGEST_NAME = 64  # bytes
_MOST_NAMES = 200  # in one block: with more of them the keys hold data
_MASKS = np.array([(1 << (8 * size)) - 1 for size in range(_WORD + 1)], np.uint64)


def scan(text: bytes, max_depth: int) -> ScannedLines:
    """A block of whole lines, numbered from 1, each with its newline.

    Raises `Surprise` for lines that are not, or not surely, what `parse_block` takes without a second look.
    """
    expect(is_utf8(text))
    padded = text + bytes(_WORD)
    tokens = tokens_of(np.frombuffer(padded, np.uint8, len(text)), max_depth)
    numbers, names = _names(padded, tokens)
    shapes, order = shapes_of(numbers, tokens.line_of, tokens.lines, names)
    strings = cut(padded, tokens.opens + 1, tokens.closes)
    columns = [_column(names[number], numbers == number, tokens, strings, padded) for number in order]
    return ScannedLines(columns, shapes, range(1, tokens.lines + 1), text)


def _names(padded: bytes, tokens: Tokens) -> tuple[Places, list[str]]:
    """The number of the name of each key, and the names."""
    begins = tokens.opens[tokens.keys] + 1
    sizes = tokens.closes[tokens.keys] - begins
    expect(sizes.max() <= _LONGEST_NAME)
    words = _words(padded, begins, sizes)
    numbers = np.full(len(begins), -1, np.int64)
    names: list[str] = []
    unknown = np.arange(len(begins))
    while len(unknown):
        one = unknown[0]
        same = sizes == sizes[one]
        for word in words:
            same &= word == word[one]
        numbers[same] = len(names)
        name = padded[begins[one] : begins[one] + sizes[one]]
        expect(b"\\" not in name and len(names) < _MOST_NAMES)
        names.append(name.decode("utf-8"))
        unknown = unknown[numbers[unknown] < 0]
    return numbers, names


def _words(padded: bytes, begins: Places, sizes: Places) -> "list[np.ndarray[tuple[int], np.dtype[np.uint64]]]":
    """All bytes of each name, as numbers of eight bytes that may overlap."""
    word_at = np.ndarray((len(padded) - _WORD + 1,), "<u8", padded, strides=(1,))
    masks = _MASKS[np.minimum(sizes, _WORD)]
    latest = np.maximum(sizes - _WORD, 0)
    return [word_at[begins + np.minimum(place, latest)] & masks for place in range(0, max(1, int(sizes.max())), _WORD)]


def _column(key: str, has_name: Flags, tokens: Tokens, strings: pa.StringArray, padded: bytes) -> ValueColumn:
    """What lies under one name."""
    found = np.flatnonzero(has_name)
    rows, is_text = tokens.line_of[found], tokens.is_text[found]
    text = _texts(tokens, strings, found[is_text], rows[is_text])
    others = found[~is_text]
    if not len(others):
        return ValueColumn(key, text, None, frozenset({str}))
    spelt, kinds, has_long = _literals(padded, tokens, others)
    json = gathered([(rows[~is_text], spelt)], tokens.lines)
    return ValueColumn(key, text, json, kinds if text is None else kinds | {str}, has_long)


def _texts(tokens: Tokens, strings: pa.StringArray, found: Places, rows: Places) -> pa.StringArray | None:
    if not len(found):
        return None
    places = 2 * (tokens.keys[found] + 1)  # the string behind the key; between two strings lies what is none
    if len(found) == tokens.lines:
        return unescaped(picked(strings, places))
    order = np.zeros(tokens.lines, np.int64)
    is_null = np.ones(tokens.lines, np.bool_)
    order[rows], is_null[rows] = places, False
    return unescaped(picked(strings, order, is_null))


def _literals(padded: bytes, tokens: Tokens, found: Places) -> Literals:
    """The values of some keys, none of them a text, in the order of the rows."""
    is_nested = tokens.is_nested[found]
    parts = []
    for which, meaning in ((found[~is_nested], scalars), (found[is_nested], nested)):
        if len(which):
            parts.append(meaning(texts_between(padded, tokens.begins[which], tokens.ends[which])))
    if len(parts) == 1:
        return parts[0]
    pieces = [(np.flatnonzero(~is_nested), parts[0].spelt), (np.flatnonzero(is_nested), parts[1].spelt)]
    return Literals(gathered(pieces, len(found)), parts[0].kinds | parts[1].kinds, parts[0].has_long_integer)
