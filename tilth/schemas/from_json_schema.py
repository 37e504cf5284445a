"""A record type of one's own from a JSON Schema file, without a line of Python."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from tilth.errors import DataError, UsageError
from tilth.schemas.exact_json import load_json
from tilth.schemas.identity import NOT_CONTENT, Parts, join
from tilth.schemas.problem import Problem
from tilth.schemas.record import Record

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

_PROMPT, _ANSWER = "x-tilth-prompt", "x-tilth-answer"


def record_type_from(path: str) -> type[Record]:
    """The record type that a JSON Schema file describes.

        {"title": "ticket", "type": "object", "required": ["subject"], "x-tilth-prompt": ["subject"],
         "properties": {"subject": {"type": "string"}, "urgency": {"enum": ["low", "high"]}}}

    Its name is the schema's `title`, or else the file's name; its fields are the schema's `properties`.
    `x-tilth-prompt` and `x-tilth-answer` name the fields that make up a record's prompt and answer; without them,
    all fields with text are the record's text. References to other files or hosts are not followed.

    Raises `UsageError` when there is no such file and `DataError` when it is no schema of an object.
    """
    schema = _read(path)
    type_name, properties = _name(schema, path), tuple(schema["properties"])
    needed, validator = frozenset(schema.get("required", ())), _validator(schema, path)

    class FromJsonSchema(Record):
        __doc__ = schema.get("description", f"The record type that {path} describes.")

        type: str = type_name

        summary: ClassVar[str] = schema.get("description", f"records as {Path(path).name} describes them")

        @classmethod
        def field_names(cls) -> tuple[str, ...]:
            return properties

        @classmethod
        def evidence(cls, row: Mapping[str, Any]) -> frozenset[str]:
            wanted = needed or frozenset(properties)
            return wanted if wanted <= row.keys() else frozenset()

        @classmethod
        def problems(cls, fields: Mapping[str, Any]) -> Iterator[Problem]:
            return _problems(validator, fields)

        @classmethod
        def parts(cls, fields: Mapping[str, Any]) -> Parts:
            prompt, answer = (_text_of(schema.get(key), fields) for key in (_PROMPT, _ANSWER))
            return Parts(prompt, answer, join(fields.get(name) for name in properties))

    return FromJsonSchema


def _read(path: str) -> dict[str, Any]:
    try:
        text = Path(path).read_bytes()
    except OSError as failure:
        reason = (failure.strerror or "it cannot be read").lower()
        raise UsageError(f"the JSON Schema cannot be opened: {reason}", where=path) from failure
    try:
        schema = load_json(text)
    except ValueError as failure:
        raise DataError(f"this is not JSON: {failure}", where=path) from failure
    if not (isinstance(schema, dict) and isinstance(schema.get("properties"), dict) and schema["properties"]):
        raise DataError("this is no JSON Schema of an object: it has no properties", where=path)
    taken = [name for name in ("type", *sorted(NOT_CONTENT)) if name in schema["properties"]]
    if taken:
        raise DataError(
            f"a record has {' and '.join(taken)} already; its schema describes the other fields", where=path
        )
    return schema


def _name(schema: Mapping[str, Any], path: str) -> str:
    title = schema.get("title")
    name = title if isinstance(title, str) and title else Path(path).name.removesuffix(".json").removesuffix(".schema")
    return re.sub(r"\W+", "-", name.lower()).strip("-") or "record"


def _validator(schema: dict[str, Any], path: str) -> "Validator":
    from jsonschema.exceptions import SchemaError
    from jsonschema.validators import Draft202012Validator, validator_for
    from referencing import Registry

    # Without a registry of our own, a reference to a URL would be fetched.
    checker = validator_for(schema, default=Draft202012Validator)
    try:
        checker.check_schema(schema)
    except SchemaError as failure:
        place = ".".join(map(str, failure.absolute_path)) or "the schema"
        raise DataError(f"this is no JSON Schema: {place}: {failure.message}", where=path) from failure
    return checker(schema, registry=Registry())


def _problems(validator: "Validator", fields: Mapping[str, Any]) -> Iterator[Problem]:
    from referencing.exceptions import Unresolvable

    content = {name: value for name, value in fields.items() if name not in ("type", *NOT_CONTENT)}
    try:
        for error in sorted(validator.iter_errors(content), key=lambda each: list(map(str, each.absolute_path))):
            path = tuple(error.absolute_path)
            if error.validator == "required":
                there, wanted = _as_list(error.instance), _as_list(error.validator_value)
                gone = [name for name in wanted if name not in there]
                yield from (Problem((*path, name), "missing", "is missing", None, "a value") for name in gone)
            elif error.validator == "type":
                yield Problem(path, "wrong-type", "is of another type", error.instance, str(error.validator_value))
            else:
                said = f"is not what {error.validator} in the JSON Schema demands"
                yield Problem(path, "schema", said, error.instance, f"{error.validator}: {error.validator_value}")
    except Unresolvable as failure:
        raise DataError(f"the JSON Schema refers to {failure.ref}, which is not in the file") from failure


def _as_list(names: Any) -> list[str]:
    return [name for name in names if isinstance(name, str)] if isinstance(names, list | dict) else []


def _text_of(names: Any, fields: Mapping[str, Any]) -> str | None:
    chosen = [names] if isinstance(names, str) else names if isinstance(names, list) else []
    return join(fields.get(name) for name in chosen) if chosen else None
