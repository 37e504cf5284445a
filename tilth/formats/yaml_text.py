"""JSON values as YAML that people like to read and every YAML reader takes for the same values.

Text stands plain where all versions of YAML agree that it is text, as an indented block where it has several lines,
and in double quotes everywhere else.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from tilth.schemas import dump_json

_INDENT = 2
_LAST_SHORT = 0xFFFF
# Readers give up on a key that has not ended after 1024 characters, unless it is announced by a question mark.
_SHORT_KEY = 500
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_TAKEN_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
# What YAML does not take, or takes for a line end, and JSON leaves as it is; and what the reader uses as stand-ins.
_TO_ESCAPE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\U0001fffe\U0001ffff\U0002fffe\U0002ffff]")


def row_text(row: Mapping[str, Any]) -> str:
    """One row as an item of a YAML list, with its line end."""
    lines: list[str] = []
    _write(lines, "-", row, 0)
    return "\n".join(lines) + "\n"


def _write(lines: list[str], lead: str, value: Any, indent: int) -> None:
    """Append a value that stands behind `lead` (a key with its colon, or the dash of an item)."""
    if isinstance(value, Mapping) and value:
        _write_entries(lines, lead, value, indent + _INDENT)
    elif isinstance(value, list) and value:
        _write_items(lines, lead, value, indent + _INDENT)
    elif isinstance(value, str):
        _write_text(lines, lead, value, indent + _INDENT)
    else:
        lines.append(f"{lead} {_scalar(value)}")


def _write_entries(lines: list[str], lead: str, entries: Mapping[str, Any], indent: int) -> None:
    begin = _begin(lines, lead, indent)
    for key, value in entries.items():
        name = key if _is_plain_key(key) else _quoted(key)
        if len(name) <= _SHORT_KEY:
            _write(lines, f"{begin}{name}:", value, indent)
        else:
            lines.append(f"{begin}? {name}")
            _write(lines, " " * indent + ":", value, indent)
        begin = " " * indent


def _write_items(lines: list[str], lead: str, items: Sequence[Any], indent: int) -> None:
    begin = _begin(lines, lead, indent)
    for item in items:
        _write(lines, f"{begin}-", item, indent)
        begin = " " * indent


def _begin(lines: list[str], lead: str, indent: int) -> str:
    """What the first line inside begins with: the dash of the item that it is in, or nothing but its indent."""
    if lead.endswith("-"):
        return lead + " "
    lines.append(lead)
    return " " * indent


def _write_text(lines: list[str], lead: str, text: str, indent: int) -> None:
    if _is_plain(text):
        lines.append(f"{lead} {text}")
    elif "\n" in text and _is_block(text):
        lines.append(f"{lead} |" if text.endswith("\n") else f"{lead} |-")
        lines.extend(" " * indent + line if line else "" for line in text.removesuffix("\n").split("\n"))
    else:
        lines.append(f"{lead} {_quoted(text)}")


def _is_plain_key(key: str) -> bool:
    return bool(_PLAIN_KEY.fullmatch(key)) and key.lower() not in _TAKEN_WORDS


def _is_plain(text: str) -> bool:
    return (
        text[:1].isalpha()
        and text.isprintable()
        and not text.endswith((":", " "))
        and ": " not in text
        and " #" not in text
        and text.lower() not in _TAKEN_WORDS
    )


def _is_block(text: str) -> bool:
    """Whether a text of several lines can stand as a block: nothing invisible, no line that is only white space."""
    lines = text.removesuffix("\n").split("\n")
    return (
        bool(lines[0])
        and bool(lines[-1])
        and not lines[0].startswith(" ")
        and all(line.isprintable() and not (line and line.isspace()) for line in lines)
    )


def _quoted(text: str) -> str:
    return _TO_ESCAPE.sub(_escape, dump_json(text).decode("utf-8"))


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\u{code:04x}" if code <= _LAST_SHORT else f"\\U{code:08x}"


def _scalar(value: Any) -> str:
    if isinstance(value, float) and "." not in (digits := repr(value)) and "e" in digits:
        return digits.replace("e", ".0e")  # older readers take 1e+22 for text, and 1.0e+22 for the number
    return dump_json(value).decode("utf-8")
