"""Rows without an equal one on the other side, laid by in an unnamed file until it is known what became of them."""

import os
import tempfile
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from tilth.curate.diffs.side import hashed, upstream
from tilth.curate.diffs.subject import Pick, Subject
from tilth.judgement import Dataset, Fields
from tilth.schemas import dump_json, load_json, parts

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FEWEST_WORDS = 5
NO_KEY = 0


@dataclass(frozen=True)
class LeftRow:
    """A row that has no equal on the other side."""

    file: str
    line: int
    row: Mapping[str, Any]
    """As its file holds it."""
    subject: Subject
    """What is compared of it."""

    @property
    def place(self) -> str:
        """File and line."""
        return f"{self.file}:{self.line}"


class LeftOver:
    """The rows of one side that are left, with eight bytes for each way in which they may be found again."""

    def __init__(self, ways: Iterable[str]) -> None:
        """`ways` are names of fields, `prompt`, `answer` or `row`."""
        self.keys = {way: array("Q") for way in ways}
        self._places = array("Q")
        # It lives as long as this object does, and has no name to be left behind.
        self._file = cast(BinaryIO, tempfile.TemporaryFile(prefix="tilth-"))  # noqa: SIM115
        self._end = 0

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, index: int) -> LeftRow:
        start = self._places[index]
        end = self._places[index + 1] if index + 1 < len(self) else self._end
        found = load_json(os.pread(self._file.fileno(), end - start, start))
        return LeftRow(**found)

    def keys_of(self, way: str) -> "NDArray[Any]":
        """The keys of one way; `NO_KEY` where a row has none."""
        import numpy as np

        keys = self.keys[way]
        return np.frombuffer(keys, np.uint64) if keys else np.empty(0, np.uint64)

    def add(self, row: LeftRow, record: Fields, number: int) -> None:
        """Lay by a row; `number` is its place in the whole set."""
        text = dump_json({"file": row.file, "line": row.line, "row": row.row, "subject": row.subject})
        self._places.append(self._end)
        self._file.write(text)
        self._end += len(text)
        for way, keys in self.keys.items():
            keys.append(_key(way, row, record, number))

    def close(self) -> None:
        """No row is added any more."""
        self._file.flush()


def lay_by(data: Dataset, pick: Pick, left: "NDArray[Any]", ways: Iterable[str]) -> LeftOver:
    """The rows with these numbers (in order), from another pass over the data."""
    found = LeftOver(ways)
    wanted, at, number = left.tolist(), 0, 0
    for batch in data.batches():
        end = number + len(batch)
        first = at
        while at < len(wanted) and wanted[at] < end:
            at += 1
        if at > first:
            indices = [index - number for index in wanted[first:at]]
            some = batch.take(indices)
            for index, row, record, origin in zip(indices, some.rows, some.records, some.origins, strict=True):
                shown = LeftRow(origin.file, origin.line, row, pick(row, record))
                found.add(shown, record, number + index)
        number = end
    found.close()
    return found


def _key(way: str, row: LeftRow, record: Fields, number: int) -> int:
    if way == "row":
        return hashed(number)
    if way in ("prompt", "answer"):
        part = parts(record)
        text = part.prompt if way == "prompt" else part.answer
        # A short answer, such as a label, says nothing about which row it belongs to.
        is_enough = bool(text) if way == "prompt" else len((text or "").split()) >= _FEWEST_WORDS
        return hashed(text) if is_enough else NO_KEY
    value = upstream(way, row.row, record)
    return NO_KEY if value is None else hashed(value)
