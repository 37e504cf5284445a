"""What stands between the cells of a CSV file: what the user says, what the suffix says, or what is plain to see.

A file whose header is one column under its own delimiter is looked at again: when exactly one other delimiter cuts its
first rows into equally many cells, that one is used, and said. Where several do, or a row does not agree, the file is
refused with the flag that settles it.
"""

import csv
import io
from typing import BinaryIO, cast

from tilth.errors import DataError, UsageError
from tilth.formats.container import ReadSettings

_WORDS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_FLAGS = {",": "--delimiter ,", ";": "--delimiter ';'", "\t": "--delimiter tab", "|": "--delimiter '|'"}
_SPREADSHEET_LINES = frozenset(f"sep={each}" for each in _WORDS)
_LOOKED_AT_BYTES = 1 << 16
_LOOKED_AT_ROWS = 20
_BOM = "\ufeff"


def with_delimiter(source: BinaryIO, settings: ReadSettings, own: str) -> tuple[BinaryIO, str]:
    """The stream from where it stands, and what stands between its cells; `own` is what its suffix says.

    Raises `DataError` for a file that looks separated by something else and does not show clearly by what.
    """
    told = settings.delimiter
    if told is not None and (len(told) != 1 or told in '"\r\n'):
        raise UsageError(f"the delimiter {told!r} is not one character", fix="--delimiter ';' or tab")
    head = b""
    while len(head) < _LOOKED_AT_BYTES and (piece := source.read(_LOOKED_AT_BYTES - len(head))):
        head += piece
    if b"\r" in head and b"\n" not in head:
        what = "the lines end in carriage returns alone, as on the first Macintosh"
        raise DataError(what, where=f"{settings.name}:1", fix=f"tr '\\r' '\\n' < {settings.name} > OUT.csv")
    delimiter = told or _delimiter(head, len(head) < _LOOKED_AT_BYTES, settings, own)
    return cast(BinaryIO, _Resumed(head, source)), delimiter


def _delimiter(head: bytes, is_whole: bool, settings: ReadSettings, own: str) -> str:
    text = head.decode("utf-8", errors="replace").removeprefix(_BOM)
    if (line := text.split("\n", 1)[0].rstrip("\r")) in _SPREADSHEET_LINES:
        what = f"the first line is {line}, which some spreadsheet programs write and no other reader knows"
        raise DataError(what, where=f"{settings.name}:1", fix=f"tail -n +2 {settings.name}, and --delimiter")
    counts = {each: _cells_in_rows(text, each, is_whole) for each in _WORDS}
    if not counts[own] or counts[own][0] > 1:
        return own
    others = [each for each in counts if each != own and counts[each] and counts[each][0] > 1]
    fitting = [each for each in others if len(set(counts[each])) == 1]
    if len(fitting) == 1:
        settings.note(f"the cells are separated by {_WORDS[fitting[0]]} ({_FLAGS[fitting[0]]})")
        return fitting[0]
    if not others:
        return own
    looks = " or by ".join(_WORDS[each] for each in fitting or others)
    why = "" if fitting else ", but not all rows have as many cells"
    raise DataError(
        f"the header is one column, and it looks separated by {looks}{why}",
        where=f"{settings.name}:1",
        fix=f"{_FLAGS[(fitting or others)[0]]}; for one column, {_FLAGS[own]}",
    )


def _cells_in_rows(text: str, delimiter: str, is_whole: bool) -> list[int]:
    """How many cells the first rows have; what is cut off by the end of the text does not count."""
    counts: list[int] = []
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if cells:
                counts.append(len(cells))
            if len(counts) > _LOOKED_AT_ROWS:
                return counts[:-1]
    except csv.Error:  # what is wrong with the quotes is said when the rows are read
        return counts
    return counts if is_whole else counts[:-1]


class _Resumed(io.RawIOBase):
    """A stream from its start, of which the beginning was read already."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head, self._rest = head, rest

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        if not self._head:
            return self._rest.read(size)
        end = len(self._head) if size < 0 else size
        piece, self._head = self._head[:end], self._head[end:]
        return piece if size >= 0 else piece + self._rest.read()
