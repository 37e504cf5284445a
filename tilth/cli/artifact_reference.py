"""`docs/reference/artifacts.md`: every kind that `tilth inspect` recognises, from the recognisers themselves."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tilth.artifacts import Kind

_INTRO = """\
# What inspect recognises

Written from the declarations by `make docs`; not to be edited.

`tilth inspect` tells these files and folders by what is in them, and loads, unpickles and runs nothing. Of each it says
what it is for, what it says about itself, and what is missing, broken or unsafe about it. Rows in
any container are told too: see [formats](formats.md) and [records](records.md).
"""


def artifacts_page() -> str:
    """The page: a table of files and a table of folders."""
    from tilth.artifacts import folder_kinds, kinds

    return f"{_INTRO}\n## Files\n\n{_table(kinds())}\n\n## Folders\n\n{_table(folder_kinds())}\n"


def _table(kinds: "Iterable[Kind]") -> str:
    rows = [f"| `{kind.name}` | {_cell(kind.purpose)} | {_cell(kind.known_by)} |" for kind in kinds]
    return "\n".join(["| kind | what it is | how it is known |", "|---|---|---|", *rows])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
