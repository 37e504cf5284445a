"""The rows of a file under review, any of them at once, each parsed only when somebody looks at it."""

import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from tilth.errors import DataError, UsageError
from tilth.formats import Dataset
from tilth.operation import Fields
from tilth.review.row_index import RowIndex
from tilth.schemas import content_id, dump_json

_INDEXED_SUFFIXES = (".jsonl", ".ndjson")
_PROBE_ROWS = 200  # rows that detection looks at: the dialect of the file is settled on them
_CACHED_ROWS = 512  # more than a tall terminal shows at once


@dataclass(frozen=True)
class Reading:
    """How the file is to be read, where its name and its first rows do not say; as in `Dataset.open`."""

    format: str | None = None
    dialect: str | None = None
    record_type: str | None = None
    encoding: str = "utf-8"
    on_error: Literal["stop", "reject"] = "reject"
    """A row that cannot be read does not keep anybody from the others: it is shown as such, or counted."""

    def open(self, path: Path, limit: int | None = None) -> Dataset:
        """The file as a data set."""
        return Dataset.open(
            str(path),
            format=self.format,
            dialect=self.dialect,
            record_type=self.record_type,
            encoding=self.encoding,
            on_error=self.on_error,
            limit=limit,
        )


@dataclass(frozen=True, slots=True)
class Seen:
    """A row as a person sees it: the record, or why it is none."""

    record: Fields | None
    id: str | None
    problem: str = ""
    raw: str = ""


class Rows:
    """Rows by number, from 0. They appear as the file is gone through; `grow` goes on."""

    def __init__(self, path: Path, reading: Reading) -> None:
        """Open a file for review. Raises what `Dataset.open` raises for a file that it cannot read."""
        if not path.is_file():
            kind = "a folder" if path.is_dir() else "no file"
            raise UsageError(f"{path} is {kind}", fix="tilth review FILE, with a file of records")
        self.path, self.reading = path, reading
        self._spool: Path | None = None
        self.left_out = 0
        """Rows that cannot be read and, in a container without lines, not be shown either."""
        if _is_plain_jsonl(path, reading):
            self._dialect = reading.open(path, limit=_PROBE_ROWS).dialect
            self._decode: Callable[[Mapping[str, Any]], Fields] = self._dialect.decode
            self._index = RowIndex(path)
        else:
            # Other containers cannot be entered in the middle: their records are laid out as lines once.
            data = reading.open(path)
            self._dialect, self._decode = data.dialect, dict
            self._spool = _spooled(data, path)
            self.left_out = len(list(data.rejects))
            self._index = RowIndex(self._spool)
        self.seen: Callable[[int], Seen] = lru_cache(_CACHED_ROWS)(self._see)

    def close(self) -> None:
        """Let go of the file, and of the temporary copy where one was made."""
        self._index.close()
        if self._spool is not None:
            self._spool.unlink(missing_ok=True)

    def __len__(self) -> int:
        return len(self._index)

    @property
    def is_complete(self) -> bool:
        """True once every row of the file is known."""
        return self._index.is_complete

    def grow(self) -> bool:
        """Go through a few more mebibytes of the file; False when all rows are known."""
        return self._index.grow()

    def raw(self, row: int) -> bytes:
        """The bytes that a row is read from: its line, or its record as a line."""
        return self._index.read(row)

    def raw_span(self, first: int, after: int) -> bytes:
        """The bytes of consecutive rows, in one read."""
        return self._index.read_span(first, after)

    def line(self, row: int) -> int | None:
        """The line of the file that a row is on; None in a container without lines."""
        return None if self._spool is not None else self._index.line(row)

    def check(self, record: Fields) -> None:
        """Raise `LossError` for a record that the file's dialect cannot hold: an edit that no export could write."""
        self._dialect.encode(record)

    def id(self, row: int) -> str | None:
        """The content id of a row; None when it cannot be read. Past the cache: made for going through all rows."""
        return self._see(row).id

    def _see(self, row: int) -> Seen:
        raw = self._index.read(row)
        try:
            record = self._decode(parse_row(raw))
            return Seen(record, content_id(record))
        except (DataError, ValueError) as failure:
            return Seen(None, None, str(failure), raw.decode("utf-8", errors="backslashreplace"))


def parse_row(raw: bytes) -> Mapping[str, Any]:
    """The row that a line spells. Raises `ValueError` for a line that is no JSON object."""
    from tilth.formats.strict_json import parse_json

    row = parse_json(raw.rstrip(b"\r\n"))
    if not isinstance(row, dict):
        raise ValueError("the line is not a JSON object")
    return row


def _is_plain_jsonl(path: Path, reading: Reading) -> bool:
    by_name = path.suffix.lower() in _INDEXED_SUFFIXES
    return reading.format in (None, "jsonl") and by_name and reading.encoding.lower() in ("utf-8", "utf8")


def _spooled(data: Dataset, path: Path) -> Path:
    """All records of a data set, one a line, in a temporary file for this user alone."""
    handle, name = tempfile.mkstemp(prefix="tilth-review-", suffix=".jsonl")
    spool = Path(name)
    try:
        with os.fdopen(handle, "wb", buffering=1 << 20) as sink:
            for batch in data.batches():
                sink.writelines(dump_json(record) + b"\n" for record in batch.records)
        if spool.stat().st_size == 0:
            raise DataError("the file has no rows", where=str(path))
    except BaseException:
        spool.unlink(missing_ok=True)
        raise
    return spool
