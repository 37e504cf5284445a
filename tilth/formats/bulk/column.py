"""What lies under one key in the rows of a block, held as two columns of texts from which every container is written.

A value that is a text lies under `text`, as it is. Any other value lies under `json`, spelt as `dump_json` spells it.
Where both are null the row does not have the key.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import pyarrow as pa

from tilth.formats.block import Block, Row, RowBlock
from tilth.formats.bulk.arrays import is_given
from tilth.formats.bulk.texts import Places, gathered, joined
from tilth.formats.key_order import Shape
from tilth.formats.strict_json import parse_trusted
from tilth.kernels import kernel

_ABSENT: Final = object()
Pieces = Sequence[tuple[Places, pa.StringArray]]
"""Texts, each with its row."""


@dataclass(frozen=True)
class ValueColumn:
    """The values under one key in some rows, and exactly which kinds of them there are. One part is always there."""

    key: str
    text: pa.StringArray | None
    json: pa.StringArray | None
    kinds: frozenset[type]
    has_long_integer: bool = False
    """Whether an integer needs more than 64 bits."""
    is_plain: bool = False
    """Whether it is known, without looking, that no text has a quote, a backslash or a control character in it."""

    @staticmethod
    def of_pieces(
        key: str, texts: Pieces, others: Pieces, kinds: set[type], rows: int, *, has_long: bool
    ) -> "ValueColumn":
        """The column of texts and of other values, each at their rows."""
        text = gathered(texts, rows) if texts else None
        json = gathered(others, rows) if others else None if texts else pa.nulls(rows, pa.string())
        return ValueColumn(key, text, json, frozenset(kinds), has_long)

    @cached_property
    def present(self) -> int:
        """How many rows have the key."""
        return sum(len(part) - part.null_count for part in (self.text, self.json) if part is not None)

    def values(self, count: int) -> list[Any]:
        """The value in each of the `count` rows, and `_ABSENT` where there is none."""
        if self.json is None:
            texts: list[Any] = self.text.to_pylist() if self.text is not None else [None] * count
            return texts if self.present == count else [_ABSENT if text is None else text for text in texts]
        spelt: pa.StringArray = kernel("drop_null", self.json)
        others = iter(parse_trusted(joined(spelt, "\n")) if len(spelt) else [])
        has_other = is_given(self.json).tolist()
        if self.text is None:
            return [next(others) if other else _ABSENT for other in has_other]
        pairs = zip(self.text.to_pylist(), has_other, strict=True)
        return [next(others) if other else _ABSENT if text is None else text for text, other in pairs]


class ColumnBlock(Block):
    """Rows as columns of texts. The keys of every row come in the order of the columns."""

    def __init__(
        self,
        columns: Sequence[ValueColumn] | Callable[[], Sequence[ValueColumn]],
        shapes: Sequence[Shape],
        lines: Sequence[int],
    ) -> None:
        self.shapes, self.lines = shapes, lines
        """Every combination of keys that a row has; the number of each row in its file."""
        self._columns = columns
        self._rows: Sequence[Row] | None = None

    @property
    def columns(self) -> Sequence[ValueColumn]:
        """The columns. Raises `Surprise` when they are first asked for and no order of them suits every row."""
        if callable(self._columns):
            self._columns = self._columns()
        return self._columns

    @property
    def rows(self) -> Sequence[Row]:
        """The rows, made of the columns when they are first asked for."""
        if self._rows is None:
            self._rows = self._made_rows()
        return self._rows

    def json_lines(self) -> bytes | memoryview:
        """The rows as JSON lines, joined of the columns."""
        from tilth.formats.bulk.json_lines import json_lines

        return memoryview(json_lines(self))

    def take(self, indices: Sequence[int]) -> Block:
        """Some of the rows, in the given order, parsed."""
        return RowBlock([self.rows[index] for index in indices], [self.lines[index] for index in indices])

    def _made_rows(self) -> list[dict[str, Any]]:
        keys = [column.key for column in self.columns]
        values = [column.values(len(self)) for column in self.columns]
        if not values:
            return [{} for _ in self.lines]
        made = zip(*values, strict=True)
        if all(len(shape) == len(keys) for shape in self.shapes):
            return [dict(zip(keys, row, strict=True)) for row in made]
        return [{key: value for key, value in zip(keys, row, strict=True) if value is not _ABSENT} for row in made]


class ScannedLines(ColumnBlock):
    """The same for JSON lines, with their bytes."""

    def __init__(
        self,
        columns: Sequence[ValueColumn] | Callable[[], Sequence[ValueColumn]],
        shapes: Sequence[Shape],
        lines: Sequence[int],
        text: bytes,
    ) -> None:
        super().__init__(columns, shapes, lines)
        self.text = text
        """The lines, each with its newline."""

    def json_lines(self) -> bytes:
        """The lines as they were read."""
        return self.text

    def _made_rows(self) -> list[dict[str, Any]]:
        return parse_trusted(self.text[:-1])
