"""Lines of cells made of columns: one join over a block."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from tilth.formats.bulk.arrays import Flags, repeated
from tilth.formats.bulk.texts import (
    Part,
    bytes_of,
    chosen,
    content_of,
    doubled_quotes,
    exchanged,
    picked,
    rows_joined,
)

_BARE_BYTES = 64
"""A longer cell nearly always has a comma in it, and quotes around it are cheaper than looking."""


class CellColumn(NamedTuple):
    """A column of cells."""

    texts: pa.StringArray
    is_quoteless: bool = False
    """Whether it is known, without looking, that there is no quote in them."""


def csv_records(columns: Sequence[CellColumn], delimiter: str, special: Flags) -> Callable[[], memoryview]:
    """What joins all rows, each with its newline. `special` says for each byte whether a cell with it needs quotes."""
    rows = len(columns[0].texts)
    parts: list[Part] = []
    for cells in columns:
        parts += [delimiter] if parts else []
        parts += _fields(cells, special)
    if len(columns) == 1:  # an empty line would be none
        lines = rows_joined(parts, rows)
        _, offsets = bytes_of(lines)
        empty = np.flatnonzero(offsets[1:] == offsets[:-1])
        parts = [exchanged(lines, empty, repeated('""', len(empty)))]
    return lambda: memoryview(content_of(rows_joined([*parts, "\n"], rows)))


def _fields(column: CellColumn, special: Flags) -> list[Part]:
    """The cells, with quotes around those that need them."""
    cells = column.texts
    needs_quotes = np.diff(bytes_of(cells)[1]) > _BARE_BYTES
    if not needs_quotes.all():
        short = np.flatnonzero(~needs_quotes)
        content, offsets = bytes_of(picked(cells, short))
        found = np.flatnonzero(special[content])
        needs_quotes[short] = np.diff(np.searchsorted(found, offsets)) > 0
    if not needs_quotes.any():
        return [cells]
    inner = cells if column.is_quoteless else doubled_quotes(cells)
    if needs_quotes.all():
        return ['"', inner, '"']
    return [chosen(needs_quotes, rows_joined(['"', inner, '"'], len(cells)), cells)]
