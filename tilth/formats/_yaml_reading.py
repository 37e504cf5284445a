"""Rows from the events of a YAML stream: one row is in memory at a time."""

from collections.abc import Iterator
from typing import Any, BinaryIO

import yaml

from tilth.errors import DataError
from tilth.formats._yaml_values import Composer
from tilth.formats.block import Block, Row, RowBlock
from tilth.formats.container import BLOCK_BYTES, ReadSettings
from tilth.formats.strict_json import StrictJsonError

_BLOCK_ROWS = 512  # a YAML row costs a hundred times what a JSON row does
_MAX_EVENTS = 4_000_000  # of one row


def read_blocks(source: BinaryIO, settings: ReadSettings) -> Iterator[Block]:
    """The rows of a stream in blocks. What breaks the syntax ends the reading; a row that breaks a rule is refused."""
    rows: list[Row] = []
    lines: list[int] = []
    reading = _Reading(source, settings)
    begin = 0
    for line, row in reading.rows():
        rows.append(row)
        lines.append(line)
        if len(rows) == _BLOCK_ROWS or reading.bytes_read - begin >= BLOCK_BYTES:
            yield RowBlock(rows, lines)
            rows, lines, begin = [], [], reading.bytes_read
    if rows:
        yield RowBlock(rows, lines)


class _Reading:
    def __init__(self, source: BinaryIO, settings: ReadSettings) -> None:
        self._settings = settings
        self._window = _Window(source, settings)
        self._events: Iterator[Any] = yaml.parse(self._window, Loader=yaml.CSafeLoader)
        self._composer = Composer()

    @property
    def bytes_read(self) -> int:
        return self._window.bytes_read

    def rows(self) -> Iterator[tuple[int, Row]]:
        try:
            for event in self._events:
                if isinstance(event, yaml.DocumentStartEvent):
                    self._composer = Composer()  # anchors end with their document
                    yield from self._document()
        except yaml.YAMLError as failure:
            raise self._broken(failure) from failure

    def _document(self) -> Iterator[tuple[int, Row]]:
        event = next(self._events)
        if not isinstance(event, yaml.SequenceStartEvent):
            is_empty = isinstance(event, yaml.ScalarEvent) and not event.value and not event.tag
            if not is_empty:
                yield from self._row(event)
            return
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            yield from self._row(event)

    def _row(self, event: Any) -> Iterator[tuple[int, Row]]:
        line = event.start_mark.line + 1
        self._window.begin_row(line)
        events = self._node_events(event)
        try:
            row = self._composer.compose(events)
        except StrictJsonError as refusal:
            self._refuse(line, events, str(refusal))
            return
        if isinstance(row, dict):
            yield line, row
        else:
            self._refuse(line, events, "found an item that is no mapping, expected one such as text: ...")

    def _node_events(self, event: Any) -> list[Any]:
        """All events of one node."""
        events, depth = [event], int(isinstance(event, yaml.CollectionStartEvent))
        while depth:
            event = next(self._events)
            events.append(event)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > self._settings.max_depth or len(events) > _MAX_EVENTS:
                too = f"more than {self._settings.max_depth} deep" if depth > self._settings.max_depth else "too large"
                raise DataError(f"this row is {too}", where=f"{self._settings.name}:{events[0].start_mark.line + 1}")
        return events

    def _refuse(self, line: int, events: list[Any], reason: str) -> None:
        raw = self._window.text(line, events[-1].end_mark.line + 1)
        self._settings.refuse(line, None, reason, raw)

    def _broken(self, failure: yaml.YAMLError) -> DataError:
        mark = getattr(failure, "problem_mark", None) or getattr(failure, "context_mark", None)
        where = f"{self._settings.name}:{mark.line + 1}" if mark else self._settings.name
        problem = getattr(failure, "problem", None) or getattr(failure, "reason", None) or "no YAML"
        return DataError(f"broken YAML: {problem}", where=where, fix="a YAML list of rows; text in double quotes")


class _Window:
    """A stream that remembers what it gave since the row that is being read began, and not more than a row may have."""

    def __init__(self, source: BinaryIO, settings: ReadSettings) -> None:
        self._source, self._settings = source, settings
        self._given = bytearray()
        self._line = 1
        self.bytes_read = 0

    def read(self, size: int = -1) -> bytes:
        chunk = self._source.read(size)
        self._given += chunk
        self.bytes_read += len(chunk)
        if len(self._given) > self._settings.max_line_bytes:
            raise DataError(
                f"one row has more than {self._settings.max_line_bytes} bytes",
                where=f"{self._settings.name}:{self._line}",
            )
        return chunk

    def begin_row(self, line: int) -> None:
        del self._given[: self._place(line)]
        self._line = line

    def text(self, first: int, last: int) -> bytes:
        return bytes(self._given[self._place(first) : self._place(last + 1)])

    def _place(self, line: int) -> int:
        place = 0
        for _ in range(line - self._line):
            end = self._given.find(b"\n", place)
            if end < 0:
                break
            place = end + 1
        return place
