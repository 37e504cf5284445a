"""What every record type has: its name, provenance, unknown fields carried along, and its parts."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from tilth.schemas.identity import NOT_CONTENT, Parts, join
from tilth.schemas.problem import Problem, model_problems


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
