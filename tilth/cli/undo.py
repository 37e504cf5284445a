"""`undo`: the rows of an output as they were before the operation that wrote it changed them."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from tilth.cli.files import Building, Reading
from tilth.cli.look import rejected_rows
from tilth.cli.summary import say
from tilth.errors import UsageError


@Parameter(name="*", group="Output", negative=())
@dataclass(frozen=True)
class UndoneRows(Building):
    """Where the rows go."""

    output: Annotated[str | None, Parameter(name=["--output", "-o"])] = None
    """File for the rows as they were."""


_NOWHERE = UndoneRows()


def undo(
    source: Path,
    /,
    *,
    changes: Annotated[Path | None, Parameter(group="Options")] = None,
    reading: Reading = Reading(),
    writing: UndoneRows = _NOWHERE,
) -> int:
    """Take back what `clean`, `validate --fix` or another rewrite changed: the rows of its output as they were.

    Every row that changed is in OUT.changes.jsonl, before and after. A line of JSON comes back byte by byte, so that
    the result is the input where no row was set aside. `tilth restore` is for rows that were set aside.

    Parameters
    ----------
    source
        The file that the operation wrote.
    changes
        Its changes, where they do not stand beside it as OUT.changes.jsonl.
    """
    from tilth.cli.evidence import Evidence
    from tilth.formats import open_output
    from tilth.recipes.undo import undone

    if writing.output is None and not writing.dry_run:
        raise UsageError("undo writes rows, and no output is named", fix="-o FILE")
    target = None if writing.output is None or writing.dry_run else writing.target("undo")
    path = target if isinstance(target, Path) else None
    data = reading.open(str(source))
    taken_back = 0
    with Evidence("undo", path, overwrite=writing.overwrite) as evidence:
        if target is None:
            for batch, changed in undone(data, source, changes):
                taken_back += changed
                evidence.tally.rows_in += len(batch)
        else:
            with open_output(target, overwrite=writing.overwrite, inputs=(source,)) as output:
                for batch, changed in undone(data, source, changes):
                    taken_back += changed
                    evidence.tally.rows_in += len(batch)
                    output.write(batch)
        evidence.tally.kept, evidence.tally.changed = evidence.tally.rows_in, taken_back
    evidence.complete([data], (source,), {"changes": str(changes) if changes else None}, reading.limit)
    if writing.json_:
        say({"operation": "undo", "output": str(path) if path else None, **evidence.tally.counts()})
    elif not writing.quiet:
        where = f" -> {path}" if path else ""
        print(f"undo: {evidence.tally.rows_in:,} rows, {taken_back:,} as they were before{where}", file=sys.stderr)
    return rejected_rows("undo", data)
