"""JSON escapes in the texts of a whole column: written and read all at once."""

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.formats.bulk.arrays import Flags
from tilth.formats.bulk.surprise import expect
from tilth.formats.bulk.texts import Bytes, Places, bytes_of, texts_between, texts_of

_BACKSLASH, _QUOTE = ord("\\"), ord('"')
_LOWEST_PLAIN = 0x20
_SHORT = {ord(plain): f"\\{letter}" for plain, letter in zip('"\b\t\n\f\r', '"btnfr', strict=True)}
_LONG_ESCAPE = 6  # bytes of \u0000
_REMOVED = 0xFF  # no byte of UTF-8: marks what an escape leaves over, until it is taken out

_MEANT = np.zeros(256, np.uint8)
for _letter, _plain in zip(b'"\\/bfnrt', b'"\\/\b\f\n\r\t', strict=True):
    _MEANT[_letter] = _plain
_NO_DIGIT = 0xFF
_HEX = np.full(256, _NO_DIGIT, np.uint8)
for _value in range(16):
    _HEX[ord(f"{_value:x}")] = _HEX[ord(f"{_value:X}")] = _value


def escaped(texts: pa.StringArray) -> pa.StringArray:
    """The texts as they stand between the quotes of JSON, spelt as `dump_json` spells them."""
    content, offsets = bytes_of(texts)
    is_special = (content < _LOWEST_PLAIN) | (content == ord('"')) | (content == _BACKSLASH)
    if not is_special.any():
        return texts
    places = np.flatnonzero(is_special)
    found = content[places]
    written = content.tobytes()
    growth = np.ones(len(places), np.int64)
    kinds = np.flatnonzero(np.bincount(found, minlength=1))
    if _BACKSLASH in kinds:
        written = written.replace(b"\\", b"\\\\")  # before the others bring in more of them
    for kind in kinds.tolist():
        if kind != _BACKSLASH:
            spelt = _SHORT.get(kind, f"\\u{kind:04x}")
            written = written.replace(bytes([kind]), spelt.encode())
            if kind not in _SHORT:
                growth[found == kind] = _LONG_ESCAPE - 1
    return texts_of(written, _moved(offsets, places, growth), texts)


def unescaped(texts: pa.StringArray, begins: Places) -> pa.StringArray:
    """What texts between the quotes of JSON mean, with the places in their bytes at which escapes begin.

    Raises `Surprise` for an escape that there is not.
    """
    if not len(begins):
        return texts
    content, offsets = bytes_of(texts)
    expect(begins[-1] + 1 < len(content))
    letters = content.take(begins + 1)
    kept = bytearray(content)
    written = np.frombuffer(kept, np.uint8)
    is_long = letters == ord("u")
    short = begins[~is_long]
    meant = _MEANT[letters[~is_long]]
    expect(meant.all())
    written[short], written[short + 1] = _REMOVED, meant
    shrink = np.ones(len(begins), np.int64)
    if is_long.any():
        shrink[is_long] = _written_long(written, content, begins[is_long], offsets)
    left = bytes(kept.replace(bytes([_REMOVED]), b""))
    return texts_of(left, _moved(offsets, begins, -shrink), texts)


def escape_begins(backslashes: Places) -> Places:
    """Of all backslashes those that begin an escape: in a run of them every other one, from the first."""
    if not len(backslashes):
        return backslashes
    is_first = np.ones(len(backslashes), np.bool_)
    np.not_equal(backslashes[1:], backslashes[:-1] + 1, out=is_first[1:])
    if is_first.all():
        return backslashes
    numbers = np.arange(len(backslashes))
    run = np.maximum.accumulate(np.where(is_first, numbers, 0))
    begins: Places = backslashes[(numbers - run) % 2 == 0]
    return begins


def _moved(offsets: NDArray[Any], places: Places, growth: NDArray[np.int64]) -> Places:
    """Where texts begin after each place has grown by some bytes."""
    total = np.zeros(len(places) + 1, np.int64)
    np.cumsum(growth, out=total[1:])
    moved: Places = offsets + total[np.searchsorted(places, offsets)]
    return moved


def check_escapes(content: Bytes, begins: Places) -> None:
    """Raise `Surprise` for an escape that there is not, among those that begin at some places."""
    if len(begins):
        expect(begins[-1] + 1 < len(content))
        letters = content.take(begins + 1)
        is_long = letters == ord("u")
        expect((is_long | (_MEANT.take(letters) > 0)).all())
        if is_long.any():
            _codes(content, begins[is_long])


def _codes(content: Bytes, begins: Places) -> tuple[NDArray[np.int64], Flags]:
    """The code that each escape such as `\\u00e9` spells, and which of them are the first half of a pair."""
    expect(begins[-1] + _LONG_ESCAPE <= len(content))
    digits = _HEX[content[begins[:, None] + np.arange(2, _LONG_ESCAPE)]]
    expect((digits != _NO_DIGIT).all())
    codes: NDArray[np.int64] = digits.astype(np.int64) @ np.array([4096, 256, 16, 1])
    is_high, is_low = (codes & 0xFC00) == 0xD800, (codes & 0xFC00) == 0xDC00
    is_pair = np.zeros(len(codes), np.bool_)
    is_pair[:-1] = is_high[:-1] & is_low[1:] & (begins[1:] == begins[:-1] + _LONG_ESCAPE)
    expect(is_high.sum() == is_low.sum() == is_pair.sum())  # half a pair is no character
    return codes, is_pair


def _written_long(written: Bytes, content: Bytes, begins: Places, offsets: NDArray[Any]) -> NDArray[np.int64]:
    """Write the characters of escapes such as `\\u00e9`; the bytes that each leaves over."""
    text_ends = offsets[np.searchsorted(offsets, begins, side="right")]
    expect((begins + _LONG_ESCAPE <= text_ends).all())  # or it would go on in the next text
    codes, is_pair = _codes(content, begins)
    second = np.flatnonzero(is_pair) + 1
    expect(not np.isin(begins[second], offsets).any())  # one half ends a text, and the other begins the next
    codes[is_pair] = 0x10000 + ((codes[is_pair] & 0x3FF) << 10) + (codes[second] & 0x3FF)
    for place in range(_LONG_ESCAPE):
        written[begins + place] = _REMOVED
    taken = np.select([codes < 0x80, codes < 0x800, codes < 0x10000], [1, 2, 3], 4)
    taken[second] = 0
    one, two, three, four = (codes[taken == size] for size in (1, 2, 3, 4))
    _write(written, begins[taken == 1], [one])
    _write(written, begins[taken == 2], [0xC0 | two >> 6, 0x80 | two & 0x3F])
    _write(written, begins[taken == 3], [0xE0 | three >> 12, 0x80 | three >> 6 & 0x3F, 0x80 | three & 0x3F])
    lead = [0xF0 | four >> 18, 0x80 | four >> 12 & 0x3F, 0x80 | four >> 6 & 0x3F, 0x80 | four & 0x3F]
    _write(written, begins[taken == 4], lead)
    left: NDArray[np.int64] = _LONG_ESCAPE - taken.astype(np.int64)
    return left


def _write(written: Bytes, begins: Places, octets: list[NDArray[np.int64]]) -> None:
    for place, octet in enumerate(octets):
        written[begins + place] = octet


def json_strings(texts: pa.StringArray) -> pa.StringArray:
    """What JSON strings mean, each with its quotes. Raises `Surprise` for one that is none."""
    content, offsets = bytes_of(texts)
    begins, ends = offsets[:-1].astype(np.int64), offsets[1:].astype(np.int64) - 1
    expect((begins < ends).all() and (content[begins] == _QUOTE).all() and (content[ends] == _QUOTE).all())
    expect((content >= _LOWEST_PLAIN).all())
    quotes = np.flatnonzero(content == _QUOTE)
    escapes = escape_begins(np.flatnonzero(content == _BACKSLASH))
    quotes = np.setdiff1d(quotes, escapes + 1, assume_unique=True)
    # All other quotes are the two around each text; so no escape goes on over the end of one.
    expect(np.array_equal(quotes, np.stack([begins, ends], axis=1).ravel()))
    # Without the quotes, of which there is one before the first text, and two before each other one.
    inner = texts_between(content.tobytes(), begins + 1, ends)
    text_of = np.searchsorted(begins, escapes) - 1
    return unescaped(inner, escapes - 2 * text_of - 1)
