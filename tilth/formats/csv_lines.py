"""Lines of cells as the CSV rules cut them, strictly, each with the line at which it begins."""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from tilth.errors import DataError
from tilth.formats.container import ReadSettings
from tilth.formats.lines import LineGroup, LongLine, read_lines
from tilth.formats.transcoding import not_utf8

# The csv module's own limit, 131,072 characters, is less than a long answer has. The line cap holds in its place.
_FIELD_CHARACTERS = 2**31 - 1


@dataclass(frozen=True)
class Record:
    """One line of cells, which may span several lines of the file."""

    line: int
    last_line: int
    cells: list[str]
    bytes: int


class CsvLines:
    """The records of a stream; those that break the rules are refused with their place."""

    def __init__(
        self, source: BinaryIO, settings: ReadSettings, delimiter: str, *, first_line: int = 1, byte_offset: int = 0
    ) -> None:
        csv.field_size_limit(_FIELD_CHARACTERS)
        self._source, self._settings, self._byte_offset = source, settings, byte_offset
        self._groups: deque[LineGroup] = deque()
        self._bad_lines: dict[int, str] = {}
        self._line = first_line - 1  # of the last line handed to the csv module
        self._begin = first_line  # of the record that is being read
        self._record_bytes = 0
        self._reader = csv.reader(self._lines(), delimiter=delimiter, strict=True)

    def header(self) -> Record | None:
        """The first record. It is never rejected, because nothing below it could be read: it raises `DataError`."""
        settings, self._settings = self._settings, replace(self._settings, reject=None)
        try:
            return next(self.records(), None)
        except DataError as failure:
            # A header is no row that could be set aside.
            ways = [way for way in failure.fix.split("; or ") if not way.startswith("--on-error")]
            raise DataError(failure.what, where=failure.where, fix="; or ".join(ways)) from failure
        finally:
            self._settings = settings

    def records(self) -> Iterator[Record]:
        """All records from where the reading stands. Empty lines are skipped."""
        while True:
            self._begin, self._record_bytes = self._line + 1, 0
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as failure:
                self._refuse_broken(str(failure))
                continue
            record = Record(self._begin, self._line, cells, self._record_bytes)
            if reasons := self._encoding_faults():
                self.refuse(record, reasons[0])
            elif cells:
                yield record

    def refuse(self, record: Record, reason: str) -> None:
        """Reject a record, or raise `DataError` at its place."""
        offset, raw = self._raw(record.line, record.last_line)
        self._settings.refuse(record.line, offset, reason, raw)

    def _encoding_faults(self) -> list[str]:
        """What was wrong with the bytes of the lines read so far."""
        bad = [line for line in self._bad_lines if line <= self._line] if self._bad_lines else []
        return [self._bad_lines.pop(line) for line in bad]

    def _refuse_broken(self, message: str) -> None:
        if "unexpected end of data" in message:
            reason = "a quote opens in this row and is never closed"
        elif "new-line character" in message:
            reason = "a carriage return stands in a cell without quotes, or ends the line by itself"
        else:
            reason = f"the quotes of this row do not fit: {message}"
        self._encoding_faults()
        self.refuse(Record(self._begin, max(self._line, self._begin), [], self._record_bytes), reason)

    def _lines(self) -> Iterator[str]:
        most, line = self._settings.max_line_bytes, self._line + 1
        for group in read_lines(self._source, most, keep_returns=True, first_line=line, byte_offset=self._byte_offset):
            if isinstance(group, LongLine):
                reason = f"the line is longer than {most} bytes"
                raise DataError(reason, where=f"{self._settings.name}:{group.line}")
            self._groups.append(group)
            while self._groups and self._groups[0].first_line + len(self._groups[0].lines) <= self._begin:
                self._groups.popleft()
            for raw, text in zip(group.lines, self._decoded(group), strict=True):
                self._line += 1
                self._record_bytes += len(raw)
                if self._record_bytes > most:
                    where = f"{self._settings.name}:{self._begin}"
                    raise DataError("a quote opens in this row and is not closed within reason", where=where)
                yield text + "\n"

    def _decoded(self, group: LineGroup) -> list[str]:
        try:
            return b"\n".join(group.lines).decode("utf-8").split("\n")
        except UnicodeDecodeError:
            return [self._decoded_or_noted(raw, group.first_line + place) for place, raw in enumerate(group.lines)]

    def _decoded_or_noted(self, raw: bytes, line: int) -> str:
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError as failure:
            self._bad_lines[line] = not_utf8(raw, failure.start)
            return raw.decode("utf-8", errors="backslashreplace")

    def _raw(self, first: int, last: int) -> tuple[int | None, bytes]:
        """Where lines of the file begin, and their bytes."""
        offset, found = None, []
        for group in self._groups:
            for place, raw in enumerate(group.lines, group.first_line):
                if first <= place <= last:
                    offset = group.offset_of(place - group.first_line) if offset is None else offset
                    found.append(raw)
        return offset, b"\n".join(found)
