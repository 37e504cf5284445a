"""Rows from the events of a YAML stream: one row is in memory at a time."""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import yaml

from tilth.errors import DataError
from tilth.formats._yaml_characters import FaultyTextError, fault_in
from tilth.formats._yaml_misread import misread
from tilth.formats._yaml_values import Composer
from tilth.formats._yaml_window import Window
from tilth.formats.block import Block, Row, RowBlock
from tilth.formats.container import BLOCK_BYTES, ReadSettings
from tilth.formats.strict_json import StrictJsonError

_BLOCK_ROWS = 512  # a YAML row costs a hundred times what a JSON row does
_MAX_EVENTS = 200_000  # of one row: begins, ends, keys and values; as many take two seconds
_DIRECTIVE = re.compile(rb"(?:[ \t]*(?:#[^\r\n]*|\.\.\.[^\r\n]*)?[\r\n])*%")
_HOPELESS_DEPTH = 1000  # libyaml takes a step for every level at every level
_TOO_LARGE = f"this row has more than {_MAX_EVENTS} keys and values, which is more than YAML is for"
_NO_MAPPING = "found an item that is no mapping, expected one such as text: ..."
_FIX = "a YAML list of rows, text in double quotes; or --on-error reject, to leave out what is broken"


def read_blocks(source: BinaryIO, settings: ReadSettings) -> Iterator[Block]:
    """The rows of a stream in blocks.

    A row that breaks a rule is refused. Where the syntax breaks, what is left of the document is refused as one, and
    the reading goes on at the next `---` line: nothing within a document may look like that, whatever is wrong in it.
    """
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


class _HopelessError(yaml.YAMLError):
    """Nesting of which not even the end is looked for."""

    problem = f"more than {_HOPELESS_DEPTH} lists and mappings inside each other"


class _Reading:
    def __init__(self, source: BinaryIO, settings: ReadSettings) -> None:
        self._settings = settings
        self._start(Window(source, settings))

    @property
    def bytes_read(self) -> int:
        return self._window.bytes_read

    def rows(self) -> Iterator[tuple[int, Row]]:
        while True:
            try:
                yield from self._documents()
                return
            except yaml.YAMLError as failure:
                if not self._goes_on_after(failure):
                    return

    def _start(self, window: Window) -> None:
        self._window = window
        self._base = window.line  # the number of what the parser calls line 0
        self._is_in_document = False
        self._events: Iterator[Any] = yaml.parse(window, Loader=yaml.CSafeLoader)

    def _documents(self) -> Iterator[tuple[int, Row]]:
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                self._is_in_document = True
                self._window.begin_row(self._line(event))
                self._composer = Composer(self._window.has_stand_ins)  # anchors end with their document
                yield from self._document()
            elif isinstance(event, yaml.DocumentEndEvent):
                self._is_in_document = False
                end: Any = event.end_mark
                self._window.begin_row(self._base + end.line)

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
        line = self._line(event)
        self._window.begin_row(line)
        events, fault = self._node_events(event)
        raw = self._window.text(line, self._base + events[-1].end_mark.line)
        fault = fault or misread(events, raw)
        if fault is None:
            try:
                row = self._composer.compose(events)
            except FaultyTextError:
                fault = fault_in(raw, line)
            except StrictJsonError as refusal:
                fault = str(refusal)
            else:
                if isinstance(row, dict):
                    yield line, row
                    return
        self._settings.refuse(
            line, None, fault or "found an item that is no mapping, expected one such as text: ...", raw
        )

    def _node_events(self, event: Any) -> tuple[list[Any], str | None]:
        """All events of one node; of one that is too deep or too large only the ends, and what it is."""
        events, depth, fault = [event], int(isinstance(event, yaml.CollectionStartEvent)), None
        while depth:
            event = next(self._events)
            events.append(event)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > self._settings.max_depth or len(events) > _MAX_EVENTS:
                fault = fault or (_TOO_LARGE if depth <= self._settings.max_depth else _too_deep(self._settings))
                if self._settings.reject is None:
                    self._settings.refuse(self._line(events[0]), None, fault, b"")
                if depth > _HOPELESS_DEPTH:
                    raise _HopelessError
                del events[1:-1]
        return events, fault

    def _line(self, event: Any) -> int:
        line: int = event.start_mark.line
        return self._base + line

    def _goes_on_after(self, failure: yaml.YAMLError) -> bool:
        """Refuse what is left of a broken document; whether another one follows."""
        place, problem = self._problem(failure)
        if self._settings.reject is None:
            where = self._settings.name if place is None else f"{self._settings.name}:{place}"
            raise DataError(f"broken YAML: {problem}", where=where, fix=_FIX) from failure
        if not self._is_in_document:
            self._window.begin_row(self._window.first_line_with_text())
        line = self._window.line
        left, window = self._window.next_document()
        if window is not None and _DIRECTIVE.match(left):  # it belongs to the document behind it
            more, window = window.next_document()
            left += more
        then = "the rest of the file cannot be read" if window is None else "the rest of this document is left out"
        self._settings.refuse(line, None, f"broken YAML at line {place or line}: {problem}; {then}", left)
        if window is None:
            return False
        self._start(window)
        return True

    def _problem(self, failure: yaml.YAMLError) -> tuple[int | None, str]:
        mark = getattr(failure, "problem_mark", None) or getattr(failure, "context_mark", None)
        problem = getattr(failure, "problem", None) or getattr(failure, "reason", None) or "no YAML"
        return None if mark is None else self._base + mark.line, problem


def _too_deep(settings: ReadSettings) -> str:
    return f"this row is more than {settings.max_depth} deep"
