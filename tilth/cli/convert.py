"""`convert`: another container, another dialect, and not one value changed."""

from pathlib import Path

from tilth.cli.files import Reading, Writing, input_paths
from tilth.cli.summary import report


def convert(source: str, /, *, reading: Reading = Reading(), writing: Writing = Writing()) -> int:
    """Write the rows in another container or in another dialect.

    Without --to-dialect the rows are the same to the last value, type and key. With it each row is understood and
    written in the other shape; a row that would lose something is refused before anything is written.

    Parameters
    ----------
    source
        A file, a glob, a folder, or - for standard input.
    """
    from tilth.formats import convert as convert_rows
    from tilth.recipes.execute import EVIDENCE, evidence_path, refuse_existing, remove_evidence, write_rejects
    from tilth.recipes.manifest import write_sidecar
    from tilth.recipes.tally import Tally

    data = reading.open(source, as_rows=writing.to_dialect is None)
    output = writing.target("convert")
    tally = Tally()
    if writing.dry_run:
        tally.rows_in = tally.kept = data.count()
        return report("convert (dry run)", tally, writing, None)
    if isinstance(output, Path) and not writing.overwrite:
        refuse_existing([output, *(evidence_path(output, kind) for kind in EVIDENCE)])
    rows = convert_rows(data, output, to_dialect=writing.to_dialect, format=writing.to, overwrite=writing.overwrite)
    tally.rows_in = tally.kept = rows
    tally.reject(len(data.rejects))
    written = output if isinstance(output, Path) else None
    if written is not None:
        if writing.overwrite:
            remove_evidence(written)
        write_rejects(data, evidence_path(written, "rejects"), overwrite=writing.overwrite)
        write_sidecar(written, "convert", {"to_dialect": writing.to_dialect}, input_paths(source), tally)
    return report("convert", tally, writing, written)
