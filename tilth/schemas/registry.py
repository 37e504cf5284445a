"""Record types by name: installed ones (Tilth's own among them), registered ones, those in files of one's own."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tilth.errors import TilthError, UsageError, nearest
from tilth.plugins import installed, load
from tilth.schemas.identity import Parts

if TYPE_CHECKING:
    from tilth.schemas.record import Record

_known: "dict[str, type[Record]]" = {}  # what was registered, and what was loaded once
_files: "dict[str, type[Record]]" = {}  # JSON Schema and Python files by the path they were named by


def register(record: "type[Record]") -> "type[Record]":
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


def record_type(name: str) -> "type[Record]":
    """The record type of that name. Raises `UsageError`, with the nearest name, when there is no such type.

    The name may come from a row of data, so it is never taken for that of a file.
    """
    if name not in _known:
        if not is_record_type(name):
            raise UsageError(f"no record type is called {name}", fix=nearest(name, _names()))
        from tilth.schemas.record import Record

        found = load("tilth.records", name)
        if not (isinstance(found, type) and issubclass(found, Record)):
            raise TilthError(f"the entry point {name} in tilth.records is not a record type")
        _known[name] = found
    return _known[name]


def record_type_named(name: str) -> "type[Record]":
    """The record type that a person names: a name, or the file that holds it.

    That is a JSON Schema (`path/to/schema.json`) or a class in a Python file (`path/to/products.py:Product`), which is
    run. A type from a file is registered under its own name. Raises `UsageError` when there is no such type.
    """
    return _from_file(name) if is_type_file(name) else record_type(name)


def record_types() -> "dict[str, type[Record]]":
    """Every record type by name, in alphabetical order."""
    return {name: record_type(name) for name in sorted(_names())}


def is_record_type(name: object) -> bool:
    """Whether a record type has that name."""
    return isinstance(name, str) and (name in _known or name in installed("tilth.records"))


def is_type_file(name: str) -> bool:
    """Whether the name of a record type is a file of one's own: a JSON Schema, or a class in a Python file."""
    return name.endswith(".json") or _is_in_python(name)


def type_file(name: str) -> Path:
    """The file behind such a name."""
    return Path(name.partition(".py:")[0] + ".py" if ".py:" in name else name)


def parts(fields: Mapping[str, Any]) -> Parts:
    """Prompt, answer and whole text of a record, as its type defines them. Never raises."""
    name = fields.get("type")
    if isinstance(name, str) and is_record_type(name):
        return record_type(name).parts(fields)
    from tilth.schemas.record import Record

    return Record.parts(fields)


def _from_file(path: str) -> "type[Record]":
    if path not in _files:
        from tilth.schemas.from_json_schema import record_type_from
        from tilth.schemas.from_python import record_type_from_python

        _files[path] = register((record_type_from_python if _is_in_python(path) else record_type_from)(path))
    return _files[path]


def _is_in_python(name: str) -> bool:
    return re.search(r"\.py(?::\w+)?\Z", name) is not None


def _names() -> set[str]:
    return {*_known, *installed("tilth.records")}
