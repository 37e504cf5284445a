"""`convert`: another container, another dialect, and not one value changed."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tilth.cli.files import Reading, Writing, input_paths
from tilth.cli.summary import report
from tilth.errors import UsageError

if TYPE_CHECKING:
    from tilth.formats import Dataset
    from tilth.formats.conversion import Converted
    from tilth.recipes.fingerprint import HashedMeanwhile
    from tilth.recipes.tally import Tally


def convert(source: str, /, *, reading: Reading = Reading(), writing: Writing = Writing()) -> int:
    """Write the rows in another container or in another dialect.

    Without --to-dialect the rows are the same to the last value, type and key. With it each row is understood and
    written in the other shape; a row that would lose something is refused before anything is written, unless
    --allow-loss names it.

    Parameters
    ----------
    source
        A file, a glob, a folder, or - for standard input.
    """
    from tilth.recipes.fingerprint import HashedMeanwhile

    if reading.map_ and writing.to_dialect is None:
        raise UsageError("--map says what the columns mean, and not what to write", fix="--to-dialect tilth")
    if reading.assistant is not None and writing.to_dialect is None:
        raise UsageError("--assistant says what the turns mean, and not what to write", fix="--to-dialect openai")
    if writing.dry_run:
        return _dry_run(reading.open(source, as_rows=writing.to_dialect is None), writing)
    inputs = input_paths(source)
    with HashedMeanwhile() as sha256:
        sha256.begin(inputs)  # nothing else keeps the machine busy while the rest is imported
        return _convert(source, inputs, reading, writing, sha256)


def _convert(
    source: str, inputs: tuple[Path, ...], reading: Reading, writing: Writing, sha256: "HashedMeanwhile"
) -> int:
    """Write the rows; `inputs` are the files that are being hashed."""
    from tilth.formats import convert as convert_rows
    from tilth.formats import refuse_same_file
    from tilth.formats.folders.writing import FOLDER_FORMATS
    from tilth.recipes.execute import EVIDENCE, evidence_path, refuse_existing, remove_evidence, write_rejects
    from tilth.recipes.manifest import write_sidecar
    from tilth.schemas.safe_text import safe_text

    data = reading.open(source, as_rows=writing.to_dialect is None)
    files = [Path(file) for file in data.files]
    sha256.begin(files)
    output = writing.target("convert")
    if isinstance(output, Path):
        refuse_same_file(output, inputs)
    if isinstance(output, Path) and not writing.overwrite:
        is_file = writing.to not in FOLDER_FORMATS  # such a folder may be there, as long as it is empty
        refuse_existing([*([output] if is_file else []), *(evidence_path(output, kind) for kind in EVIDENCE)])
    done = convert_rows(
        data,
        output,
        to_dialect=writing.to_dialect,
        allow_loss=writing.allow_loss,
        format=writing.to,
        overwrite=writing.overwrite,
        spreadsheet_safe=writing.spreadsheet_safe,
        sharding=writing.sharding(),
    )
    tally = _tally(data, done)
    written = output if isinstance(output, Path) else None
    if written is not None:
        if writing.overwrite:
            remove_evidence(written)
        write_rejects(data, evidence_path(written, "rejects"), overwrite=writing.overwrite)
        lost = {"allow_loss": list(writing.allow_loss), "lost": dict(done.lost)}
        options = {"to_dialect": writing.to_dialect, **lost}
        if done.sha256 is not None:
            tally.hashes[written] = done.sha256
        write_sidecar(written, "convert", options, files, tally, sha256, limit=reading.limit)
    for note in done.notes:
        print(f"note: {safe_text(note, one_line=True)}", file=sys.stderr)
    _say_lost(done)
    return report("convert", tally, writing, written)


def _dry_run(data: "Dataset", writing: Writing) -> int:
    """Say what converting would come to."""
    from tilth.formats.conversion import rehearse

    output = writing.target("convert")
    done = rehearse(data, output, to_dialect=writing.to_dialect, allow_loss=writing.allow_loss, format=writing.to)
    _say_lost(done)
    return report("convert (dry run)", _tally(data, done), writing, None)


def _tally(data: "Dataset", done: "Converted") -> "Tally":
    from tilth.recipes.tally import Tally

    tally = Tally()
    tally.rows_in = tally.kept = done.rows
    tally.reject(len(data.rejects))
    return tally


def _say_lost(done: "Converted") -> None:
    for name, rows in done.lost.most_common():
        print(f"lost, as allowed: {name} in {rows} rows", file=sys.stderr)
