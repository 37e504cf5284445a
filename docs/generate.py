"""Writes the reference pages from the declarations; with --check it only says whether they are up to date."""

import sys
from pathlib import Path

from tilth.cli.app import application
from tilth.cli.reference import commands_page, operations_page

FOLDER = Path(__file__).parent / "reference"


def main() -> int:
    """Write the pages, or compare them; returns the exit code."""
    pages = {"operations.md": operations_page(), "commands.md": commands_page(application())}
    stale = [
        name for name, text in pages.items() if not (FOLDER / name).exists() or (FOLDER / name).read_text() != text
    ]
    if "--check" in sys.argv:
        sys.stdout.write("".join(f"docs/reference/{name} is stale; run: make docs\n" for name in stale))
        return int(bool(stale))
    for name in stale:
        (FOLDER / name).write_text(pages[name])
    return 0


if __name__ == "__main__":
    sys.exit(main())
