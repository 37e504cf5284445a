"""How a tool spells its JSON lines, so that a changed line looks like the others of its file."""

import json
from typing import Any

from tilth.schemas import dump_json

_GAPS = ((",", ":"), (", ", ": "))


def spelled_like(line: bytes, value: Any, other: Any) -> bytes:
    """`other` as JSON, spelled as `line` spells `value`: with or without blanks, with letters or with escapes.

    Compact UTF-8 where the line is spelled in a way of its own.
    """
    if dump_json(value) == line:
        return dump_json(other)
    for gaps in _GAPS:
        for is_ascii in (False, True):
            if _dump(value, gaps, is_ascii) == line:
                return _dump(other, gaps, is_ascii)
    return dump_json(other)


def _dump(value: Any, gaps: tuple[str, str], is_ascii: bool) -> bytes:
    return json.dumps(value, ensure_ascii=is_ascii, separators=gaps, allow_nan=False).encode("utf-8", "surrogatepass")
