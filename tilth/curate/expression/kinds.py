"""Kinds of values, and what a record type says about the kind of a field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from tilth.schemas import Record


class Kind(Enum):
    """What a value can be. The value of a member is how people read it."""

    TEXT = "text"
    NUMBER = "a number"
    BOOL = "true or false"
    LIST = "a list"
    OBJECT = "an object"
    NULL = "null"
    ANY = "anything"


@dataclass(frozen=True)
class Type:
    """The kind of a value and, where that is known, of what is in it."""

    kind: Kind
    item: "Type | None" = None
    """Of a list's items."""
    model: type[BaseModel] | None = None
    """Of an object's fields."""

    def at(self, steps: Sequence[str]) -> "Type":
        """The type at a path inside; through a list it is a list of what each item has there."""
        if not steps:
            return self
        if self.kind is Kind.LIST and self.item is not None:
            inside = self.item.at(steps)
            return ANYTHING if inside.kind is Kind.ANY else Type(Kind.LIST, inside)
        if self.model is not None and steps[0] in self.model.model_fields:
            return type_of(self.model.model_fields[steps[0]].annotation).at(steps[1:])
        return ANYTHING


ANYTHING = Type(Kind.ANY)
TEXT, NUMBER, BOOL = Type(Kind.TEXT), Type(Kind.NUMBER), Type(Kind.BOOL)

_PLAIN: Mapping[type, Type] = {
    str: TEXT,
    int: NUMBER,
    float: NUMBER,
    bool: BOOL,
    Decimal: NUMBER,
    type(None): Type(Kind.NULL),
    dict: Type(Kind.OBJECT),
    list: Type(Kind.LIST, ANYTHING),
}


def kind_of(value: object) -> Kind:
    """The kind of a value of a row."""
    if type(value) in _PLAIN:
        return _PLAIN[type(value)].kind
    for plain in (bool, str, int, float, dict, list):
        if isinstance(value, plain):
            return _PLAIN[plain].kind
    return Kind.ANY


def type_of(annotation: Any) -> Type:
    """What the annotation of a Pydantic field says; null is always possible and is left out."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return type_of(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return _common(type_of(each) for each in get_args(annotation) if each is not type(None))
    if origin is Literal:
        return _common(_PLAIN.get(type(value), ANYTHING) for value in get_args(annotation))
    if origin is dict:
        return Type(Kind.OBJECT)
    if origin in (list, tuple, set, Sequence):
        given = [each for each in get_args(annotation) if each is not Ellipsis]
        return Type(Kind.LIST, _common(type_of(each) for each in given))
    if isinstance(annotation, type):
        if issubclass(annotation, BaseModel):
            return Type(Kind.OBJECT, model=annotation)
        return _PLAIN.get(annotation, ANYTHING)
    return ANYTHING


def declared(record_types: Sequence[type[Record]]) -> dict[str, Type]:
    """The fields that some record types declare; a field of several kinds may be anything."""
    found: dict[str, list[Type]] = {}
    for record in record_types:
        for name in record.field_names():
            field = record.model_fields.get(name)
            found.setdefault(name, []).append(ANYTHING if field is None else type_of(field.annotation))
    return {name: _common(types) for name, types in found.items()}


def _common(types: Any) -> Type:
    distinct = set(types)
    if len(distinct) == 1:
        found: Type = distinct.pop()
        return found
    kinds = {each.kind for each in distinct}
    return Type(kinds.pop()) if len(kinds) == 1 and Kind.LIST not in kinds else ANYTHING
