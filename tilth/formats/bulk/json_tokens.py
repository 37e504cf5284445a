"""Where the keys and values of JSON lines lie, found for a whole block at once and proven byte by byte.

Taken is what nearly every file holds: one object a line, its keys and values separated by `,` and `:`, each with at
most one space behind it. What lies between two strings is compared with exactly that, so that nothing can hide there.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tilth.formats.bulk.arrays import Flags
from tilth.formats.bulk.escapes import escape_begins
from tilth.formats.bulk.surprise import expect
from tilth.formats.bulk.texts import Bytes, Places

_QUOTE, _BACKSLASH, _COMMA, _COLON, _SPACE, _NEWLINE = map(ord, '"\\,: \n')
_OPEN, _CLOSE = ord("{"), ord("}")
_LOWEST_PLAIN = 0x20
_TURNED_BIT = 0x02
# Opening and closing brackets of lists are those of objects without this bit.
_OBJECT_BIT = 0x20


class Marks(NamedTuple):
    """The bytes of some lines that tell where everything else in them is."""

    quotes: Places
    """Those that begin or end a string."""
    newlines: Places
    strings: Places
    """How many strings lie before each newline. None goes on over it."""
    escapes: Places
    """The backslashes that begin an escape."""


@dataclass(frozen=True)
class Tokens:
    """Strings and values of a block of lines, in the order of the file."""

    lines: int
    opens: Places
    """The opening quote of each string at the top of an object: keys, and values that are texts."""
    closes: Places
    """The closing quote of each."""
    keys: Places
    """Which of the strings are keys."""
    line_of: Places
    """The line of each key, from 0."""
    is_text: Flags
    """Whether the value of each key is a text: it is the string that follows then."""
    is_nested: Flags
    """Whether the value of each key is a list or an object."""
    begins: Places
    """Where the value of each key begins."""
    ends: Places
    """Where it ends."""
    escapes: Places
    """The backslashes in strings that begin an escape."""


def tokens_of(content: Bytes, marks: Marks, max_depth: int) -> Tokens:
    """The tokens of some whole lines. Raises `Surprise` where the lines are not as they usually are."""
    quotes, newlines, _, escapes = marks
    opens, closes = quotes[0::2], quotes[1::2]
    keys, begins = _keys(content, closes)
    first = content.take(begins)
    if ((first | _OBJECT_BIT) == _OPEN).any():
        expect(max_depth > 1)
        outer, inner = _spans(content, quotes, newlines, max_depth)
        expect(len(outer) and len(outer) == len(inner))
        is_top = ~_within(opens, outer, inner)
        opens, closes = opens[is_top], closes[is_top]
        keys, begins = _keys(content, closes)
        first = content.take(begins)
    else:
        outer = inner = np.empty(0, np.int64)
    last = np.searchsorted(opens, newlines) - 1
    line_of = _checked_lines(content, opens, newlines, last, keys)
    is_text = first == _QUOTE
    _check_turns(len(opens), keys, is_text)
    ends = _value_ends(content, opens, newlines, last, keys, is_text, line_of)
    expect((closes[keys[is_text] + 1] + 1 == ends[is_text]).all())
    is_nested = (first | _OBJECT_BIT) == _OPEN
    expect(np.array_equal(begins[is_nested], outer) and np.array_equal(ends[is_nested], inner + 1))
    return Tokens(
        len(newlines),
        opens,
        closes,
        keys,
        line_of,
        is_text,
        is_nested,
        begins,
        ends,
        escapes,
    )


def marks_of(text: bytes) -> Marks:
    """The marks in some whole lines. Raises `Surprise` where there are control characters in strings."""
    content = np.frombuffer(text, np.uint8)
    # With this bit turned over a quote comes right behind the control characters, which stay among themselves. The
    # array is used again: asking the system for another one takes longer than all the rest.
    turned = content ^ _TURNED_BIT
    is_mark = np.less_equal(turned, _QUOTE ^ _TURNED_BIT, out=turned.view(np.bool_))
    has_escapes = b"\\" in text
    if has_escapes:
        is_mark |= content == _BACKSLASH
    marks = np.flatnonzero(is_mark)
    kinds = content.take(marks)
    is_control = kinds < _LOWEST_PLAIN
    ends = np.flatnonzero(is_control)
    expect((kinds.take(ends) == _NEWLINE).all())
    newlines = marks.take(ends)
    if not has_escapes:
        return _marks(marks[~is_control], newlines, ends - np.arange(len(ends)), np.empty(0, np.int64))
    is_backslash = kinds == _BACKSLASH
    escapes = escape_begins(marks[is_backslash])
    is_quote = ~(is_control | is_backslash)
    # A quote right behind the backslash that begins an escape; in bounds, because a newline ends the block.
    escaped = escapes + 1
    escaped = escaped[content.take(escaped) == _QUOTE]
    is_quote[np.searchsorted(marks, escaped)] = False
    quotes = marks[is_quote]
    return _marks(quotes, newlines, np.searchsorted(quotes, newlines), escapes)


def _marks(quotes: Places, newlines: Places, before: Places, escapes: Places) -> Marks:
    expect(len(quotes) % 2 == 0 and not (before & 1).any())
    return Marks(quotes, newlines, before >> 1, escapes)


def _keys(content: Bytes, closes: Places) -> tuple[Places, Places]:
    """Which strings a colon follows, and where the value behind it begins."""
    keys = np.flatnonzero(content.take(closes + 1) == _COLON)
    begins = closes.take(keys) + 2
    begins += content.take(begins) == _SPACE
    return keys, begins


def _spans(content: Bytes, quotes: Places, newlines: Places, max_depth: int) -> tuple[Places, Places]:
    """Where lists and objects that are values of a line's object begin, and where they end."""
    as_object = content | _OBJECT_BIT
    brackets = np.flatnonzero((as_object == _OPEN) | (as_object == _CLOSE))
    brackets = brackets[(np.searchsorted(quotes, brackets) & 1) == 0]
    step = np.where(as_object[brackets] == _OPEN, 1, -1)
    depth = np.cumsum(step)
    at_newline = np.searchsorted(brackets, newlines)
    expect(at_newline[0] > 0 and not depth[at_newline - 1].any())
    expect(depth.min() == 0 and depth.max() <= max_depth)
    return brackets[(depth == 2) & (step == 1)], brackets[(depth == 1) & (step == -1)]


def _within(places: Places, begins: Places, ends: Places) -> Flags:
    """Whether each place lies in one of the spans."""
    span = np.searchsorted(begins, places) - 1
    inside: Flags = (span >= 0) & (places < ends[span])
    return inside


def _checked_lines(content: Bytes, opens: Places, newlines: Places, last: Places, keys: Places) -> Places:
    """The line of each key, when every line begins as an object that has one."""
    begins = np.concatenate([[0], newlines[:-1] + 1])
    first = np.concatenate([[0], last[:-1] + 1])
    expect((first <= last).all() and (content.take(begins) == _OPEN).all() and (opens.take(first) == begins + 1).all())
    expect(newlines[-1] == len(content) - 1)
    counts = np.diff(np.searchsorted(keys, last, side="right"), prepend=0)
    return np.repeat(np.arange(len(newlines)), counts)


def _check_turns(strings: int, keys: Places, is_text: Flags) -> None:
    """A string is a key, or the text that is the value of the key before it, and nothing else."""
    is_value = np.zeros(strings + 1, np.bool_)
    is_value[keys[is_text] + 1] = True
    is_key = np.zeros(strings + 1, np.bool_)
    is_key[keys] = True
    expect((is_value[:strings] != is_key[:strings]).all() and not is_value[strings])


def _value_ends(
    content: Bytes,
    opens: Places,
    newlines: Places,
    last: Places,
    keys: Places,
    is_text: Flags,
    line_of: Places,
) -> Places:
    """Where the value of each key ends: before the comma and the next key, or before the brace and the newline."""
    is_end = np.zeros(len(opens) + 1, np.bool_)
    is_end[last] = True
    is_last = is_end.take(keys + is_text)
    expect(is_last.sum() == len(newlines))
    after = np.empty(len(keys), np.int64)
    after[:-1] = opens.take(keys[1:])
    after[is_last] = newlines[line_of[is_last]]
    ends = after - 1
    ends -= (content.take(ends) == _SPACE) & ~is_last
    expect((content.take(ends) == np.where(is_last, _CLOSE, _COMMA)).all())
    return ends
