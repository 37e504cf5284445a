"""The general help without importing a single operation: names, panels and first lines, kept in `commands.json`.

`make docs` writes that file from the commands themselves, and a test holds it to them. An operation that is installed
and not in it, as another package's, is imported and shown all the same.
"""

import json
import shutil
import textwrap
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tilth.errors import UsageError
from tilth.plugins import installed

if TYPE_CHECKING:
    from cyclopts import App

INDEX = Path(__file__).parent / "commands.json"
PANELS = ("Start", "Look", "Shape", "Curate", "Explain", "Grow", "Review", "Teach", "Repeat", "Plugins")
"""Groups of commands, in the order of the work."""

_HEADING = "From raw, messy or scarce text to a training set you can trust, and a model trained on it."
_WIDEST = 100


def overview_text(width: int | None = None) -> str:
    """What `tilth --help` prints, in columns of the terminal's width unless another is given."""
    width = width or min(_WIDEST, shutil.get_terminal_size().columns)
    commands = _commands()
    margin = " " * (max(map(len, commands)) + 4)
    lines = ["Usage: tilth COMMAND ...", "", *textwrap.wrap(_HEADING, width)]
    for panel in PANELS:
        members = {name: summary for name, (where, summary) in commands.items() if where == panel}
        lines += ["", panel] if members else []
        for name, summary in members.items():
            first = f"  {name}".ljust(len(margin))
            lines += textwrap.wrap(summary, width, initial_indent=first, subsequent_indent=margin)
    return "\n".join([*lines, "", "tilth COMMAND --help explains a command; tilth --version names the version.", ""])


def unknown_command(name: str) -> UsageError:
    """The error for a command that does not exist, with the nearest that does."""
    if name == "help":
        return UsageError("help is asked for by --help", fix="tilth --help, or tilth COMMAND --help")
    operations = _index()["operations"]
    found = operations.get(name) or next(iter(get_close_matches(name, {**_commands(), **operations}, 1)), "--help")
    return UsageError(f"there is no command {name}", fix=f"tilth {operations.get(found, found)}")


def index_text(app: "App") -> str:
    """What `commands.json` holds, from an application with all its commands."""
    from tilth import operation

    ours = [name for name, point in installed("tilth.ops").items() if point.value.startswith("tilth.")]
    operations = {name: " ".join(operation.load(name).command) for name in ours}
    index = {"commands": {name: list(entry) for name, entry in _entries(app)}, "operations": operations}
    return json.dumps(index, indent=1, ensure_ascii=False) + "\n"


def operations_behind(word: str) -> list[str]:
    """The operations whose command begins with this word, and those of other packages, which may be."""
    known = _index()["operations"]
    return [name for name in installed("tilth.ops") if name not in known or known[name].split()[0] == word]


def _commands() -> dict[str, tuple[str, str]]:
    """Command to panel and first line."""
    index = _index()
    commands = {name: (panel, summary) for name, (panel, summary) in index["commands"].items()}
    for name in installed("tilth.ops"):
        if name not in index["operations"]:
            from tilth import operation

            loaded = operation.load(name)
            commands[loaded.command[0]] = ("Plugins", " ".join((loaded.__doc__ or "").partition("\n\n")[0].split()))
    return commands


def _index() -> dict[str, dict[str, Any]]:
    index: dict[str, dict[str, Any]] = json.loads(INDEX.read_text(encoding="utf-8"))
    return index


def _entries(app: "App") -> Iterator[tuple[str, tuple[str, str]]]:
    for name in app:
        if not name.startswith("-"):
            groups = app[name].group
            group = groups[0] if isinstance(groups, tuple) else groups
            summary = " ".join((app[name].help or "").partition("\n\n")[0].split())
            yield name, (group if isinstance(group, str) else group.name, summary)
