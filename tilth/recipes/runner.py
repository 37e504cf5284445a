"""Runs a recipe step by step into a folder; what nothing has changed for is reused."""

import fcntl
import json
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tilth.errors import UsageError
from tilth.formats import Dataset, replacing
from tilth.operation import RESTORING, Options
from tilth.recipes.execute import Target, execute
from tilth.recipes.fingerprint import sha256_of, step_key
from tilth.recipes.manifest import environment, write_json
from tilth.recipes.reading import open_inputs, read_inputs, reading_key
from tilth.recipes.recipe import STEP_REFERENCE, Recipe, Step, references
from tilth.recipes.report import write_report
from tilth.recipes.restored import restored_here
from tilth.recipes.step_folder import StepFolder, table_files
from tilth.schemas.safe_text import safe_text

_STEP_FOLDER = re.compile(r"\d\d-.+|\.\d\d-.+\.part")
Announce = Callable[[str], None]


def run(recipe: Recipe, folder: Path, *, announce: Announce = lambda line: None) -> Path:
    """Run a checked recipe into `folder` and write its report; returns the report's path.

    A step whose code, options and input contents are those of an earlier run is reused. A run that was killed goes
    on at the step where it stopped; a step appears under its name only when it is complete.
    """
    inputs = open_inputs(recipe)
    _check_folder(folder, recipe)
    (folder / "steps").mkdir(parents=True, exist_ok=True)
    with _alone_in(folder):
        return _run_steps(recipe, inputs, folder, announce)


def _run_steps(recipe: Recipe, inputs: Sequence[Dataset], folder: Path, announce: Announce) -> Path:
    started, steps_folder = time.time(), folder / "steps"
    said = (
        f"# What ran, every default filled in. To run it again, put it beside {recipe.path.name}: paths start there.\n"
    )
    with replacing(folder / "recipe.yaml") as temporary:
        temporary.write_text(said + recipe.completed(), encoding="utf-8")
    summaries = [_read_step(recipe, inputs, steps_folder, announce)]
    table = steps_folder / "01-read"
    built: dict[str, Path] = {}
    for step in recipe.steps:
        summary = _run_step(step, table, built, recipe, steps_folder, announce)
        summaries.append(summary)
        place = steps_folder / step.folder_name
        if step.operation.kind == "build":
            built[step.operation.name] = place / "artifact"
        else:
            table = place
    _remove_leftovers(steps_folder, {f"{s['number']:02d}-{s['step']}" for s in summaries})
    manifest = {
        "name": recipe.file.name,
        "title": recipe.file.title or recipe.file.name,
        "about": recipe.file.about,
        "recipe": {"path": recipe.path.name, "sha256": sha256_of(recipe.path)},
        "key": None if recipe.file.key is None else str((recipe.folder / recipe.file.key).resolve()),
        "started": started,
        "seconds": round(time.time() - started, 3),
        **environment(),
        "inputs": summaries[0]["inputs"],
        "steps": [{key: value for key, value in summary.items() if key != "facts"} for summary in summaries],
    }
    write_json(folder / "manifest.json", manifest)
    return write_report(folder)


def _recipe_run_in(folder: Path) -> str | None:
    """Name of the recipe file whose run lies in a folder; None where no run was finished."""
    try:
        return str(json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["recipe"]["path"])
    except (OSError, ValueError, KeyError):
        return None


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Nobody else runs into this folder meanwhile. The lock goes with the process, however it ends."""
    with (folder / "steps" / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as failure:
            busy = "another run is at work in this folder"
            raise UsageError(busy, where=str(folder), fix="--output FOLDER") from failure
        yield


def _check_folder(folder: Path, recipe: Recipe) -> None:
    """Raise `UsageError` for a folder in which a run would replace what is no run's."""
    if folder.exists() and not folder.is_dir():
        raise UsageError("this is a file, and a run is a folder", where=str(folder), fix="--output FOLDER")
    if (folder / "recipe.yaml").exists() and (folder / "recipe.yaml").samefile(recipe.path):
        raise UsageError("the run would replace its own recipe", where=str(recipe.path), fix="--output NEW_FOLDER")
    if (other := _recipe_run_in(folder)) not in (None, recipe.path.name):
        raise UsageError(
            f"the folder holds the run of another recipe, {other}", where=str(folder), fix="--output NEW_FOLDER"
        )
    if folder.is_dir() and any(folder.iterdir()) and not (folder / "steps").is_dir():
        raise UsageError("the folder holds other files than a run's", where=str(folder), fix="--output NEW_FOLDER")


def _read_step(recipe: Recipe, data: Sequence[Dataset], steps_folder: Path, announce: Announce) -> dict[str, Any]:
    place, key = StepFolder(steps_folder, 1, "read", "read"), reading_key(recipe, data)
    if (found := place.reusable(key)) is not None:
        announce(f"{place.title}: reused, {found['counts']['kept']} rows")
        return found
    tally, inputs = read_inputs(recipe, data, place.begin(key))
    announce(f"{place.title}: {tally.sentence()}")
    return place.publish(key, {}, inputs, tally)


def _run_step(
    step: Step, table: Path, built: Mapping[str, Path], recipe: Recipe, steps_folder: Path, announce: Announce
) -> dict[str, Any]:
    operation, options = step.operation, _resolved(step.options, built, recipe.folder)
    inputs = [{"path": str(path.relative_to(steps_folder)), "sha256": sha256_of(path)} for path in table_files(table)]
    restored = restored_here().key() if operation.kind in RESTORING else None
    # What a record type of one's own says decides as much as an option does.
    types = [sha256_of(file) for file in recipe.type_files]
    key = step_key(operation, options, [*(entry["sha256"] for entry in inputs), *types], restored)
    place = StepFolder(steps_folder, step.number, operation.name, operation.kind)
    if (found := place.reusable(key)) is not None:
        announce(f"{place.title}: reused, {found['counts']['kept']} rows")
        return found
    part = place.begin(key)
    announce(f"{place.title}: running")
    builds = operation.kind == "build"
    if builds:
        (part / "artifact").mkdir(exist_ok=True)
    target = Target(
        None if builds else part / "data.jsonl",
        parts=part / "data",
        evidence=part,
        format="jsonl",
        overwrite=True,
        carry_input=True,
    )
    tally = execute(operation, options, _open_table(table), target, part / "artifact")
    summary = place.publish(key, step.options.model_dump(mode="json"), inputs, tally)
    announce(f"{place.title}: {tally.sentence()}, {summary['seconds']} s")
    for warning in tally.facts.get("warnings") or ():
        announce(safe_text(f"{place.title}: warning: {warning}", one_line=True))
    return summary


def _open_table(step_folder: Path) -> Dataset:
    single = step_folder / "data.jsonl"
    data = Dataset.open(single if single.exists() else step_folder / "data", dialect="tilth")
    for each in (data, *data.parts.values()):
        each.traced = True
    return data


def _resolved(options: Options, built: Mapping[str, Path], base: Path) -> Options:
    """Options with step references and relative paths turned into places on this machine."""
    changes: dict[str, Any] = {}
    for name in type(options).model_fields:
        value = getattr(options, name)
        if isinstance(value, Path) and not value.is_absolute() and not str(value).startswith(STEP_REFERENCE):
            changes[name] = base / value
    for name, reference in references(options).items():
        target, _, below = reference.removeprefix(STEP_REFERENCE).partition("/")
        path = built[target] / below if below else built[target]
        changes[name] = path if isinstance(getattr(options, name), Path) else str(path)
    for name in type(options).model_fields:
        value = getattr(options, name)
        if isinstance(value, str) and value.startswith(("./", "../")):  # a model beside the recipe, and no hub id
            changes[name] = str(base / value)
    return options.model_copy(update=changes)


def _remove_leftovers(steps_folder: Path, current: set[str]) -> None:
    """Steps of an earlier recipe would make the report tell two stories. What is named otherwise is not a run's."""
    for path in steps_folder.iterdir():
        if path.is_dir() and path.name not in current and _STEP_FOLDER.fullmatch(path.name):
            shutil.rmtree(path)
