"""Sentences as a block of rows that keeps their bytes, so that what is not changed is written as it was."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tilth.formats.block import Row, RowBlock
from tilth.formats.conll_columns import (
    IN_A_LINE,
    LAYOUT,
    Columns,
    ColumnsError,
    columns_of_lines,
    columns_of_row,
    is_blank,
    is_document_mark,
    lines_of_row,
)
from tilth.formats.conll_sentences import Sentence

_LINE_ENDS = {"\r\n": "\r", "\n": ""}


class SentenceBlock(RowBlock):
    """Rows beside the text that each of them was in the file, from its marks to its blank line."""

    def __init__(self, raw: Sequence[str], rows: Sequence[Row], lines: Sequence[int], columns: Columns) -> None:
        super().__init__(rows, lines)
        self.raw, self.columns = raw, columns

    def take(self, indices: Sequence[int]) -> "SentenceBlock":
        """Some of the sentences, in the given order, untouched."""
        return SentenceBlock(
            [self.raw[index] for index in indices],
            [self.rows[index] for index in indices],
            [self.lines[index] for index in indices],
            self.columns,
        )


def row_of(sentence: Sentence, columns: Columns) -> dict[str, Any]:
    """The row that a sentence is. Raises `ColumnsError` when it is none.

    Whatever is other than Tilth writes it stands in `layout`, so that the same lines can be written again.
    """
    before, lines, after = sentence.before, sentence.lines, sentence.after
    cells: dict[str, Any] = dict(columns_of_lines(lines, columns))
    returns = "\r" if all(line.endswith("\r") for line in (*before, *lines, *after)) else ""
    layout: dict[str, Any] = {}
    if columns.delimiter != "\t":
        layout["delimiter"] = columns.delimiter
    if returns:
        layout["line_end"] = "\r\n"
    bare_before, bare, bare_after = ([_bare(line, returns) for line in part] for part in (before, lines, after))
    if bare_before:
        layout["before"] = bare_before
    if bare != lines_of_row(cells, columns):
        layout["lines"] = bare
    if bare_after != _usual_after(columns):
        layout["after"] = bare_after
    if not sentence.is_ended:
        layout["is_ended"] = False
    return {**cells, LAYOUT: layout} if layout else cells


def text_of(row: Mapping[str, Any], delimiter: str | None = None) -> tuple[str, Columns]:
    """The text of a row, from its marks to its blank line, and its columns; see `row_of`.

    `delimiter` is what the file has between cells by now. Raises `ColumnsError` for what is no such row.
    """
    layout = row.get(LAYOUT, {})
    if not isinstance(layout, dict) or (strange := layout.keys() - _LAYOUTS.keys()):
        raise ColumnsError(
            "has a layout that is none" if not isinstance(layout, dict) else f"has layout.{min(strange)}"
        )
    for name, value in layout.items():
        if not _LAYOUTS[name](value):
            raise ColumnsError(f"has a layout.{name} that cannot be")
    own = layout.get("delimiter", "\t")
    columns = columns_of_row(row, delimiter or own)
    lines = lines_of_row(row, columns)
    if "lines" in layout and own == columns.delimiter and _same(layout["lines"], row, columns):
        lines = layout["lines"]
    before, after = layout.get("before", []), layout.get("after", _usual_after(columns))
    if fault := next((line for line in (*before, *after) if not _stands_between(line, columns)), None):
        raise ColumnsError(f"has the line {fault[:40]!r} in its layout, which would be read as a token")
    returns = _LINE_ENDS[layout.get("line_end", "\n")]
    text = "".join(f"{line}{returns}\n" for line in (*before, *lines, *after))
    return text if layout.get("is_ended", True) else text[: -1 - len(returns)], columns


def _bare(line: str, returns: str) -> str:
    return line[: len(line) - len(returns)]


def _usual_after(columns: Columns) -> list[str]:
    return [] if columns.delimiter == IN_A_LINE else [""]


def _same(lines: Any, row: Mapping[str, Any], columns: Columns) -> bool:
    try:
        found = columns_of_lines(lines, columns)
    except ColumnsError:
        return False
    return all(found[name] == row[name] for name in found)


def _stands_between(line: str, columns: Columns) -> bool:
    return is_blank(line) or is_document_mark(line) or columns.is_comment(line)


def _are_lines(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(line, str) and "\n" not in line for line in value)


_LAYOUTS: dict[str, Callable[[Any], bool]] = {
    "delimiter": lambda value: value in (" ", IN_A_LINE),
    "line_end": lambda value: value in _LINE_ENDS,
    "before": _are_lines,
    "lines": _are_lines,
    "after": _are_lines,
    "is_ended": lambda value: value is False,
}
