"""The strings of some JSON lines, and columns of them: picked all at once, with what their escapes mean."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from tilth.formats.bulk.escapes import unescaped
from tilth.formats.bulk.texts import Places, bytes_of, cut, picked

LONGEST_NAME = 64
"""Bytes of a key that is still a name; a longer one may hold data."""


@dataclass(frozen=True)
class Strings:
    """Keys, and values that are texts, in the order of the file."""

    text: bytes
    opens: Places
    """The opening quote of each."""
    closes: Places
    """The closing quote of each."""
    escapes: Places
    """The backslashes that begin an escape."""

    @property
    def is_plain(self) -> bool:
        """Whether none of them has a quote, a backslash or a control character in it."""
        return not len(self.escapes)

    def column(self, rows: Places, string_of: Places, count: int) -> pa.StringArray:
        """The string of each of some rows, in ascending order, in a column of `count`; null in all other rows.

        Raises `Surprise` for an escape that there is not.
        """
        if len(rows) == count:
            texts = picked(self._cut, 2 * string_of)  # between two strings lies what is none
        else:
            order = np.zeros(count, np.int64)
            is_null = np.ones(count, np.bool_)
            order[rows], is_null[rows] = 2 * string_of, False
            texts = picked(self._cut, order, is_null)
        return unescaped(texts, self._escapes_in(texts, rows, string_of)) if len(self.escapes) else texts

    def _escapes_in(self, texts: pa.StringArray, rows: Places, string_of: Places) -> Places:
        """Where in the bytes of some texts escapes begin, told by where they begin in the block."""
        row_of = np.full(len(self.opens), -1, np.int64)
        row_of[string_of] = rows
        row = row_of.take(self._escaped)
        is_here = row >= 0
        begin_in_block = self.opens.take(self._escaped[is_here]) + 1
        return bytes_of(texts)[1].take(row[is_here]) + (self.escapes[is_here] - begin_in_block)

    @cached_property
    def _cut(self) -> pa.StringArray:
        return cut(self.text, self.opens + 1, self.closes)

    @cached_property
    def _escaped(self) -> Places:
        """The string in which each escape lies, or one before it."""
        return np.searchsorted(self.opens, self.escapes) - 1
