"""Texts that a spreadsheet program takes for a formula: counted, and written so that none is left.

What makes one is its first character. In a column of JSON cells such a text is written as a JSON string, which begins
with a quote, and a negative number behind a space: both are read back as what they were, by the rule that such cells
have anyway. A column of plain text that holds one becomes a column of that kind.
"""

from collections.abc import Iterable
from typing import Any, Final

from tilth.errors import DataError
from tilth.formats.cells import to_cell
from tilth.schemas import dump_json

FORMULA_STARTS: Final = frozenset("=+-@\t\r\n\0＝＋－＠")
"""As OWASP lists them, and the wide forms that some programs take for the same."""


class Formulas:
    """The texts among the values of some rows that a spreadsheet would calculate."""

    def __init__(self) -> None:
        self.count = 0
        self.keys: set[str] = set()
        """Under which keys they are."""

    def note_texts(self, key: str, count: int) -> None:
        """Take note of so many of them under a key."""
        if count:
            self.count += count
            self.keys.add(key)

    def note(self) -> str:
        """What to tell people who did not ask for a file without formulas; empty when there is none."""
        if not self.count:
            return ""
        many = "1 cell begins" if self.count == 1 else f"{self.count} cells begin"
        return f"{many} like a formula to a spreadsheet (with =, +, -, @ or a tab); --spreadsheet-safe writes none"


def to_safe_cell(value: Any) -> str:
    """The cell that is read as exactly this value, and is no formula to anybody."""
    cell = to_cell(value)
    if cell[:1] not in FORMULA_STARTS:
        return cell
    return dump_json(value).decode("utf-8") if isinstance(value, str) else f" {cell}"


def refuse_formulas(names: Iterable[str]) -> None:
    """Raise `DataError` for a column whose very name is a formula: there is no other way to write a name."""
    for name in names:
        if name[:1] in FORMULA_STARTS:
            what = f'the name of the column "{name[:40]}" begins like a formula to a spreadsheet'
            raise DataError(what, fix="another name for it")
