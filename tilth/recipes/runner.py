"""Runs a recipe step by step into a folder; what nothing has changed for is reused."""

import json
import re
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import tilth
from tilth.errors import UsageError
from tilth.formats import Dataset
from tilth.operation import Options
from tilth.recipes.execute import Target, execute
from tilth.recipes.fingerprint import sha256_of, step_key
from tilth.recipes.manifest import environment, write_json
from tilth.recipes.reading import open_inputs, read_inputs, reading_key
from tilth.recipes.recipe import STEP_REFERENCE, Recipe, Step, references
from tilth.recipes.report import write_report

STEP_FILE = "step.json"
_STEP_FOLDER = re.compile(r"\d\d-.+|\.\d\d-.+\.part")
Announce = Callable[[str], None]


def run(recipe: Recipe, folder: Path, *, announce: Announce = lambda line: None) -> Path:
    """Run a checked recipe into `folder` and write its report; returns the report's path.

    A step whose code, options and input contents are those of an earlier run is reused. A run that was killed goes
    on at the step where it stopped; a step appears under its name only when it is complete.
    """
    started = time.time()
    inputs = open_inputs(recipe)
    _check_folder(folder, recipe)
    steps_folder = folder / "steps"
    steps_folder.mkdir(parents=True, exist_ok=True)
    said = (
        f"# What ran, every default filled in. To run it again, put it beside {recipe.path.name}: paths start there.\n"
    )
    (folder / "recipe.yaml").write_text(said + recipe.completed(), encoding="utf-8")
    summaries = [_read_step(recipe, inputs, steps_folder, announce)]
    table = steps_folder / "01-read"
    built: dict[str, Path] = {}
    for step in recipe.steps:
        summary = _run_step(step, table, built, recipe.folder, steps_folder, announce)
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


def table_files(step_folder: Path) -> list[Path]:
    """The rows that a step handed on: one file, or one per split."""
    single = step_folder / "data.jsonl"
    return [single] if single.exists() else sorted((step_folder / "data").glob("*.jsonl"))


def _check_folder(folder: Path, recipe: Recipe) -> None:
    """Raise `UsageError` for a folder in which a run would replace what is no run's."""
    if folder.exists() and not folder.is_dir():
        raise UsageError("this is a file, and a run is a folder", where=str(folder), fix="--output FOLDER")
    if (folder / "recipe.yaml").exists() and (folder / "recipe.yaml").samefile(recipe.path):
        raise UsageError("the run would replace its own recipe", where=str(recipe.path), fix="--output NEW_FOLDER")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / "steps").is_dir():
        raise UsageError("the folder holds other files than a run's", where=str(folder), fix="--output NEW_FOLDER")


def _read_step(recipe: Recipe, data: Sequence[Dataset], steps_folder: Path, announce: Announce) -> dict[str, Any]:
    place, key = steps_folder / "01-read", reading_key(recipe, data)
    if (found := _reusable(place, key)) is not None:
        announce(f"01-read: reused, {found['counts']['kept']} rows")
        return found
    began = time.time()
    part = _fresh(steps_folder / ".01-read.part", key, keep=False)
    tally, inputs = read_inputs(recipe, data, part)
    summary = {
        "number": 1, "step": "read", "operation": "read", "kind": "read", "key": key, "options": {}, "inputs": inputs,
        "outputs": _outputs(part), "counts": tally.counts(), "facts": tally.facts,
        "seconds": round(time.time() - began, 3), "version": tilth.__version__, "reused": False,
    }  # fmt: skip
    _publish(part, place, summary)
    announce(f"01-read: {tally.sentence()}")
    return summary


def _run_step(
    step: Step, table: Path, built: Mapping[str, Path], base: Path, steps_folder: Path, announce: Announce
) -> dict[str, Any]:
    options = _resolved(step.options, built, base)
    inputs = [{"path": str(path.relative_to(steps_folder)), "sha256": sha256_of(path)} for path in table_files(table)]
    key = step_key(step.operation, options, [entry["sha256"] for entry in inputs])
    place = steps_folder / step.folder_name
    if (found := _reusable(place, key)) is not None:
        announce(f"{step.folder_name}: reused, {found['counts']['kept']} rows")
        return found
    began = time.time()
    part = _fresh(steps_folder / f".{step.folder_name}.part", key, keep=step.operation.kind == "build")
    announce(f"{step.folder_name}: running")
    data = _open_table(table)
    target = Target(
        None if step.operation.kind == "build" else part / "data.jsonl",
        parts=part / "data",
        evidence=part,
        format="jsonl",
        overwrite=True,
        carry_input=True,
    )
    artifact = part / "artifact"
    if step.operation.kind == "build":
        artifact.mkdir(exist_ok=True)
    tally = execute(step.operation, options, data, target, artifact)
    summary = {
        "number": step.number, "step": step.operation.name, "operation": step.operation.name,
        "kind": step.operation.kind, "key": key, "options": step.options.model_dump(mode="json"), "inputs": inputs,
        "outputs": _outputs(part), "counts": tally.counts(), "facts": tally.facts,
        "seconds": round(time.time() - began, 3), "version": tilth.__version__, "reused": False,
    }  # fmt: skip
    _publish(part, place, summary)
    announce(f"{step.folder_name}: {tally.sentence()}, {summary['seconds']} s")
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
    return options.model_copy(update=changes)


def _reusable(place: Path, key: str) -> dict[str, Any] | None:
    """The summary of an earlier result with the same key whose files are still what they were."""
    try:
        found: dict[str, Any] = json.loads((place / STEP_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if found.get("key") != key:
        return None
    intact = all(
        (place / out["path"]).exists() and sha256_of(place / out["path"]) == out["sha256"] for out in found["outputs"]
    )
    return {**found, "reused": True} if intact else None


def _fresh(part: Path, key: str, *, keep: bool) -> Path:
    """An empty working folder; that of a killed `build` step with the same key is kept, so that it can go on."""
    marker = part / ".key"
    if part.exists() and not (keep and marker.exists() and marker.read_text(encoding="utf-8") == key):
        shutil.rmtree(part)
    part.mkdir(exist_ok=True)
    marker.write_text(key, encoding="utf-8")
    return part


def _publish(part: Path, place: Path, summary: Mapping[str, Any]) -> None:
    write_json(part / STEP_FILE, summary)
    (part / ".key").unlink()
    if place.exists():
        shutil.rmtree(place)
    part.replace(place)


def _outputs(part: Path) -> list[dict[str, Any]]:
    """Every file of the step with its hash, but for those of checkpoints that only a resume needs."""
    files = [path for path in sorted(part.rglob("*")) if path.is_file() and not path.name.startswith(".")]
    listed = [path for path in files if "checkpoints" not in path.parts and path.name != STEP_FILE]
    return [
        {"path": str(path.relative_to(part)), "sha256": sha256_of(path), "bytes": path.stat().st_size}
        for path in listed
    ]


def _remove_leftovers(steps_folder: Path, current: set[str]) -> None:
    """Steps of an earlier recipe would make the report tell two stories. What is named otherwise is not a run's."""
    for path in steps_folder.iterdir():
        if path.is_dir() and path.name not in current and _STEP_FOLDER.fullmatch(path.name):
            shutil.rmtree(path)
