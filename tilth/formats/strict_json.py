"""One documented answer for everything that JSON parsers disagree about, at the speed of the fastest of them.

A block of lines goes through orjson, and cheap counts over the bytes tell whether anything in it could be one of the
cases that orjson decides in silence (an integer past 64 bits, a key given twice). Only such a line is parsed again,
slowly and exactly.
"""

import json
import re
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import orjson

from tilth.formats.transcoding import not_utf8

MAX_DEPTH = 128
"""Objects and lists inside each other: far more than data has, and far less than crashes a reader further on."""

# An integer past 64 bits has at least 19 digits. Mapping all digits to 0 and searching for a run is 12 times as fast
# as a regular expression over the block (1.4 against 16 ns per byte).
_DIGITS_AS_ZERO = bytes(ord("0") if chr(code).isdigit() and code < 128 else code for code in range(256))
_LONG_NUMBER = b"0" * 19
_NO_OPENING = bytes(set(range(256)) - set(b"{[\n"))
_SURELY_SHORT = 19  # bytes: without a quote there is no key in them, and no room for a long integer
_SPACED_COLON = re.compile(rb'"[ \t\r]+:')
_ESCAPED_PUNCTUATION = re.compile(rb"\\u00(?:22|3[aA])")
_STEPS = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_NO_BRACKETS = bytes(code for code in range(256) if code not in _STEPS)
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")


class StrictJsonError(ValueError):
    """Why a text is not a value that Tilth takes, in words for people."""


def parse_block(lines: Sequence[bytes], max_depth: int = MAX_DEPTH) -> list[Any | StrictJsonError]:
    """The value of each line, or the refusal that says what is wrong with it."""
    try:
        values: list[Any] = list(map(orjson.loads, lines))
    except orjson.JSONDecodeError:
        return [_parse_or_refuse(line, max_depth) for line in lines]
    block = b"\n".join(lines)
    if is_plain(block) and _same_keys(block, values):
        many = [index for index, line in enumerate(lines) if line.count(b"{") + line.count(b"[") > max_depth]
        deep = [index for index in many if _depth(lines[index]) > max_depth]
    else:
        deep = [index for index, line in enumerate(lines) if not _is_sure(line, values[index], max_depth)]
    for index in deep:
        values[index] = _parse_or_refuse(lines[index], max_depth)
    return values


def parse_json(text: bytes, max_depth: int = MAX_DEPTH) -> Any:
    """The value that one text spells, exactly. Raises `StrictJsonError` for everything else."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return parse_carefully(text, max_depth)
    if len(text) < _SURELY_SHORT and b'"' not in text:
        return value
    return value if _is_sure(text, value, max_depth) else parse_carefully(text, max_depth)


def parse_trusted(lines: bytes) -> list[Any]:
    """The values of lines that were checked before, or that Tilth wrote: exact, and not checked again."""
    if _LONG_NUMBER in lines.translate(_DIGITS_AS_ZERO):
        return [json.loads(line) for line in lines.split(b"\n")]
    values: list[Any] = orjson.loads(b"[" + lines.replace(b"\n", b",") + b"]")
    return values


def parse_carefully(text: bytes, max_depth: int = MAX_DEPTH) -> Any:
    """The same value as `parse_json`, with every check made one by one and each refusal worded."""
    try:
        characters = text.decode("utf-8")
    except UnicodeDecodeError as failure:
        raise StrictJsonError(not_utf8(text, failure.start)) from failure
    if _depth(text) > max_depth:
        raise StrictJsonError(f"objects and lists lie more than {max_depth} deep inside each other")
    try:
        value = json.loads(characters, object_pairs_hook=_unique, parse_constant=_refuse_word, parse_float=_finite)
    except json.JSONDecodeError as failure:
        raise StrictJsonError(f"broken JSON at column {failure.colno}: {_lowered(failure.msg)}") from failure
    except StrictJsonError:
        raise
    except ValueError as failure:  # Python reads integers of up to 4300 digits
        raise StrictJsonError("an integer of more than 4300 digits") from failure
    if _SURROGATE_ESCAPE.search(characters):
        _refuse_lone_surrogate(value)
    return value


def is_plain(block: bytes) -> bool:
    """Whether nothing in the block could be an integer past 64 bits or hide a key from being counted."""
    return not (
        _LONG_NUMBER in block.translate(_DIGITS_AS_ZERO)
        or _SPACED_COLON.search(block)
        or (b"\\u00" in block and _ESCAPED_PUNCTUATION.search(block))
    )


def _same_keys(block: bytes, value: object) -> bool:
    """Whether a text has as many `":` as the value written anew: a key that was given twice would be missing there."""
    try:
        return block.count(b'":') == orjson.dumps(value).count(b'":')
    except TypeError:  # nested deeper than orjson writes
        return False


def _is_sure(line: bytes, value: object, max_depth: int) -> bool:
    return is_plain(line) and _same_keys(line, value) and line.count(b"{") + line.count(b"[") <= max_depth


def _parse_or_refuse(line: bytes, max_depth: int) -> Any | StrictJsonError:
    try:
        return parse_json(line, max_depth)
    except StrictJsonError as refusal:
        return refusal


def _depth(text: bytes) -> int:
    """How many objects and lists lie inside each other, as far as the text is JSON."""
    if b"\\" in text:
        text = text.replace(b"\\\\", b"").replace(b'\\"', b"")
    outside = b"".join(text.split(b'"')[::2]).translate(None, _NO_BRACKETS)
    return max(accumulate(map(_STEPS.__getitem__, outside)), default=0)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        counts = Counter(key for key, _ in pairs)
        twice = next(key for key, count in counts.items() if count > 1)
        raise StrictJsonError(f'the key "{twice[:60]}" is given twice')
    return values


def _refuse_word(word: str) -> Any:
    raise StrictJsonError(f"{word} is not JSON")


def _finite(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise StrictJsonError(f"the number {digits[:40]} is larger than a float can be")
    return value


def _refuse_lone_surrogate(value: object) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as failure:
        raise StrictJsonError("half of a surrogate pair, which is no character") from failure


def _lowered(message: str) -> str:
    return message[:1].lower() + message[1:]
