"""Writes what is derived from the declarations: the reference pages and the index of commands.

With --check it only says whether they are up to date.
"""

import sys
from pathlib import Path

from tilth.cli.app import everything
from tilth.cli.artifact_reference import artifacts_page
from tilth.cli.overview import INDEX, index_text
from tilth.cli.reference import commands_page, operations_page
from tilth.cli.signal_reference import signals_page

FOLDER = Path(__file__).parent / "reference"


def main() -> int:
    """Write the files, or compare them; returns the exit code."""
    app = everything()
    wanted = {
        INDEX: index_text(app),
        FOLDER / "operations.md": operations_page(),
        FOLDER / "commands.md": commands_page(app),
        FOLDER / "artifacts.md": artifacts_page(),
        FOLDER / "signals.md": signals_page(),
    }
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv:
        sys.stdout.write("".join(f"{path.name} is stale; run: make docs\n" for path in stale))
        return int(bool(stale))
    for path in stale:
        path.write_text(wanted[path], encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
