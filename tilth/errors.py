"""The tree of errors: each knows what happened, where, and what to do about it.

    TilthError            1    something failed
    ├── UsageError        2    a name, flag, path or option that cannot be used as given
    ├── DataError         1    a file or a row that cannot be read as what it claims to be
    │   └── NoRowsError   1    a file in which there is nothing to read
    ├── GateError         4    a validation or a gate was not passed
    └── MissingExtraError 5    a part of Tilth that is not installed

The number is the exit code of the command line. A user's mistake is raised where the knowledge is, as one of
these, and worded once at the border (`str(error)`); anything else that reaches the border is a bug of ours.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import ClassVar


class TilthError(Exception):
    """Something that a person can act on: `what` was found, `where`, and the `fix` to try.

    `what` is one sentence in the present tense, `where` a place such as `support.jsonl:17`, `fix` something that
    can be pasted into a terminal or typed into a file.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, *, where: str = "", fix: str = "") -> None:
        self.what, self.where, self.fix = what, where, fix
        place = f"{where}: " if where else ""
        super().__init__(f"{place}{what}" + (f"\n  try  {fix}" if fix else ""))


class UsageError(TilthError):
    """A name, flag, path or option that cannot be used as given."""

    exit_code = 2


class DataError(TilthError):
    """A file or a row that cannot be read as what it claims to be."""


class NoRowsError(DataError):
    """A file in which there is nothing to read."""

    def __init__(self, where: str) -> None:
        super().__init__("the file holds no rows", where=where)


class GateError(TilthError):
    """A validation or a gate that was not passed."""

    exit_code = 4


class MissingExtraError(TilthError):
    """A part of Tilth that is not installed; the fix is the line that installs it."""

    exit_code = 5

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(f"{feature} is part of an extra that is not installed", fix=f"pip install 'tilth[{extra}]'")


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that looks most like `word` in any case; else those that it is a part of, else all of them."""
    words = sorted(known)
    wanted, folded = word.casefold(), {each.casefold(): each for each in words}
    if close := get_close_matches(wanted, folded, 1):
        return folded[close[0]]
    return ", ".join([each for each in words if len(wanted) > 1 and wanted in each.casefold()] or words)
