"""Times of Parquet's first years, in 96 bits: told exactly, where readers of today wrap around in silence.

Such a time counts nanoseconds and days, and no 64-bit timestamp holds all of them: read in nanoseconds, the year 9999
becomes 1816. So a column of them is read in three units at once, and each time is told in the finest that holds it.
"""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tilth.decoder.refusal import Refusal
from tilth.decoder.validity import BadRows, beyond_calendar
from tilth.kernels import cast_to, kernel

# Milliseconds hold every time there is. These bounds, in milliseconds, are what the finer units hold.
_UNITS = {"ns": (2**63 - 1) // 10**6, "us": (2**63 - 1) // 10**3}


class Int96:
    """The columns of such times in one file; most files have none."""

    def __init__(self, file: pq.ParquetFile, content: pa.Buffer) -> None:
        names = [file.schema.column(place).path for place in _int96_leaves(file)]
        self._places = [place for place, name in enumerate(file.schema_arrow.names) if name in names]
        if inside := next((name for name in names if name not in file.schema_arrow.names), None):
            raise Refusal(f'the column "{inside}" holds times in 96 bits inside lists or objects; expected timestamps')
        self.schema = file.schema_arrow
        """The schema of the file, with text where it has such times."""
        self._names = names
        self._others: list[pq.ParquetFile] = []
        for place in self._places:
            self.schema = self.schema.set(place, self.schema.field(place).with_type(pa.string()))
        if names:
            self._others = [
                pq.ParquetFile(pa.BufferReader(content), pre_buffer=False, coerce_int96_timestamp_unit=unit)
                for unit in ("us", "ms")
            ]

    def told(
        self, batches: Iterator[pa.RecordBatch], rows_at_once: int, groups: list[int]
    ) -> Iterator[tuple[pa.RecordBatch, BadRows]]:
        """The batches of some row groups, read in nanoseconds, with text for such times, and the rows without."""
        if not self._names:
            yield from ((batch, {}) for batch in batches)
            return
        others = [
            other.iter_batches(rows_at_once, row_groups=groups, columns=self._names, use_threads=False)
            for other in self._others
        ]
        for batch, *coarser in zip(batches, *others, strict=True):
            columns = list(batch.columns)
            bad: BadRows = {}
            for place in self._places:
                name = batch.schema.names[place]
                microseconds, milliseconds = (other.column(name) for other in coarser)
                columns[place] = _text(columns[place], microseconds, milliseconds)
                bad |= beyond_calendar(name, milliseconds)
            yield pa.RecordBatch.from_arrays(columns, schema=self.schema), bad


def _int96_leaves(file: pq.ParquetFile) -> list[int]:
    return [place for place in range(len(file.schema)) if file.schema.column(place).physical_type == "INT96"]


def _text(nanoseconds: "pa.Array[Any]", microseconds: "pa.Array[Any]", milliseconds: "pa.Array[Any]") -> Any:
    text: Any = cast_to(milliseconds, pa.string())
    count = cast_to(milliseconds, pa.int64())
    for unit, finer in (("us", microseconds), ("ns", nanoseconds)):
        bound = pa.scalar(_UNITS[unit], pa.int64())
        holds = kernel("and", kernel("less", count, bound), kernel("greater", count, kernel("negate", bound)))
        text = kernel("if_else", holds, cast_to(finer, pa.string()), text)
    return text
