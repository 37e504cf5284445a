"""`suspects`: one list of the rows that any detector doubts, worst first; nothing is removed."""

import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from tilth.cli.files import Building, Reading, input_paths
from tilth.cli.summary import DONE_WITH_REJECTS, say

if TYPE_CHECKING:
    from tilth.curate.suspects import Suspect, Suspects

_SHOWN = 10


@Parameter(name="*", group="Output", negative=())
@dataclass(frozen=True)
class ListOfRows(Building):
    """Where the list goes."""

    output: Annotated[str | None, Parameter(name=["--output", "-o"])] = None
    """File for the whole list, a row a line; without it the first ten are shown."""


_SHOWN_ONLY = ListOfRows()


def suspects(
    source: str,
    /,
    *,
    detectors: Annotated[tuple[str, ...], Parameter(group="Options", negative=())] = (),
    reading: Reading = Reading(),
    writing: ListOfRows = _SHOWN_ONLY,
) -> int:
    """Ask every detector about every row and list the rows that are doubted, worst first. Nothing is removed.

    A detector ranks the rows that it doubts by its own score; a row's suspicion is the sum of 1 / (60 + rank) over
    all detectors that doubt it. `tilth review FILE --queue LIST` goes through the list.

    Parameters
    ----------
    source
        A file, a glob, a folder, or - for standard input.
    detectors
        Names of operations, or steps as in a recipe ('outliers: {factor: 2}'); all that are installed and need no
        more than the rows, when none is named.
    """
    from tilth.curate.suspects import detectors as chosen
    from tilth.curate.suspects import find_suspects

    asked, skipped = chosen(detectors)
    data = reading.open(source)
    output = None if writing.output is None or writing.dry_run else writing.target("suspects")
    path = output if isinstance(output, Path) else None
    if path is not None and not writing.overwrite:
        from tilth.recipes.execute import refuse_existing

        refuse_existing([path])
    quiet = writing.quiet or not sys.stderr.isatty()
    found = find_suspects(
        data, asked, skipped, lambda name: None if quiet else print(f"asking {name}", file=sys.stderr)
    )
    if output is not None:
        from tilth.formats import open_output
        from tilth.recipes.execute import row_block

        inputs = input_paths(source)
        with open_output(output, format="jsonl", overwrite=writing.overwrite, inputs=inputs) as sink:
            sink.write(row_block(_line(suspect, rank) for rank, suspect in enumerate(found.rows, start=1)))
    if writing.json_:
        say({"operation": "suspects", "output": str(path) if path else None, "rows": found.rows_in,
             "suspects": len(found.rows), "found": found.found, "skipped": found.skipped})  # fmt: skip
    elif output is None:
        _show(found)
    if not writing.quiet:
        _tell(found, path)
    return DONE_WITH_REJECTS if len(data.rejects) else 0


def _line(suspect: "Suspect", rank: int) -> dict[str, Any]:
    place = {"file": suspect.origin.file, "line": suspect.origin.line}
    return {
        "id": suspect.id,
        "copy": suspect.copy,
        "rank": rank,
        "suspicion": round(suspect.suspicion, 6),
        "reasons": [asdict(finding) for finding in suspect.findings],
        **place,
        "row": suspect.row,
    }


def _show(found: "Suspects") -> None:
    """The worst rows, readable at any width."""
    from tilth.cli.aligned import aligned, terminal_width
    from tilth.cli.why_text import record_text
    from tilth.schemas.safe_text import safe_text

    width = terminal_width()
    for rank, suspect in enumerate(found.rows[:_SHOWN], start=1):
        print(safe_text(f"{rank}  {suspect.origin}  {suspect.id[:12]}", one_line=True))
        for finding in suspect.findings:
            score = "" if finding.score is None else f" {finding.score:.3g}"
            words = safe_text(f"{finding.code}{score}: {finding.detail}", one_line=True)
            print(*(f"  {line}" for line in aligned([(finding.operation, words)], width - 2)), sep="\n")
        print(*(f"    {line}" for line in record_text(suspect.row, width - 4, full=False)), sep="\n")
        print()
    if len(found.rows) > _SHOWN:
        print(f"and {len(found.rows) - _SHOWN:,} more (-o LIST.jsonl writes them all)")


def _tell(found: "Suspects", path: Path | None) -> None:
    from tilth.schemas.safe_text import safe_text

    by = ", ".join(f"{number:,} by {name}" for name, number in found.found.items() if number)
    print(
        f"suspects: {len(found.rows):,} of {found.rows_in:,} rows are doubted{f' ({by})' if by else ''}"
        + (f" -> {path}" if path else ""),
        file=sys.stderr,
    )
    for name, why in found.skipped.items():
        print(f"not asked: {name}: {safe_text(why, one_line=True)}", file=sys.stderr)
