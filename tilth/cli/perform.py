"""One operation from the command line: open, execute, write the evidence and the manifest, say what happened."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree

from tilth.cli.files import Building, Reading, Writing, input_paths
from tilth.cli.summary import report, say
from tilth.errors import DataError, UsageError
from tilth.formats import Dataset
from tilth.formats.folders.writing import FOLDER_FORMATS
from tilth.operation import Operation, Options
from tilth.recipes.execute import Target, evidence_path, execute, write_rejects
from tilth.recipes.fingerprint import HashedMeanwhile
from tilth.recipes.manifest import write_sidecar

_UNFINISHED = ".unfinished"


def perform(op: Operation[..., Options], source: str, options: Options, reading: Reading, writing: Building) -> int:
    """Run `op` over `source` as the flags say; returns the exit code."""
    return carry_out(op, options, reading.open(source), input_paths(source), writing, limit=reading.limit)


def carry_out(
    op: Operation[..., Options],
    options: Options,
    data: Dataset,
    inputs: tuple[Path, ...],
    writing: Building,
    *,
    limit: int | None,
    repeats: int = 0,
) -> int:
    """Run `op` over a data set that is open; `repeats` of its rows are there again and count as made."""
    if writing.dry_run or options.only_looks():
        return _dry_run(op, options, data, writing)
    output = writing.target(" ".join(op.command))
    with HashedMeanwhile() as sha256:
        sha256.begin(inputs)
        if op.kind == "build":
            folder = _folder(op, output, writing)
            with _building(folder):
                tally = execute(op, options, data, Target(None, None, folder, overwrite=True, inputs=inputs), folder)
        else:
            tally = execute(op, options, data, _target(output, data, inputs, writing))
        written = output if isinstance(output, Path) else None
        tally.rows_in, tally.made = tally.rows_in - repeats, tally.made + repeats
        tally.reject(len(data.rejects))
        if written is not None:
            write_rejects(data, evidence_path(written, "rejects"), overwrite=writing.overwrite)
            write_sidecar(written, op, options.model_dump(mode="json"), inputs, tally, sha256, limit=limit)
    return report(op.name, tally, writing, written)


def _target(output: Path | str, data: Dataset, inputs: tuple[Path, ...], writing: Building) -> Target:
    folder = output if isinstance(output, Path) and _names_a_folder(output) else None
    to, dialect = (writing.to, writing.dialect()) if isinstance(writing, Writing) else (None, None)
    if to in FOLDER_FORMATS:
        raise UsageError(f"only convert writes {to}", fix=f"-o OUT.parquet, then tilth convert OUT.parquet --to {to}")
    return Target(
        output,
        folder,
        evidence=output if isinstance(output, Path) else None,
        format=to or (data.format.name if folder and data.format else None),
        dialect=dialect,
        allow_loss=writing.allow_loss if isinstance(writing, Writing) else (),
        spreadsheet_safe=isinstance(writing, Writing) and writing.spreadsheet_safe,
        sharding=writing.sharding() if isinstance(writing, Writing) else None,
        overwrite=writing.overwrite,
        inputs=inputs,
    )


def _folder(op: Operation[..., Options], output: Path | str, writing: Building) -> Path:
    if not isinstance(output, Path) or output.is_file() or not _names_a_folder(output):
        raise UsageError(f"{op.name} builds a folder, and {output} is none", fix="-o FOLDER")
    used = output.is_dir() and any(output.iterdir())
    if used and not writing.overwrite and not (output / _UNFINISHED).exists():
        raise UsageError("the output exists", where=str(output), fix="--overwrite, or another folder")
    return output


def _names_a_folder(output: Path) -> bool:
    """Whether results go into a folder of that name; the last part of a version (`sets-v1.0`) is no suffix."""
    return output.is_dir() or not output.suffix or output.suffix[1:].isdigit()


@contextmanager
def _building(folder: Path) -> Iterator[None]:
    """Mark a folder as unfinished while it is built, so that the same command may go on in it after an interruption.

    A mistake that is found before anything was built leaves nothing behind in a folder that held nothing.
    """
    was_empty = not folder.is_dir() or not any(folder.iterdir())
    folder.mkdir(parents=True, exist_ok=True)
    marker = folder / _UNFINISHED
    marker.touch()
    try:
        yield
    except BaseException as failure:
        is_mistake = was_empty and isinstance(failure, UsageError | DataError)
        if is_mistake or list(folder.iterdir()) == [marker]:
            rmtree(folder)
        raise
    marker.unlink()


def _dry_run(op: Operation[..., Options], options: Options, data: Dataset, writing: Building) -> int:
    if op.estimator is not None:
        estimate = op.estimator(data, options)
        if writing.json_:
            say({"operation": op.name, "estimate": estimate})
        for name, value in {} if writing.json_ else estimate.items():
            print(f"{name.replace('_', ' ')}: {value}", file=sys.stderr)
        return 0
    if op.kind == "build":
        print(f"{op.name}: would read {data.count()} rows and build a folder", file=sys.stderr)
        return 0
    tally = execute(op, options, data, Target(None, None, evidence=None))
    return report(f"{op.name} (dry run)", tally, writing, None)
