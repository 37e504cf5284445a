"""Lines of cells cut for a whole block at once, where every quote is proven to stand where it may."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from tilth.formats.bulk.surprise import BrokenQuotes, expect
from tilth.formats.bulk.texts import Bytes, Places, cut, is_utf8, picked, single_quotes

_QUOTE, _NEWLINE, _RETURN = map(ord, '"\n\r')


class Cells(NamedTuple):
    """The cells of a block."""

    columns: list[pa.StringArray]
    """The text of each cell, column by column."""
    lines: list[int]
    """The line of the block at which each row begins, from 0."""


def scan_cells(text: bytes, delimiter: str, width: int) -> Cells:
    """The cells of some whole rows of `width` cells each; the text ends with the newline of the last.

    Raises `Surprise` for rows that are not, or not surely, what the csv module takes.
    """
    content = np.frombuffer(text, np.uint8)
    separator = ord(delimiter)
    is_newline = content == _NEWLINE
    marks = np.flatnonzero((content == _QUOTE) | (content == separator) | is_newline)
    is_quote = content[marks] == _QUOTE
    is_outside = (np.cumsum(is_quote) & 1) == 0
    if not is_outside[-1]:
        raise BrokenQuotes
    quotes = marks[is_quote]
    _check_quotes(content, quotes, separator)
    expect(is_utf8(text))
    if b"\r" in text:
        _check_returns(content, quotes)
    separators = marks[is_outside & ~is_quote]
    rows, left = divmod(len(separators), width)
    expect(not left)
    ends_line = (content[separators] == _NEWLINE).reshape(rows, width)
    expect(ends_line[:, -1].all() and ends_line.sum() == rows)
    begins = np.empty_like(separators)
    begins[0], begins[1:] = 0, separators[:-1] + 1
    line_ends = separators[width - 1 :: width]
    newlines = np.flatnonzero(is_newline)
    lines = np.searchsorted(newlines, begins[::width])
    ends = separators
    ends[width - 1 :: width] -= content[line_ends - 1] == _RETURN
    ends = np.maximum(ends, begins)
    if width == 1:
        expect((ends > begins).all())  # an empty line is no row
    is_quoted = content[begins] == _QUOTE
    cells = cut(text, begins + is_quoted, ends - is_quoted)
    columns = [single_quotes(picked(cells, np.arange(place, len(begins), width) * 2)) for place in range(width)]
    return Cells(columns, lines.tolist())


def last_row_end(text: bytes, is_within: bool) -> int:
    """Where the last whole row ends, with its newline; 0 for none. The first byte may lie within quotes."""
    content = np.frombuffer(text, np.uint8)
    newlines = np.flatnonzero(content == _NEWLINE)
    before = np.searchsorted(np.flatnonzero(content == _QUOTE), newlines) + is_within
    ends = newlines[(before & 1) == 0]
    return int(ends[-1]) + 1 if len(ends) else 0


def _check_quotes(content: Bytes, quotes: Places, separator: int) -> None:
    """Every quote opens a cell, closes one, or is one of two that stand for one."""
    opens, closes = quotes[0::2], quotes[1::2]
    before = content[opens - 1]
    if len(opens) and opens[0] == 0:
        before[0] = _NEWLINE
    may_open = (before == separator) | (before == _NEWLINE) | (before == _QUOTE)
    after = content[closes + 1]  # in bounds: a newline ends the block
    ends_cell = (after == separator) | (after == _NEWLINE) | (after == _QUOTE)
    if not ends_cell.all():
        ends_cell |= (after == _RETURN) & (content[np.minimum(closes + 2, len(content) - 1)] == _NEWLINE)
    if not (may_open.all() and ends_cell.all()):
        raise BrokenQuotes


def _check_returns(content: Bytes, quotes: Places) -> None:
    """A carriage return lies in quotes or ends a line."""
    returns = np.flatnonzero(content == _RETURN)
    is_within = (np.searchsorted(quotes, returns) & 1) == 1
    expect((is_within | (content[returns + 1] == _NEWLINE)).all())
