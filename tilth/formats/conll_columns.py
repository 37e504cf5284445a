"""Lines of a CoNLL file as columns: what stands between cells, which lines are tokens, how rows become lines."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

TOKENS, TAGS, LAYOUT = "tokens", "tags", "layout"
DOCUMENT_MARK = "-DOCSTART-"
IN_A_LINE = "|"
"""Stands between cells where a line is a whole sentence, as spaCy's examples have it: `Ada|NNP|B-PER writes|VBZ|O`."""

_COLUMN = re.compile(r"column_([1-9][0-9]*)\Z")
_TAG = re.compile(r"(?:O|[BIELSU](?:-.*)?)\Z", re.DOTALL)
_SPACE = " \t\r"


class ColumnsError(Exception):
    """Why lines are no sentence, or a row is none, in words for people."""


@dataclass(frozen=True)
class Columns:
    """What stands between the cells of a file, and how many a line has."""

    delimiter: str
    count: int

    @staticmethod
    def of(lines: Sequence[str]) -> "Columns":
        """The columns of a file, by the lines of its first sentence."""
        if any("\t" in line.strip(_SPACE) for line in lines):
            return Columns("\t", _most_common(line.rstrip(_SPACE).count("\t") + 1 for line in lines))
        words = _words(lines[0])
        if _are_in_a_line(words):
            return Columns(IN_A_LINE, _most_common(word.count(IN_A_LINE) + 1 for word in words))
        return Columns(" ", _most_common(len(_words(line)) for line in lines))

    @staticmethod
    def of_first(line: str) -> "Columns":
        """The columns as far as the first line of a file tells them; a comment with tabs does not tell how many."""
        columns = Columns.of([line])
        return Columns("\t", 0) if columns.delimiter == "\t" else columns

    def cells(self, line: str) -> list[list[str]]:
        """The cells of each token in a line: of one, or of all where a line is a sentence."""
        if self.delimiter == "\t":
            return [line.rstrip(_SPACE).split("\t")]
        words = _words(line)
        return [word.rsplit(IN_A_LINE, self.count - 1) for word in words] if self.delimiter == IN_A_LINE else [words]

    def is_comment(self, line: str) -> bool:
        """Whether a line at the head of a sentence speaks about it: `# id = 7`, and not a token `#` with its tag.

        With tabs in it, it does when it has another number of cells than a token, and no tag in the last.
        """
        if not line.startswith("#"):
            return False
        if self.delimiter == "\t":
            cells = line.rstrip(_SPACE).split("\t")
            return len(cells) == 1 or not (len(cells) == self.count or _TAG.match(cells[-1]))
        words = _words(line)
        if self.delimiter == IN_A_LINE:
            return not _are_in_a_line(words)
        return not (len(words) == self.count and _TAG.match(words[-1]))


def is_blank(line: str) -> bool:
    """Whether a line stands between sentences."""
    return not line.strip(_SPACE)


def is_document_mark(line: str) -> bool:
    """Whether a line says that a document begins."""
    return line.startswith(DOCUMENT_MARK) and (line[len(DOCUMENT_MARK) :][:1].strip(_SPACE) == "")


def names_of(count: int) -> list[str]:
    """The names of so many columns: tokens first, tags last, and between them what the file does not name."""
    return [TOKENS, *(f"column_{place}" for place in range(2, count)), TAGS]


def columns_of_lines(lines: Sequence[str], columns: Columns) -> dict[str, list[str]]:
    """The columns that the lines of a sentence hold. Raises `ColumnsError`, counting lines from 1."""
    cells: list[list[str]] = []
    for number, line in enumerate(lines, 1):
        for found in columns.cells(line):
            _check_cells(found, number, columns)
            cells.append(found)
    return dict(zip(names_of(columns.count), map(list, zip(*cells, strict=True)), strict=True))


def lines_of_row(row: Mapping[str, Any], columns: Columns) -> list[str]:
    """The lines of a row of columns. Raises `ColumnsError` for what cannot stand in such a file."""
    cells = list(zip(*(row[name] for name in names_of(columns.count)), strict=True))
    for place, found in enumerate(cells):
        for name, cell in zip(names_of(columns.count), found, strict=True):
            if fault := _fault(cell, columns.delimiter):
                raise ColumnsError(f"{name}[{place}] {fault}")
    lines = [columns.delimiter.join(found) for found in cells]
    if columns.delimiter == IN_A_LINE:
        return [" ".join(lines)]
    for place, line in enumerate(lines):
        if is_document_mark(line) or columns.is_comment(line):
            raise ColumnsError(f"tokens[{place}] would be read as a mark between sentences")
    return lines


def columns_of_row(row: Mapping[str, Any], delimiter: str) -> Columns:
    """The columns of a row. Raises `ColumnsError` when it is no sentence of tokens with tags."""
    if not (TOKENS in row and TAGS in row):
        raise ColumnsError(f"has no {TAGS if TOKENS in row else TOKENS}")
    names = [name for name in row if name != LAYOUT]
    count = len(names)
    if strange := [name for name in names if name not in names_of(count)]:
        raise ColumnsError(f"has {strange[0]}, for which there is no place")
    if names != names_of(count):
        raise ColumnsError(f"has its columns in the order {', '.join(names)}, expected {', '.join(names_of(count))}")
    for name in names:
        column = row[name]
        if not (isinstance(column, list) and all(isinstance(cell, str) for cell in column)):
            raise ColumnsError(f"has {name} that is no list of texts")
        if len(column) != len(row[TOKENS]):
            raise ColumnsError(f"has {len(row[TOKENS])} tokens and {len(column)} {name}")
    if not row[TOKENS]:
        raise ColumnsError("has no token")
    return Columns(delimiter, count)


def is_column(name: str) -> bool:
    """Whether a name is that of a column between tokens and tags."""
    found = _COLUMN.match(name)
    return found is not None and int(found.group(1)) > 1


def _words(line: str) -> list[str]:
    """What stands between spaces; other white space is part of a cell."""
    return [word for word in line.rstrip(_SPACE).split(" ") if word]


def _are_in_a_line(words: Sequence[str]) -> bool:
    return all(IN_A_LINE in word and _TAG.match(word.rpartition(IN_A_LINE)[2]) for word in words)


def _most_common(counts: Iterable[int]) -> int:
    return Counter(counts).most_common(1)[0][0]


def _check_cells(cells: list[str], number: int, columns: Columns) -> None:
    where = f"line {number} of the sentence"
    if columns.count < 2:
        raise ColumnsError(f"{where} is one column, expected a token and its tag with a tab or a space between them")
    if len(cells) != columns.count:
        found = "1 column" if len(cells) == 1 else f"{len(cells)} columns"
        raise ColumnsError(f"{where} has {found}, expected {columns.count} as in the first sentence")
    if not all(cells):
        raise ColumnsError(f"{where} has an empty cell")


def _fault(cell: str, delimiter: str) -> str:
    if not cell.strip(_SPACE):
        return "is empty"
    if "\n" in cell or "\r" in cell:
        return "has a line break in it"
    if delimiter in cell and delimiter != IN_A_LINE:
        return "has a tab in it" if delimiter == "\t" else "has a space in it"
    if delimiter == IN_A_LINE and " " in cell:
        return "has a space in it"
    return "" if cell == cell.strip(_SPACE) else "has white space around it"
