"""Where a cell stands, and the JSON value of what is written in it."""

import re
from collections.abc import Sequence
from functools import cache

from tilth.formats.xlsx.dates import DateKind, iso_text
from tilth.formats.xlsx.shared_strings import SharedStrings
from tilth.formats.xlsx.xml_events import BrokenWorkbook

Value = str | int | float | bool
MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384
"""The size of a sheet."""

_INTEGER = re.compile(r"-?[0-9]{1,4300}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)
_SURROGATE = re.compile("[\ud800-\udfff]")
_SHOWN = 40


class CellError(Exception):
    """Why a cell has no value that a row can hold, in words that follow its place."""


class CellReader:
    """Values of cells, for one workbook."""

    def __init__(self, strings: SharedStrings, styles: Sequence[DateKind | None], *, is_1904: bool) -> None:
        self._strings, self._styles, self._is_1904 = strings, styles, is_1904

    def value(self, kind: str, style: str, text: str) -> Value:
        """What a cell of that kind and style says with this text. Raises `CellError`."""
        if kind == "s":
            return _whole(self._shared(text))
        if kind == "n":
            date = self._date_kind(style) if style else None
            return number(text) if date is None else self._date(text, date)
        if kind == "b":
            if text.strip() not in ("0", "1", "true", "false"):
                raise CellError(f"holds {text[:_SHOWN]!r}, which is neither true nor false")
            return text.strip() in ("1", "true")
        if kind == "e":
            raise CellError(f"holds the error {text[:_SHOWN]}")
        return _whole(text)  # text of a formula or of the cell itself, or a date that is spelled out

    def _shared(self, text: str) -> str:
        try:
            return self._strings[int(text)]
        except (ValueError, IndexError) as failure:
            raise BrokenWorkbook(f"a cell names the shared text {text[:_SHOWN]!r}, and there is none") from failure

    def _date_kind(self, style: str) -> DateKind | None:
        if not (style.isascii() and style.isdigit()):
            raise BrokenWorkbook(f"a cell names the style {style[:_SHOWN]!r}, and there is none")
        index = int(style[:9])
        return self._styles[index] if index < len(self._styles) else None

    def _date(self, text: str, kind: DateKind) -> str:
        try:
            return iso_text(text, kind, is_1904=self._is_1904)
        except ValueError as failure:
            raise CellError(f"is formatted as a date, and its number {text[:_SHOWN]} {failure}") from failure


def number(text: str) -> int | float:
    """The number that a text spells: an integer when there is neither point nor exponent in it."""
    text = text.strip()
    if _INTEGER.fullmatch(text):
        return int(text)
    value = float(text) if _NUMBER.fullmatch(text) else None
    if value is None or value in (float("inf"), float("-inf")):
        raise CellError(f"holds {text[:_SHOWN]!r}, which is no number")
    return value


@cache
def column_number(letters: str) -> int:
    """The place of a column, from 1; 0 when no sheet has such a column."""
    place = 0
    for letter in letters[:4]:
        if not "A" <= letter <= "Z":
            return 0
        place = place * 26 + ord(letter) - 64
    return place if place <= MAX_COLUMNS else 0


@cache
def column_letters(place: int) -> str:
    """The name of a column by its place."""
    letters = ""
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _whole(text: str) -> str:
    if _SURROGATE.search(text):
        raise CellError("holds half of a surrogate pair, which is no character")
    return text
