"""What every record has: a type, provenance, unknown fields carried along, an identity and its parts."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, ClassVar, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from tilth.schemas.exact_json import canonical_json

Fields = dict[str, Any]
"""A record as plain data: `type`, the fields of its record type, `meta`, `extra`."""

_NOT_CONTENT = frozenset({"id", "meta", "extra"})
_ID_DIGITS = 32  # 128 bits of sha256: a billion records collide with a chance of 1 in 10^20


class Parts(NamedTuple):
    """The three texts of a record that operations compare and measure; None where the type has no such part."""

    prompt: str | None
    answer: str | None
    text: str


class Record(BaseModel):
    """Base of every record type. A subclass sets `type` to its own name and says what its parts are."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    type: str
    """Name of the record type."""
    meta: dict[str, Any] = Field(default_factory=dict)
    """Provenance: source file and line, parents, generator, annotator, licence, signals, quality."""
    extra: dict[str, Any] = Field(default_factory=dict)
    """Fields that Tilth does not know, verbatim and in order."""

    summary: ClassVar[str] = ""
    """One line for `tilth schema` and the docs."""

    @classmethod
    def parts(cls, fields: Mapping[str, Any]) -> Parts:
        """The parts of a record given as plain data. Never raises: what is not text counts as absent."""
        texts = [value for name, value in fields.items() if name not in ("type", *_NOT_CONTENT) and isinstance(value, str)]
        return Parts(None, None, "\n".join(texts))


def content_id(fields: Mapping[str, Any]) -> str:
    """Identity of a record: 32 hex digits of the sha256 of its canonical JSON.

    `id`, `meta` and `extra` are left out, and so are fields that are null: the same content has the same id whatever
    file, format or dialect it came from.
    """
    content = {name: value for name, value in fields.items() if name not in _NOT_CONTENT and value is not None}
    return sha256(canonical_json(content)).hexdigest()[:_ID_DIGITS]
