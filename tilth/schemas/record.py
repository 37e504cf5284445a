"""What every record has: a type, provenance, unknown fields carried along, an identity and its parts."""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any, ClassVar, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from tilth.schemas.exact_json import canonical_json
from tilth.schemas.problem import Problem, model_problems

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


class Record(BaseModel):
    """Base of every record type. A subclass sets `type` to its own name and says what its parts are.

    Strict: a number is no text and `"true"` is no boolean, because a record is checked, never repaired, on its way
    in. Unknown fields are refused here; dialects move them to `extra` before a record is checked.
    """

    model_config = ConfigDict(extra="forbid", strict=True, use_attribute_docstrings=True)

    type: str
    """Name of the record type."""
    meta: dict[str, Any] = Field(default_factory=dict)
    """Provenance: source file and line, parents, generator, annotator, licence, signals, quality."""
    extra: dict[str, Any] = Field(default_factory=dict)
    """Fields that Tilth does not know, verbatim and in order."""

    summary: ClassVar[str] = ""
    """One line for `tilth schema` and the docs."""
    joins: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """The parts that are nothing but some fields, the non-empty ones one below the other: such a part is read from
    columns without a record being made. A part of one field is that field."""

    @classmethod
    def __pydantic_init_subclass__(cls, **given: Any) -> None:
        """A type that says anew what its parts are inherits no short cut to them."""
        if "parts" in cls.__dict__ and "joins" not in cls.__dict__:
            cls.joins = {}

    @classmethod
    def name(cls) -> str:
        """The name of this record type, as in the field `type`, on the command line and in the registry."""
        default = cls.model_fields["type"].default
        return default if isinstance(default, str) else ""

    @classmethod
    def field_names(cls) -> tuple[str, ...]:
        """The fields that are content: everything but `type`, `meta` and `extra`, in their declared order."""
        return tuple(name for name in cls.model_fields if name != "type" and name not in NOT_CONTENT)

    @classmethod
    def evidence(cls, row: Mapping[str, Any]) -> frozenset[str]:
        """The names in a row that make it a record of this type; empty when something required is missing."""
        required = frozenset(name for name in cls.field_names() if cls.model_fields[name].is_required())
        return required if required <= row.keys() else frozenset()

    @classmethod
    def problems(cls, fields: Mapping[str, Any]) -> Iterator[Problem]:
        """Where a record given as plain data is not of this type, place by place."""
        return model_problems(cls, fields)

    @classmethod
    def parts(cls, fields: Mapping[str, Any]) -> Parts:
        """The parts of a record given as plain data. Never raises: what is not text counts as absent."""
        return Parts(None, None, join(fields.get(name) for name in fields if name not in ("type", *NOT_CONTENT)))


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
