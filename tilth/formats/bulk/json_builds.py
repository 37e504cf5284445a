"""How a JSON line is built, and which lines are built like one that was taken apart."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tilth.formats.bulk.arrays import Flags
from tilth.formats.bulk.json_strings import LONGEST_NAME
from tilth.formats.bulk.surprise import expect
from tilth.formats.bulk.texts import WORD, Bytes, Places, words_at

_ANY_SIZE = 1 << 62
_REMEMBERED = 64  # builds: most files have the same few from beginning to end
_QUOTE, _BACKSLASH, _COMMA, _COLON, _SPACE = map(ord, '"\\,: ')
_OPEN, _CLOSE = ord("{"), ord("}")
_OBJECT_BIT = 0x20  # opening brackets of lists are those of objects without it
_BOTH, _FIRST = 0xFFFF, 0x00FF
_SPACED = 2  # bytes of a colon or a comma with its space


class Member(NamedTuple):
    """A key and its value in every line of a build."""

    name: bytes
    string: int
    """Which string of the line the key is."""
    is_text: bool
    """Whether the value is a text: it is the next string then. Otherwise it is no string, no list and no object."""
    before: int
    """Bytes between key and value: a colon, and a space or none."""
    after: int
    """Bytes between the value and what follows: a comma and a space or none, or the closing brace."""
    is_last: bool


Build = tuple[Member, ...]


def taken_apart(text: bytes, begin: int, quotes: Sequence[int], newline: int) -> Build:
    """How the line between `begin` and `newline` is built, with these quotes that begin and end strings.

    Raises `Surprise` where it is no flat object in the usual spelling.
    """
    opens, closes = quotes[0::2], quotes[1::2]
    expect(opens and text[begin] == _OPEN and opens[0] == begin + 1)
    members: list[Member] = []
    string = 0
    while string < len(opens):
        name = text[opens[string] + 1 : closes[string]]
        value = closes[string] + 1
        expect(len(name) <= LONGEST_NAME and _BACKSLASH not in name and text[value] == _COLON)
        value += 1 + (text[value + 1] == _SPACE)
        is_text = text[value] == _QUOTE
        following = string + 1 + is_text
        is_last = following >= len(opens)
        stop = newline if is_last else opens[following]
        after = 1 if is_last or text[stop - 1] == _COMMA else 2
        expect(text[stop - after] == (_CLOSE if is_last else _COMMA) and (after == 1 or text[stop - 1] == _SPACE))
        if is_text:
            expect(following <= len(opens) and closes[string + 1] + 1 == stop - after)
        else:
            expect(value < stop - after and text[value] | _OBJECT_BIT != _OPEN and text[value] != _SPACE)
        members.append(Member(name, string, is_text, value - closes[string] - 1, after, is_last))
        string = following
    expect(len({member.name for member in members}) == len(members))
    return tuple(members)


class Lines(NamedTuple):
    """Some lines of as many strings each."""

    text: bytes
    content: Bytes
    begins: Places
    """Where each line begins."""
    newlines: Places
    """Where each line ends."""
    opens: Places
    """The opening quotes of its strings: an array of strings by lines."""
    closes: Places
    """The closing quotes."""


def is_alike(build: Build, lines: Lines) -> Flags:
    """Whether each line is built so: every byte but those in texts and in other values is what the build has there."""
    begins, opens, closes = lines.begins, lines.opens, lines.closes
    stops = np.empty_like(closes)
    stops[:-1], stops[-1] = opens[1:], lines.newlines
    alike: Flags = (lines.content.take(begins) == _OPEN) & (opens[0] == begins + 1)
    between = _between(build, len(opens))
    # Below the least this turns over to what is above all that is allowed.
    alike &= ((stops - closes - between.least).view(np.uint64) <= between.room).all(0)
    pair_at = np.ndarray((len(lines.text) - 1,), "<u2", lines.text, strides=(1,))
    alike &= ((pair_at[closes + 1] & between.compared) == between.pair).all(0)
    for member in build:
        if not member.is_text:
            stop = stops[member.string]
            if member.after == _SPACED:
                alike &= pair_at[stop - _SPACED] == _number(b", ")
            else:
                alike &= lines.content.take(stop - 1) == (_CLOSE if member.is_last else _COMMA)
            first = lines.content.take(closes[member.string] + 1 + member.before, mode="clip")
            alike &= ((first | _OBJECT_BIT) != _OPEN) & (first != _SPACE)
    return alike & _has_names(build, lines)


class _Between(NamedTuple):
    """What stands between each string of a line and the next one, or the newline: a row for each string."""

    least: Places
    """How far it is at least."""
    room: NDArray[np.uint64]
    """How much farther it may be."""
    pair: NDArray[np.uint16]
    """The two bytes right behind the string."""
    compared: NDArray[np.uint16]
    """The bits of them that are known."""


@lru_cache(maxsize=_REMEMBERED)
def _between(build: Build, strings: int) -> _Between:
    least, room = np.zeros((strings, 1), np.int64), np.zeros((strings, 1), np.uint64)
    pair, compared = np.zeros((strings, 1), np.uint16), np.full((strings, 1), _BOTH, np.uint16)
    for member in build:
        key, value = member.string, member.string + member.is_text
        pair[key] = _number(b": " if member.before == _SPACED else b':"')
        if member.is_text:
            least[key] = member.before + 1
            least[value] = member.after + 1
            pair[value] = _number(b"}\n" if member.is_last else b", " if member.after == _SPACED else b',"')
        else:
            least[key], room[key] = member.before + 1 + member.after + 1, _ANY_SIZE
            compared[key] = _BOTH if member.before == _SPACED else _FIRST
    return _Between(least, room, pair & compared, compared)


class _Names(NamedTuple):
    """The keys of a build: columns of one row for each."""

    keys: list[int]
    """Which strings of a line they are."""
    sizes: Places
    heads: NDArray[np.uint64]
    """The first bytes of each."""
    masks: NDArray[np.uint64]
    """Those of them that are its own."""


@lru_cache(maxsize=_REMEMBERED)
def _names(build: Build) -> _Names:
    names = [member.name for member in build]
    return _Names(
        [member.string for member in build],
        np.array([[len(name)] for name in names]),
        np.array([[_number(name[:WORD])] for name in names], np.uint64),
        np.array([[(1 << 8 * min(len(name), WORD)) - 1] for name in names], np.uint64),
    )


def _has_names(build: Build, lines: Lines) -> Flags:
    keys, sizes, heads, masks = _names(build)
    begins = lines.opens[keys] + 1
    has: Flags = (lines.closes[keys] - begins == sizes).all(0)
    has &= ((words_at(lines.text, begins) & masks) == heads).all(0)
    for begin, member in zip(begins, build, strict=True):
        name = member.name
        for place in range(WORD, len(name), WORD):
            offset = min(place, len(name) - WORD)
            has &= words_at(lines.text, begin + offset) == _number(name[offset : offset + WORD])
    return has


def _number(word: bytes) -> int:
    """Some bytes as they are read at once."""
    return int.from_bytes(word, "little")
