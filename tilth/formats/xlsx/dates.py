"""Dates as workbooks hold them: days since 1900 (or 1904) in a number, which only the cell's format calls a date."""

import re
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Literal

DateKind = Literal["date", "time", "datetime", "duration", "any"]
"""What a number format shows: a day, a time of day, both, hours past 24, or one of these by the language."""

_DAY_MS = 86_400_000  # spreadsheets hold time to the millisecond: what lies below is noise of the number
_LAST_DAY = 2_958_465  # 9999-12-31
_NO_DAY = 60  # 1900 is a leap year in spreadsheets since Lotus 1-2-3; this is its 29 February
_BUILT_IN: dict[int, DateKind] = {
    **dict.fromkeys((14, 15, 16, 17), "date"),
    **dict.fromkeys((18, 19, 20, 21, 45, 47), "time"),
    22: "datetime",
    46: "duration",
    **dict.fromkeys((*range(27, 37), *range(50, 59)), "any"),
}
_LITERAL = re.compile(r'"[^"]*"?|\\.|[_*].', re.DOTALL)
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_BRACKETS = re.compile(r"\[[^\]]*\]")


def kind_of_built_in(number: str) -> DateKind | None:
    """The kind of a number format that every workbook has, by its number."""
    return _BUILT_IN.get(int(number)) if number.isascii() and number.isdigit() and len(number) < 6 else None


def kind_of_code(code: str) -> DateKind | None:
    """The kind of a format that a workbook spells out, such as `yyyy-mm-dd` or `0.00`."""
    bare = _LITERAL.sub("", code)
    shown = _BRACKETS.sub("", _ELAPSED.sub("\0", bare)).partition(";")[0].lower()
    if "\0" in shown:
        return "duration"
    has_time = "h" in shown or "s" in shown
    has_day = "y" in shown or "d" in shown or ("m" in shown and not has_time)
    return "datetime" if has_day and has_time else "date" if has_day else "time" if has_time else None


def iso_text(number: str, kind: DateKind, *, is_1904: bool) -> str:
    """The date that a number stands for, as ISO 8601 writes it. Raises `ValueError` for a number that is none."""
    try:
        days = Decimal(number)
    except InvalidOperation as failure:
        raise ValueError("is no number") from failure
    if not -_LAST_DAY <= days < _LAST_DAY + 1:
        raise ValueError("lies past the year 9999")
    milliseconds = round(days * _DAY_MS)
    if kind == "duration":
        return _duration(milliseconds)
    day, of_day = divmod(milliseconds, _DAY_MS)
    if day < 0:
        raise ValueError("lies before the first day")
    if day == 0 and kind != "date" and (kind == "time" or not is_1904):
        return _time(of_day)
    if not is_1904 and day in (0, _NO_DAY):
        raise ValueError("is a day that never was")
    whole = _day(day, is_1904=is_1904)
    return whole if of_day == 0 and kind in ("date", "any") else f"{whole}T{_time(of_day)}"


def _day(day: int, *, is_1904: bool) -> str:
    first = date(1904, 1, 1) if is_1904 else date(1899, 12, 31) if day < _NO_DAY else date(1899, 12, 30)
    try:
        return (first + timedelta(days=day)).isoformat()
    except OverflowError as failure:
        raise ValueError("lies past the year 9999") from failure


def _time(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{text}.{rest:03}" if rest else text


def _duration(milliseconds: int) -> str:
    seconds, rest = divmod(abs(milliseconds), 1000)
    parts = [(seconds // 3600, "H"), (seconds // 60 % 60, "M")]
    text = "".join(f"{count}{unit}" for count, unit in parts if count)
    fraction = f".{rest:03}" if rest else ""
    if seconds % 60 or rest or not text:
        text += f"{seconds % 60}{fraction}S"
    return f"{'-' if milliseconds < 0 else ''}PT{text}"
