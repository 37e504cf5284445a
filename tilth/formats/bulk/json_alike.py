"""JSON lines of few builds as columns of texts.

Nearly every file has few builds: the same keys in the same order, and texts in the same places. One line of each build
is taken apart byte by byte, and all others are held against it in a few operations over all of them. What is not built
so is told in `json_scan`.
"""

import numpy as np
import pyarrow as pa

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


class AlikeLines:
    """A block of lines of few builds. Raises `Surprise` for any other."""

    def __init__(self, text: bytes, content: Bytes, marks: Marks) -> None:
        self.count = len(marks.newlines)
        self._text, self._content, self._newlines = text, content, marks.newlines
        self._strings = Strings(text, marks.quotes[0::2].copy(), marks.quotes[1::2].copy(), marks.escapes)
        before = np.searchsorted(marks.quotes, marks.newlines)
        expect(self.count and marks.newlines[-1] == len(content) - 1)
        expect(len(marks.quotes) % 2 == 0 and not (before & 1).any())  # no string goes on over the end of its line
        self._first = np.concatenate([[0], before[:-1]]) // 2  # string of each line
        self._builds: list[Build] = []
        self._build_of = np.full(self.count, -1, np.int64)
        counts = before // 2 - self._first
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
        if len(rows) * width != len(opens):
            places = self._first[rows][:, None] + np.arange(width)
            opens, closes = opens.take(places), closes.take(places)
        shape = (len(rows), width)
        return Lines(
            self._text, self._content, begins[rows], self._newlines[rows], opens.reshape(shape), closes.reshape(shape)
        )

    @property
    def shapes(self) -> list[Shape]:
        """Every combination of keys, as they come."""
        return list(dict.fromkeys(tuple(member.name.decode("utf-8") for member in build) for build in self._builds))

    def check(self) -> None:
        """See that all values are what JSON allows."""
        check_escapes(self._content, self._strings.escapes)
        for name in dict.fromkeys(name for shape in self.shapes for name in shape):
            rows, texts = self._literals(self._members(name))
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
        rows = self._rows([member is not None and member.is_text for member in members])
        string = self._first[rows] + self._of_build([0 if each is None else each.string + 1 for each in members], rows)
        text = self._strings.column(rows, string, self.count) if len(rows) else None
        others, texts = self._literals(members)
        if not len(others):
            return ValueColumn(key, text, None, frozenset({str}), is_plain=self._strings.is_plain)
        spelt, kinds, has_long = scalars(texts)
        json = gathered([(others, spelt)], self.count)
        return ValueColumn(
            key, text, json, kinds | {str} if len(rows) else kinds, has_long, is_plain=self._strings.is_plain
        )

    def _literals(self, members: list[Member | None]) -> tuple[Places, pa.StringArray]:
        """The values of these members that are no texts, and their rows."""
        rows = self._rows([member is not None and not member.is_text for member in members])
        if not len(rows):
            return rows, pa.nulls(0, pa.string())
        key = self._first[rows] + self._of_build([0 if each is None else each.string for each in members], rows)
        is_last = self._of_build([each is not None and each.is_last for each in members], rows).astype(np.bool_)
        following = self._strings.opens.take(np.minimum(key + 1, len(self._strings.opens) - 1))
        stops = np.where(is_last, self._newlines[rows], following)
        begins = self._strings.closes[key] + 1 + self._of_build([each.before if each else 0 for each in members], rows)
        ends = stops - self._of_build([each.after if each else 0 for each in members], rows)
        return rows, texts_between(self._text, begins, ends)

    def _rows(self, wanted: list[bool]) -> Places:
        """The lines of some builds."""
        if all(wanted):
            return np.arange(self.count)
        return np.flatnonzero(np.array(wanted, np.bool_)[self._build_of]) if any(wanted) else np.empty(0, np.int64)

    def _of_build(self, values: list[int], rows: Places) -> Places:
        """What holds for the build of each line."""
        return np.array(values, np.int64)[self._build_of[rows]]
