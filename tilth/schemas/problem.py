"""What is wrong with the shape of a record: a place, what stands there, and what its type wants there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import BaseModel

Path = tuple[str | int, ...]
"""The way to a value in a record: names and list positions."""

_EXPECTED = {
    "string_type": "text",
    "list_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "int_parsing": "a whole number",
    "float_parsing": "a number",
    "decimal_parsing": "a number",
    "datetime_parsing": "a date and time",
    "datetime_from_date_parsing": "a date and time",
    "date_parsing": "a date",
    "date_from_datetime_parsing": "a date",
    "url_parsing": "an address",
}


@dataclass(frozen=True)
class Problem:
    """One way in which a record is not of its type."""

    path: Path
    code: str
    """`missing`, `wrong-type`, or `schema` for everything that a type demands beyond that."""
    message: str
    found: Any
    expected: str


def dotted(path: Path) -> str:
    """A path as people read it: `messages[2].content`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def value_at(fields: Any, path: Path) -> Any:
    """The value at a path, or None when the path leads nowhere."""
    value = fields
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def model_problems(model: "type[BaseModel]", fields: Mapping[str, Any]) -> Iterator[Problem]:
    """The problems that a Pydantic model has with a record, one for each place."""
    from pydantic import ValidationError

    try:
        model.model_validate(fields)
    except ValidationError as failure:
        found: dict[Path, Problem] = {}
        for error in failure.errors(include_url=False):
            problem = _problem(fields, tuple(error["loc"]), error["type"], error["msg"], error.get("ctx") or {})
            if problem is not None:
                found[problem.path] = _merged(found.get(problem.path), problem)
        yield from found.values()


def _problem(fields: Mapping[str, Any], loc: Path, kind: str, said: str, context: Mapping[str, Any]) -> Problem | None:
    path, beside_the_point = _place(fields, loc, kind)
    if beside_the_point:
        return None
    if kind == "missing":
        return Problem(path, "missing", "is missing", None, "a value")
    found = value_at(fields, path)
    if kind in _EXPECTED:
        return Problem(path, "wrong-type", f"is {_kind(found)}", found, _EXPECTED[kind])
    if kind == "literal_error":
        return Problem(path, "schema", "is not a known value", found, str(context.get("expected", "")))
    if kind == "extra_forbidden":
        return Problem(
            path, "schema", "is not a field of this record type", found, "one of its fields, or a place in extra"
        )
    if kind == "too_short":
        return Problem(path, "schema", "is too short", found, f"at least {context.get('min_length')} items")
    return Problem(path, "schema", said.removeprefix("Value error, "), found, "")


def _place(fields: Mapping[str, Any], loc: Path, kind: str) -> tuple[Path, bool]:
    """The path in the record that a location means, and whether it is about a branch that the value does not take.

    Where a field may be text or a list, Pydantic names the branch in the location, and reports every branch.
    """
    path: list[str | int] = []
    value: Any = fields
    for position, step in enumerate(loc):
        is_last = position == len(loc) - 1
        if isinstance(value, dict) and isinstance(step, str) and (step in value or (is_last and kind == "missing")):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        elif isinstance(step, str) and not isinstance(value, dict):
            if (isinstance(value, list) and not step.startswith("list")) or (isinstance(value, str) and step != "str"):
                return tuple(path), True
            continue
        path.append(step)
    return tuple(path), False


def _merged(first: Problem | None, second: Problem) -> Problem:
    if first is None or first.code != second.code or first.expected == second.expected:
        return second if first is None else first
    return Problem(first.path, first.code, first.message, first.found, f"{first.expected} or {second.expected}")


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return "a number"
    return "text" if isinstance(value, str) else "a list" if isinstance(value, list) else "an object"
