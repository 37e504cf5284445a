"""A command from an operation: its options are the flags, and not one of them is written here."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, cast

from cyclopts import Parameter

from tilth.cli.files import Reading, Writing, input_paths
from tilth.errors import UsageError
from tilth.formats import Dataset
from tilth.operation import Operation, Options
from tilth.recipes.execute import Target, evidence_path, execute, write_rejects
from tilth.recipes.manifest import write_sidecar
from tilth.recipes.tally import Tally

DONE_WITH_REJECTS = 3
_UNFINISHED = ".unfinished"


def command(op: Operation[..., Options]) -> Callable[..., int]:
    """The function behind `tilth NAME`: cyclopts reads its flags from the operation's options class."""

    def run(source: str, /, *, options: Options, reading: Reading = Reading(), writing: Writing = Writing()) -> int:
        return run_operation(op, source, options, reading, writing)

    run.__annotations__["options"] = Annotated[op.options_type, Parameter(name="*", group="Options")]
    run.__annotations__["source"] = Annotated[str, Parameter(help="A file, a glob, a folder, or - for standard input.")]
    if not any(field.is_required() for field in op.options_type.model_fields.values()):
        run.__kwdefaults__ = {**(run.__kwdefaults__ or {}), "options": op.options({})}
    run.__doc__ = unwrapped(op.__doc__ or "")
    return run


def unwrapped(text: str) -> str:
    """A docstring with each paragraph on one line, for terminals of any width."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n"))


def run_operation(
    op: Operation[..., Options], source: str, options: Options, reading: Reading, writing: Writing
) -> int:
    """Run one operation from the command line: open, execute, write evidence and manifest, say what happened."""
    data = reading.open(source)
    if writing.dry_run:
        return _dry_run(op, options, data, writing)
    output = writing.target(" ".join(op.command))
    inputs = input_paths(source)
    folder, target = _places(op, output, data, inputs, writing)
    with _building(folder):
        tally = execute(op, options, data, target, folder)
    written = output if isinstance(output, Path) else None
    if written is not None:
        tally.rejected += write_rejects(data, evidence_path(written, "rejects"), overwrite=writing.overwrite)
        write_sidecar(written, op, options.model_dump(mode="json"), inputs, tally)
    report(op.name, tally, writing, written)
    return DONE_WITH_REJECTS if tally.rejected else 0


def report(name: str, tally: Tally, writing: Writing, written: Path | None, **more: Any) -> None:
    """Say what happened: a line for people on stderr, and with `--json` one object on stdout."""
    if writing.json_:
        output = None if written is None else str(written)
        say({"operation": name, "output": output, **tally.counts(), "facts": tally.facts, **more})
    if not writing.quiet:
        print(f"{name}: {tally.sentence()}" + (f" -> {written}" if written else ""), file=sys.stderr)


def say(content: Mapping[str, Any]) -> None:
    """Print one JSON object on standard output."""
    print(json.dumps(content, ensure_ascii=False, default=str))


def _places(
    op: Operation[..., Options], output: Path | str, data: Dataset, inputs: tuple[Path, ...], writing: Writing
) -> tuple[Path | None, Target]:
    if op.kind == "build":
        if not isinstance(output, Path) or (output.suffix and not output.is_dir()):
            raise UsageError(f"{op.name} builds a folder, and {output} is none", fix="-o FOLDER")
        if (
            output.is_dir()
            and any(output.iterdir())
            and not (writing.overwrite or (output / ".tilth-unfinished").exists())
        ):
            raise UsageError("the output exists", where=str(output), fix="--overwrite, or another folder")
        output.mkdir(parents=True, exist_ok=True)
        return output, Target(None, None, evidence=output, overwrite=True, inputs=inputs)
    evidence = output if isinstance(output, Path) else None
    is_folder = isinstance(output, Path) and not output.suffix
    parts = output if is_folder else None
    return None, Target(
        output,
        cast(Path | None, parts),
        evidence=evidence,
        format=writing.to or (data.format.name if is_folder and data.format else None),
        dialect=writing.dialect(),
        overwrite=writing.overwrite,
        inputs=inputs,
    )


@contextmanager
def _building(folder: Path | None) -> Iterator[None]:
    """Mark a folder as unfinished while it is built, so that the same command may go on in it after an interruption."""
    if folder is None:
        yield
        return
    folder.mkdir(parents=True, exist_ok=True)
    marker = folder / _UNFINISHED
    marker.touch()
    try:
        yield
    except BaseException:
        if list(folder.iterdir()) == [marker]:
            marker.unlink()
            folder.rmdir()
        raise
    marker.unlink()


def _dry_run(op: Operation[..., Options], options: Options, data: Dataset, writing: Writing) -> int:
    if op.estimator is not None:
        estimate = op.estimator(data, options)
        if writing.json_:
            say({"operation": op.name, "estimate": estimate})
        else:
            for name, value in estimate.items():
                print(f"{name.replace('_', ' ')}: {value}", file=sys.stderr)
        return 0
    if op.kind == "build":
        print(f"{op.name}: would read {data.count()} rows and build a folder", file=sys.stderr)
        return 0
    tally = execute(op, options, data, Target(None, None, evidence=None))
    report(f"{op.name} (dry run)", tally, writing, None)
    return 0
