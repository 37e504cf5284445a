"""What a command says when it is done: a line for people on stderr, one JSON object on stdout."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from tilth.cli.files import Building

if TYPE_CHECKING:
    from tilth.recipes.tally import Tally

Json = Annotated[bool, Parameter(name="--json", negative=())]
"""The flag that asks for one JSON object on standard output."""
Quiet = Annotated[bool, Parameter(name=["--quiet", "-q"], negative=())]
"""The flag that silences standard error."""

DONE_WITH_REJECTS = 3
"""Exit code of a command that did its work and could not read some rows."""


def report(name: str, tally: "Tally", writing: Building, written: Path | None) -> int:
    """Say what happened, as the flags ask; returns the exit code."""
    from tilth.schemas.safe_text import safe_text  # a warning may quote a record

    if writing.json_:
        output = None if written is None else str(written)
        facts = {name: fact for name, fact in tally.facts.items() if name != "table"}  # the same facts, for people
        say({"operation": name, "output": output, **tally.counts(), "facts": facts})
    elif "table" in tally.facts:
        print(tally.facts["table"])
    if not writing.quiet:
        print(f"{name}: {tally.sentence()}" + (f" -> {written}" if written else ""), file=sys.stderr)
        for note in tally.facts.get("notes") or ():
            print(safe_text(str(note), one_line=True), file=sys.stderr)
        for warning in tally.facts.get("warnings") or ():
            print(f"warning: {safe_text(str(warning), one_line=True)}", file=sys.stderr)
    return DONE_WITH_REJECTS if tally.rejected else 0


def say(content: Mapping[str, Any]) -> None:
    """Print one JSON object on standard output."""
    print(json.dumps(content, ensure_ascii=False, default=str))
