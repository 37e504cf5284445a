"""Any JSON value in a cell of text, and back: most text stays as it is, and nothing is guessed.

In a column of this kind an empty cell means that the row has no such key, a cell that is JSON is that value, and any
other cell is the text itself. A text that would be read as something else (`12`, `true`, the empty text) is written
as a JSON string, in quotes.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from tilth.formats.strict_json import StrictJsonError, parse_json
from tilth.schemas import dump_json

_JSON_SPACE = " \t\n\r"
JSON_STARTS = frozenset('{["-0123456789tfn' + _JSON_SPACE)
"""What a cell can begin with that is read as anything but its own text."""
_WORDS = frozenset({"true", "false", "null"})


class Absent:
    """What an empty cell stands for: a row without the key."""


ABSENT: Final = Absent()


def to_cell(value: Any) -> str:
    """The cell that is read as exactly this value."""
    if isinstance(value, str) and from_cell(value) is value:
        return value
    return dump_json(value).decode("utf-8")


def from_cell(cell: str) -> Any:
    """The value that a cell means: `ABSENT`, a JSON value, or the very text of the cell."""
    if not cell:
        return ABSENT
    if cell[0] not in JSON_STARTS:
        return cell
    if cell[0] in "tfn" and cell.rstrip(_JSON_SPACE) not in _WORDS:
        return cell
    try:
        return parse_json(cell.encode("utf-8"))
    except StrictJsonError:
        return cell


def notes_on_json(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What to say of columns of text in which every cell that holds anything holds a JSON list or object."""
    for key in rows[0] if rows else ():
        texts = [value for row in rows if (value := row.get(key))]
        if texts and all(isinstance(text, str) and _holds_values(text) for text in texts):
            yield f'the cells of "{key}" hold JSON, and are read as text; "{key}:json" in the header makes them values'


def _holds_values(text: str) -> bool:
    return text.startswith(("{", "[")) and isinstance(from_cell(text), dict | list)
