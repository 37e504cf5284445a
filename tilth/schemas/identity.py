"""What a record is before it is checked: plain data with an identity, parts, and fields by name."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from tilth.schemas.exact_json import canonical_json

Fields = dict[str, Any]
"""A record as plain data: `type`, the fields of its record type, `meta`, `extra`."""

NOT_CONTENT = frozenset({"id", "meta", "extra"})
"""What a record carries without being made of it: identity, provenance, fields that Tilth does not know."""
_ID_DIGITS = 32  # 128 bits of sha256: a billion records collide with a chance of 1 in 10^20


class Parts(NamedTuple):
    """The three texts of a record that operations compare and measure; None where the type has no such part."""

    prompt: str | None
    answer: str | None
    text: str


def content_id(fields: Mapping[str, Any]) -> str:
    """Identity of a record: 32 hex digits of the sha256 of its canonical JSON.

    The same content has the same id whatever file, format or dialect it came from. So `id`, `meta` and `extra` are
    left out, and so is what says nothing: a field that is null, false, an empty text or an empty list (Alpaca
    writes `"input": ""` where others write no input), and a null in a turn, an answer or a span (Parquet fills
    them in). Deeper values, such as the arguments of a tool call, count as they are.
    """
    content = {
        name: _without_nulls(value) if isinstance(value, list) else value
        for name, value in fields.items()
        if name not in NOT_CONTENT and not says_nothing(value)
    }
    return sha256(canonical_json(content)).hexdigest()[:_ID_DIGITS]


def join(texts: Iterable[Any]) -> str:
    """The non-empty texts among some values, one below the other."""
    return "\n".join(value for value in texts if isinstance(value, str) and value)


def text_or_none(value: Any) -> str | None:
    """The value if it is text."""
    return value if isinstance(value, str) else None


def value_of(fields: Mapping[str, Any], name: str) -> Any:
    """The value of a field by its dotted name (`meta.licence`); of one that its type does not know, from `extra`."""
    value: Any = fields
    for step in name.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    extra = fields.get("extra")
    return extra.get(name) if value is None and isinstance(extra, dict) else value


def says_nothing(value: Any) -> bool:
    """Whether a field of that value is as good as no field: null, false, an empty text, an empty list."""
    # Not `not value`: 0 and 0.0 are content.
    return value is None or value is False or (isinstance(value, str | list) and not value)


def _without_nulls(items: list[Any]) -> list[Any]:
    return [
        {key: value for key, value in item.items() if value is not None} if isinstance(item, dict) else item
        for item in items
    ]
