"""Numbered stand-ins for values, and the key file that leads back from them."""

import json
import re
from pathlib import Path
from typing import Any

from tilth.curate.personal.kinds import DETECTORS
from tilth.curate.text_edits import Edit
from tilth.errors import DataError, UsageError
from tilth.formats import replacing

LITERAL = "text"
"""The kind of what is no personal data and only looks like a stand-in: it gets one too, so that nothing is mistaken."""

_NAMES = "|".join(name.replace("-", "_").upper() for name in (*DETECTORS, LITERAL))
STAND_IN = re.compile(rf"\[(?P<name>{_NAMES})-(?P<number>[1-9]\d{{0,17}})(?P<bare>#?)\]")
"""`[EMAIL-3]`; with a `#` where a number stood that was no text: `{"card": 4111111111111111}`."""
_VERSION = 1


def name_of(kind: str) -> str:
    """The kind as it stands in a text."""
    return kind.replace("-", "_").upper()


class Pseudonyms:
    """The stand-in of each value, by number within its kind, in the order in which the values came."""

    def __init__(self, values: dict[str, list[str]] | None = None) -> None:
        self._values = values or {}
        self._numbers = {
            (name, value): number for name, known in self._values.items() for number, value in enumerate(known, 1)
        }

    def stand_in(self, kind: str, value: str, *, is_bare: bool = False) -> str:
        """The same text for the same value, always."""
        name = name_of(kind)
        if (name, value) not in self._numbers:
            known = self._values.setdefault(name, [])
            known.append(value)
            self._numbers[name, value] = len(known)
        return f"[{name}-{self._numbers[name, value]}{'#' * is_bare}]"

    def edits_back(self, text: str) -> list[Edit]:
        """What brings the values back into a text. Stand-ins that the key does not know stay."""
        edits = []
        for found in STAND_IN.finditer(text):
            value = self._value(found)
            is_quoted = (
                bool(found["bare"]) and text[found.start() - 1 : found.start()] == '"' == text[found.end() :][:1]
            )
            if value is not None:
                edits.append(Edit(found.start() - is_quoted, found.end() + is_quoted, value))
        return edits

    def number_back(self, text: str) -> int | None:
        """The number whose place the whole text takes."""
        found = STAND_IN.fullmatch(text)
        value = self._value(found) if found and found["bare"] else None
        return None if value is None or not value.isascii() or not value.isdigit() else int(value)

    def save(self, path: Path) -> None:
        """Write the key file, for its owner alone."""
        content = {"tilth": "pseudonyms", "version": _VERSION, "values": self._values}
        with replacing(path, mode=0o600) as temporary:
            temporary.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    def _value(self, found: re.Match[str]) -> str | None:
        known, number = self._values.get(found["name"], []), int(found["number"])
        return known[number - 1] if number <= len(known) else None


def load_pseudonyms(path: Path, *, must_exist: bool) -> Pseudonyms:
    """The stand-ins in a key file; none yet, where it may be missing and is."""
    if not path.exists():
        if must_exist:
            raise UsageError("there is no such key file", where=str(path), fix="--restore the file that --key named")
        return Pseudonyms()
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as failure:
        raise DataError("the key file cannot be read", where=str(path)) from failure
    values = content.get("values") if isinstance(content, dict) and content.get("tilth") == "pseudonyms" else None
    if _is_wrong(values) or content.get("version") != _VERSION:
        raise DataError("this is no key file of pseudonyms", where=str(path))
    return Pseudonyms(values)


def _is_wrong(values: Any) -> bool:
    """Whether this is anything but lists of values by the name of their kind."""
    return not isinstance(values, dict) or not all(
        isinstance(known, list) and all(isinstance(value, str) for value in known) for known in values.values()
    )
