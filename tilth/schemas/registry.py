"""Record types by name: installed ones (Tilth's own seven among them) and those that a program registers."""

from collections.abc import Mapping
from typing import Any

from tilth.errors import TilthError, UsageError, nearest
from tilth.plugins import installed, load
from tilth.schemas.record import Parts, Record

_known: dict[str, type[Record]] = {}  # what was registered, and what was loaded once


def register(record: type[Record]) -> type[Record]:
    """Make a record type known to this program; usable as a class decorator.

        @register
        class Recipe(Record):
            type: Literal["recipe"] = "recipe"
            title: str
            steps: list[str]

    A package makes its type known everywhere by the line `recipe = "its_package:Recipe"` under the entry points
    `tilth.records`. Raises `UsageError` when it has no name, or a name that is taken.
    """
    name = record.name()
    if not name:
        raise UsageError(f"{record.__name__} has no name", fix='type: Literal["recipe"] = "recipe"')
    if is_record_type(name) and record_type(name) is not record:
        raise UsageError(f"a record type {name} is already known", fix="another name in its field `type`")
    _known[name] = record
    return record


def record_type(name: str) -> type[Record]:
    """The record type of that name. Raises `UsageError`, with the nearest name, when there is none."""
    if name not in _known:
        if not is_record_type(name):
            raise UsageError(f"no record type is called {name}", fix=nearest(name, _names()))
        found = load("tilth.records", name)
        if not (isinstance(found, type) and issubclass(found, Record)):
            raise TilthError(f"the entry point {name} in tilth.records is not a record type")
        _known[name] = found
    return _known[name]


def record_types() -> dict[str, type[Record]]:
    """Every record type by name, in alphabetical order."""
    return {name: record_type(name) for name in sorted(_names())}


def is_record_type(name: object) -> bool:
    """Whether a record type has that name."""
    return isinstance(name, str) and (name in _known or name in installed("tilth.records"))


def parts(fields: Mapping[str, Any]) -> Parts:
    """Prompt, answer and whole text of a record, as its type defines them. Never raises."""
    name = fields.get("type")
    known = record_type(name) if isinstance(name, str) and is_record_type(name) else Record
    return known.parts(fields)


def _names() -> set[str]:
    return {*_known, *installed("tilth.records")}
