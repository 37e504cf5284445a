"""JSON lines of few builds as columns of texts.

Nearly every file has few builds: the same keys in the same order, and texts in the same places. One line of each build
is taken apart byte by byte, and all others are held against it in a few operations over all of them. What is not built
so is told in `json_scan`.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.formats.bulk.column import ValueColumn
from tilth.formats.bulk.escapes import check_escapes
from tilth.formats.bulk.json_builds import Build, Lines, Member, is_alike, taken_apart
from tilth.formats.bulk.json_strings import Strings
from tilth.formats.bulk.json_tokens import Marks
from tilth.formats.bulk.literals import scalars
from tilth.formats.bulk.shapes import keys_in_order
from tilth.formats.bulk.surprise import expect
from tilth.formats.bulk.texts import Bytes, Places, gathered, texts_between
from tilth.formats.key_order import Shape

_MOST_BUILDS = 16  # in one block
_Told = TypeVar("_Told", bound=int)
Members = Sequence[Member | None]
"""A member of each build, or none."""


class AlikeLines:
    """A block of lines of few builds. Raises `Surprise` for any other."""

    def __init__(self, text: bytes, content: Bytes, marks: Marks) -> None:
        self.count = len(marks.newlines)
        self._text, self._content, self._newlines = text, content, marks.newlines
        self._strings = Strings(text, marks.quotes[0::2].copy(), marks.quotes[1::2].copy(), marks.escapes)
        expect(self.count and marks.newlines[-1] == len(content) - 1)
        self._first = np.concatenate([[0], marks.strings[:-1]])  # string of each line
        self._builds: list[Build] = []
        self._build_of = np.full(self.count, -1, np.int64)
        counts = marks.strings - self._first
        expect(counts.min() > 0 and marks.quotes[-1] + 2 < len(content))  # two bytes stand behind every string
        self._sort(counts)

    def _sort(self, strings: Places) -> None:
        """Find the build of every line, of so many strings each."""
        begins = np.concatenate([[0], self._newlines[:-1] + 1])
        while (line := int((self._build_of < 0).argmax())) or self._build_of[line] < 0:
            expect(len(self._builds) < _MOST_BUILDS)
            first, width = int(self._first[line]), int(strings[line])
            quotes = [self._strings.opens[first : first + width], self._strings.closes[first : first + width]]
            build = taken_apart(
                self._text, int(begins[line]), np.stack(quotes, 1).ravel().tolist(), int(self._newlines[line])
            )
            rows = np.flatnonzero((strings == width) & (self._build_of < 0))
            alike = is_alike(build, self._lines(rows, begins, width))
            self._build_of[rows[alike]] = len(self._builds)
            self._builds.append(build)

    def _lines(self, rows: Places, begins: Places, width: int) -> Lines:
        opens, closes = self._strings.opens, self._strings.closes
        places = self._first[rows] + np.arange(width)[:, None]
        return Lines(
            self._text, self._content, begins[rows], self._newlines[rows], opens.take(places), closes.take(places)
        )

    @property
    def shapes(self) -> list[Shape]:
        """Every combination of keys, as they come."""
        return list(dict.fromkeys(tuple(member.name.decode("utf-8") for member in build) for build in self._builds))

    def check(self) -> None:
        """See that all values are what JSON allows."""
        check_escapes(self._content, self._strings.escapes)
        for name in dict.fromkeys(name for shape in self.shapes for name in shape):
            members = self._members(name)
            rows, texts = self._literals([None if member and member.is_text else member for member in members])
            if len(rows):
                scalars(texts)

    def columns(self) -> list[ValueColumn]:
        """All values, in columns in whose order the keys of every row come."""
        return [self._column(key) for key in keys_in_order(self.shapes)]

    def _members(self, name: str) -> list[Member | None]:
        """The member of that name in each build."""
        key = name.encode("utf-8")
        return [next((member for member in build if member.name == key), None) for build in self._builds]

    def _column(self, key: str) -> ValueColumn:
        members = self._members(key)
        rows, text = self._texts([member if member and member.is_text else None for member in members])
        others, texts = self._literals([None if member and member.is_text else member for member in members])
        if not len(others):
            return ValueColumn(key, text, None, frozenset({str}), is_plain=self._strings.is_plain)
        spelt, kinds, has_long = scalars(texts)
        json = gathered([(others, spelt)], self.count)
        return ValueColumn(
            key, text, json, kinds | {str} if len(rows) else kinds, has_long, is_plain=self._strings.is_plain
        )

    def _texts(self, members: Members) -> tuple[Places, pa.StringArray | None]:
        """The values of these members, which are texts, each in its row, and those rows."""
        rows = self._rows(members)
        if not len(rows):
            return rows, None
        string = self._of(self._first, rows) + self._told(members, rows, lambda member: member.string + 1)
        return rows, self._strings.column(rows, string, self.count)

    def _literals(self, members: Members) -> tuple[Places, pa.StringArray]:
        """The values of these members, which are no texts, and their rows."""
        rows = self._rows(members)
        if not len(rows):
            return rows, pa.nulls(0, pa.string())
        key = self._of(self._first, rows) + self._told(members, rows, lambda member: member.string)
        begins = self._strings.closes.take(key) + self._told(members, rows, lambda member: member.before + 1)
        is_last = self._told(members, rows, lambda member: member.is_last)
        newlines = self._of(self._newlines, rows)
        following = newlines if is_last is True else self._strings.opens.take(key + 1, mode="clip")
        stops = following if isinstance(is_last, bool) else np.where(is_last, newlines, following)
        ends = stops - self._told(members, rows, lambda member: member.after)
        return rows, texts_between(self._text, begins, ends)

    def _rows(self, members: Members) -> Places:
        """The lines of the builds that have the member."""
        wanted = [member is not None for member in members]
        if all(wanted):
            return np.arange(self.count)
        return np.flatnonzero(np.array(wanted, np.bool_)[self._build_of]) if any(wanted) else np.empty(0, np.int64)

    def _of(self, values: Places, rows: Places) -> Places:
        """The values of some lines."""
        return values if len(rows) == self.count else values.take(rows)

    def _told(self, members: Members, rows: Places, of: Callable[[Member], _Told]) -> _Told | NDArray[Any]:
        """What holds for the member in each line: once where it is the same in all of them."""
        told = [None if member is None else of(member) for member in members]
        different = {each for each in told if each is not None}
        if len(different) == 1:
            return different.pop()
        return np.array([each or 0 for each in told]).take(self._of(self._build_of, rows))
