"""What is compared of a row: the row itself, or what the record in it says, whatever its dialect."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Literal

from tilth.errors import UsageError, nearest
from tilth.judgement import Fields
from tilth.schemas import RecastError, recast
from tilth.schemas.identity import NOT_CONTENT, says_nothing

Unit = Literal["rows", "records"]
Subject = Mapping[str, Any]
_ABSENT = object()


class Pick:
    """Takes from a row and its record what is compared; remembers the names that it came across."""

    def __init__(self, unit: Unit, fields: Sequence[str], ignore: Sequence[str]) -> None:
        """`fields` keeps only these names (dotted paths lead inside), `ignore` leaves names out."""
        self.unit, self._fields, self._ignore = unit, tuple(fields), frozenset(ignore)
        self._seen: set[str] = set()

    def __call__(self, row: Mapping[str, Any], record: Fields) -> Subject:
        """What is compared of this row."""
        whole = row if self.unit == "rows" else said(record)
        if self._fields:
            source = row if self.unit == "rows" else {**record, **whole}
            found = {name: at_path(source, name, _ABSENT) for name in self._fields}
            whole = {name: value for name, value in found.items() if value is not _ABSENT}
        self._seen.update(whole)
        return {name: value for name, value in whole.items() if name not in self._ignore} if self._ignore else whole

    def check(self) -> None:
        """Raise `UsageError` for a name that no row has: nothing would be compared, and all would seem equal."""
        for flag, names in (("--fields", self._fields), ("--ignore", self._ignore)):
            for name in names:
                if name not in self._seen:
                    raise UsageError(f"no row has a field {name}, as {flag} says", fix=nearest(name, self._seen))


def said(record: Fields) -> Subject:
    """What a record says, the same whichever dialect said it: content only, one exchange as a conversation.

    What says nothing (a null, an empty text) is left out, as it is of a record's identity.
    """
    if record.get("type") == "preference":
        record = _as_messages(record)
    elif record.get("type") == "instruction":
        with suppress(RecastError):  # then it stays what it is, and is compared with its like
            record = recast(record, "chat")
    return {
        name: _without_nulls(value) if isinstance(value, list) else value
        for name, value in record.items()
        if name not in NOT_CONTENT and not says_nothing(value)
    }


def at_path(value: Any, path: str, default: Any = None) -> Any:
    """The value at a dotted path; a name with dots in it comes before a path of that spelling."""
    if not isinstance(value, Mapping):
        return default
    if path in value:
        return value[path]
    first, _, rest = path.partition(".")
    return at_path(value.get(first), rest, default) if rest else default


def _as_messages(record: Fields) -> Fields:
    """A preference whose three parts are messages, with the system prompt as the first of them."""
    prompt = _said_by("user", record.get("prompt"))
    system = record.get("system")
    if isinstance(system, str) and system and isinstance(prompt, list):
        prompt = [{"role": "system", "content": system}, *prompt]
    sides = {name: _said_by("assistant", record.get(name)) for name in ("chosen", "rejected")}
    rest = {name: value for name, value in record.items() if name not in ("prompt", "system", *sides)}
    return {**rest, "prompt": prompt, **sides}


def _said_by(role: str, value: Any) -> Any:
    return [{"role": role, "content": value}] if isinstance(value, str) else value


def _without_nulls(items: list[Any]) -> list[Any]:
    return [
        {key: value for key, value in item.items() if value is not None} if isinstance(item, dict) else item
        for item in items
    ]
