"""Personal data in whole records: where it is, and the record without it."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatch
from typing import Any, NamedTuple

from tilth.curate.personal.finding import Found, find
from tilth.curate.personal.kinds import Kind
from tilth.curate.personal.pseudonyms import LITERAL, STAND_IN, name_of
from tilth.curate.record_edits import RecordEditor
from tilth.curate.text_edits import Edit, apply
from tilth.operation import Fields

Replace = Callable[[str, str, bool], str]
"""What stands in the place of a value: given its kind, the value, and whether it is a number that is no text."""

_NAME = re.compile(r"([^.\[\]]+)(?:\[\d+\])*\Z")
_SHORT = 64  # characters up to which the name of a field says what its value is: {"phone": "0151 2345678"}
_KEPT = re.compile(r"meta\.(?:source|parents)\b")  # file names, and ids of records


class Finding(NamedTuple):
    """One value: what it is and where, and never the value itself."""

    kind: str
    field: str
    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.kind} in {self.field} at {self.start}-{self.end}"


class Redaction:
    """Goes through records with one idea of what counts, and what is put in its place."""

    def __init__(
        self,
        kinds: Sequence[Kind],
        allow: Sequence[str] = (),
        leave: Sequence[str] = (),
        replace: Replace | None = None,
        *,
        keeps_stand_ins_apart: bool = False,
    ) -> None:
        """With `keeps_stand_ins_apart` a text that only looks like a stand-in is replaced by one, too."""
        self._kinds, self._replace, self._apart = kinds, replace, keeps_stand_ins_apart
        self._allow = [pattern.lower() for pattern in allow]
        self._leave = tuple(leave)
        self._found: list[Finding] = []
        self._editor = RecordEditor(self._edits, deep=True, value=self._number)

    def apply(self, record: Fields) -> tuple[Fields, list[Finding]]:
        """The record after replacing, and what was found. Raises `OffsetError` when a span cannot follow."""
        self._found = []
        return self._editor.edited(record), self._found

    def _edits(self, text: str, place: str) -> Sequence[Sequence[Edit]]:
        if self._is_left(place):
            return ()
        found = self._in_text(text, place)
        self._note(found, place)
        if self._replace is None:
            return ()
        pieces: list[tuple[int, int, str]] = [*found]
        if self._apart:
            literal = [piece.span() for piece in STAND_IN.finditer(text)]
            pieces = [one for one in pieces if not any(start < one[1] and one[0] < end for start, end in literal)]
            pieces += [(*span, LITERAL) for span in literal]
        bare = _bare_numbers(text, pieces) if pieces else frozenset()
        edits = []
        for start, end, kind in sorted(pieces):
            new = self._replace(kind, text[start:end], start in bare)
            edits.append(Edit(start, end, f'"{new}"' if start in bare else new))
        return [edits]

    def _number(self, value: Any, place: str) -> Any:
        """A whole number under a telling name, or with a check digit, is what it would be as text."""
        if not isinstance(value, int) or isinstance(value, bool) or value < 0 or self._is_left(place):
            return value
        text = str(value)
        whole = [one for one in self._in_text(text, place) if (one.start, one.end) == (0, len(text))]
        self._note(whole, place)
        return self._replace(whole[0].kind, text, True) if whole and self._replace is not None else value

    def _in_text(self, text: str, place: str) -> list[Found]:
        name = _NAME.search(place)
        lead = f"{_words(name.group(1))}: " if name and len(text) <= _SHORT else ""
        found = [
            Found(one.start - len(lead), one.end - len(lead), one.kind)
            for one in find(lead + text, self._kinds)
            if one.start >= len(lead)
        ]
        return [one for one in found if not self._is_allowed(text[one.start : one.end])] if self._allow else found

    def _note(self, found: Sequence[Found], place: str) -> None:
        if found:
            field = self._masked(place)  # the name of a field may itself be an address
            self._found += [Finding(one.kind, field, one.start, one.end) for one in found]

    def _masked(self, place: str) -> str:
        return apply([Edit(one.start, one.end, f"[{name_of(one.kind)}]") for one in find(place, self._kinds)], place)

    def _is_left(self, place: str) -> bool:
        if _KEPT.match(place):
            return True
        return any(place == name or place.startswith((f"{name}.", f"{name}[")) for name in self._leave)

    def _is_allowed(self, value: str) -> bool:
        return any(fnmatch(value.lower(), pattern) for pattern in self._allow)


def mask(kind: str, _value: str, _is_bare: bool) -> str:
    """The kind in brackets."""
    return f"[{name_of(kind)}]"


def _words(name: str) -> str:
    """`phoneNumber` and `phone_number` as words."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.replace("_", " ").replace("-", " "))


def _bare_numbers(text: str, pieces: Sequence[tuple[int, int, str]]) -> frozenset[int]:
    """Where pieces of a JSON text start that are numbers in it: a mask there needs quotes to be JSON."""
    starts = frozenset(
        start for start, end, _ in pieces if text[start:end].isdigit() and _stands_alone(text, start, end)
    )
    return starts if starts and _is_json(text) else frozenset()


def _stands_alone(text: str, start: int, end: int) -> bool:
    return text[:start].rstrip()[-1:] in (":", "[", ",") and text[end:].lstrip()[:1] in (",", "]", "}")


def _is_json(text: str) -> bool:
    if text.lstrip()[:1] not in ("{", "["):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def in_words(findings: Sequence[Finding], most: int = 5) -> str:
    """One line for people: what was found and where."""
    more = len(findings) - most
    return ", ".join(map(str, findings[:most])) + (f", and {more} more" if more > 0 else "")


def without_values(findings: Sequence[Finding]) -> Iterator[dict[str, Any]]:
    """The findings as plain data."""
    yield from (finding._asdict() for finding in findings)
