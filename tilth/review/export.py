"""The reviewed data, written: what the operation `reviewed` keeps in one file, what it sets aside in another."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

from tilth.formats import Dataset, DialectBatch
from tilth.formats.atomic import Together
from tilth.formats.block import RowBlock
from tilth.formats.output import Output, open_output
from tilth.operation import Routed
from tilth.review.reviewed import ReviewedOptions, reviewed


@dataclass(frozen=True)
class Exported:
    """What an export wrote, and where."""

    kept: int
    edited: int
    set_aside: int
    output: Path
    aside: Path
    unreadable: int
    rejects: Path

    def sentence(self) -> str:
        """One line for people."""
        aside = f", {self.set_aside} set aside in {self.aside}" if self.set_aside else ""
        rejects = f", {self.unreadable} that cannot be read in {self.rejects}" if self.unreadable else ""
        return f"{self.kept} rows ({self.edited} edited) written to {self.output}{aside}{rejects}"


def export(data: Dataset, options: ReviewedOptions, output: Path, *, overwrite: bool = False) -> Exported:
    """Write the rows that the review kept to `output`, and the others, with reasons, to `OUTPUT.set-aside.jsonl`.

    Rows that cannot be read, where `data` goes on past them, go to `OUTPUT.rejects.jsonl`. No file is in its place
    before all are complete. Raises `UsageError` for an output that exists unless
    `overwrite`, and for one that is the reviewed file or the journal.
    """
    aside_path, rejects_path = Path(f"{output}.set-aside.jsonl"), Path(f"{output}.rejects.jsonl")
    inputs: list[Path | str] = [*data.files, options.journal]
    kept = edited = aside = 0
    with (
        Together() as together,
        open_output(output, overwrite=overwrite, inputs=inputs, together=together) as kept_rows,
        open_output(aside_path, overwrite=overwrite, inputs=inputs, together=together) as aside_rows,
        open_output(rejects_path, overwrite=overwrite, inputs=inputs, together=together) as rejected_rows,
    ):
        for routed in reviewed.stream(data, options):
            if routed.batch is not None:
                kept_rows.write(cast(DialectBatch, routed.batch))
            _write_aside(routed, aside_rows)
            kept, edited, aside = kept_rows.rows, edited + len(routed.changes), aside_rows.rows
        if rejects := [asdict(reject) for reject in data.rejects]:
            rejected_rows.write(RowBlock(rejects, range(1, len(rejects) + 1)))
        for evidence in (aside_rows, rejected_rows):
            if not evidence.rows:
                evidence.abort()
    return Exported(kept, edited, aside, output, aside_path, len(rejects), rejects_path)


def _write_aside(routed: Routed, output: Output) -> None:
    lines: list[dict[str, Any]] = []
    for each in routed.aside:
        place = {"file": each.origin.file, "line": each.origin.line} if each.origin else {"file": None, "line": None}
        lines.append({"id": each.id, "operation": reviewed.name, **asdict(each.reason), **place, "row": each.row})
    if lines:
        output.write(RowBlock(lines, range(1, len(lines) + 1)))
