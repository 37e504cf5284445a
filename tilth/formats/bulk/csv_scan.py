"""Lines of cells cut for a whole block at once, where every quote is proven to stand where it may."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from tilth.formats.bulk.surprise import BrokenQuotes, expect
from tilth.formats.bulk.texts import Bytes, Places, cut, is_utf8, picked, single_quotes

_QUOTE, _NEWLINE, _RETURN = map(ord, '"\n\r')
_LOWEST_PLAIN = 0x20


class Cells(NamedTuple):
    """The cells of a block."""

    columns: list[pa.StringArray]
    """The text of each cell, column by column."""
    is_plain: list[bool]
    """Whether no cell of the column has a quote, a backslash or a control character in it, as far as that is known."""
    lines: Sequence[int]
    """The line of the block at which each row begins, from 0."""


class MarkedRows(NamedTuple):
    """Some whole rows, looked at."""

    text: bytes
    content: Bytes
    separators: Places
    """The delimiters and newlines that end a cell."""
    newlines: Places
    """All newlines, those in quotes too."""
    doubled: Places
    """The first of each two quotes that stand for one."""
    has_specials: bool
    """Whether there is a backslash, or a control character other than the ends of rows."""


def marked_rows(text: bytes, delimiter: str) -> MarkedRows:
    """Some whole rows, the last with its newline, and what tells where their cells are.

    Raises `Surprise` for rows of which it is not known.
    """
    content = np.frombuffer(text, np.uint8)
    separator = ord(delimiter)
    is_mark = content == _QUOTE
    is_mark |= content == _NEWLINE
    is_mark |= content == separator
    marks = np.flatnonzero(is_mark)
    kinds = content.take(marks)
    is_quote = kinds == _QUOTE
    is_outside = (np.cumsum(is_quote) & 1) == 0
    if not is_outside[-1]:
        raise BrokenQuotes
    quotes = marks[is_quote]
    doubled = _doubled_quotes(content, quotes, separator)
    expect(is_utf8(text))
    if b"\r" in text:
        _check_returns(content, quotes)
    separators = marks[is_outside & ~is_quote]
    is_newline = kinds == _NEWLINE
    rows = np.count_nonzero(is_newline & is_outside)
    has_specials = b"\\" in text or np.count_nonzero(content < _LOWEST_PLAIN) != rows
    return MarkedRows(text, content, separators, marks[is_newline], doubled, has_specials)


def scan_cells(marked: MarkedRows, width: int) -> Cells:
    """The cells of some rows of `width` cells each.

    Raises `Surprise` for rows that are not, or not surely, what the csv module takes.
    """
    text, content, separators, newlines, doubled, has_specials = marked
    rows, left = divmod(len(separators), width)
    expect(not left)
    ends_line = (content[separators] == _NEWLINE).reshape(rows, width)
    expect(ends_line[:, -1].all() and ends_line.sum() == rows)
    has_quotes = np.bincount(np.searchsorted(separators, doubled) % width, minlength=width) > 0
    begins = np.empty_like(separators)
    begins[0], begins[1:] = 0, separators[:-1] + 1
    line_ends = separators[width - 1 :: width]
    lines = range(rows) if len(newlines) == rows else np.searchsorted(newlines, begins[::width]).tolist()
    ends = separators
    ends[width - 1 :: width] -= content[line_ends - 1] == _RETURN
    ends = np.maximum(ends, begins)
    if width == 1:
        expect((ends > begins).all())  # an empty line is no row
    is_quoted = content[begins] == _QUOTE
    cells = cut(text, begins + is_quoted, ends - is_quoted)
    columns = [picked(cells, np.arange(place, len(begins), width) * 2) for place in range(width)]
    told = list(zip(columns, has_quotes.tolist(), strict=True))
    return Cells(
        [single_quotes(column) if quotes else column for column, quotes in told],
        [not (quotes or has_specials) for _, quotes in told],
        lines,
    )


def has_open_quote(parts: Sequence[bytes]) -> bool:
    """Whether quotes are open at the end of a text, of which these are the parts."""
    quotes = sum(np.count_nonzero(np.frombuffer(part, np.uint8) == _QUOTE) for part in parts)
    return quotes % 2 == 1


def first_row_end(text: bytes, is_within: bool) -> int:
    """Where the first row ends, with its newline; 0 for nowhere. The first byte may lie within quotes."""
    begin = 0
    while (newline := text.find(b"\n", begin)) >= 0:
        is_within ^= text.count(b'"', begin, newline) % 2 == 1
        begin = newline + 1
        if not is_within:
            return begin
    return 0


def _doubled_quotes(content: Bytes, quotes: Places, separator: int) -> Places:
    """Those that stand twice, for one. Raises `BrokenQuotes` for any that neither opens a cell nor closes one."""
    opens, closes = quotes[0::2], quotes[1::2]
    before = content[opens - 1]
    if len(opens) and opens[0] == 0:
        before[0] = _NEWLINE
    may_open = (before == separator) | (before == _NEWLINE) | (before == _QUOTE)
    after = content[closes + 1]  # in bounds: a newline ends the block
    is_doubled = after == _QUOTE
    ends_cell = (after == separator) | (after == _NEWLINE) | is_doubled
    if not ends_cell.all():
        ends_cell |= (after == _RETURN) & (content[np.minimum(closes + 2, len(content) - 1)] == _NEWLINE)
    if not (may_open.all() and ends_cell.all()):
        raise BrokenQuotes
    doubled: Places = closes[is_doubled]
    return doubled


def _check_returns(content: Bytes, quotes: Places) -> None:
    """A carriage return lies in quotes or ends a line."""
    returns = np.flatnonzero(content == _RETURN)
    is_within = (np.searchsorted(quotes, returns) & 1) == 1
    expect((is_within | (content[returns + 1] == _NEWLINE)).all())
