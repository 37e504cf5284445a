"""Folders that Tilth makes: runs of recipes, and trained models with their record."""

import shlex

from tilth.artifacts.artifact import Artifact, Kind
from tilth.artifacts.folders.checkpoint import CheckpointFolder
from tilth.artifacts.folders.place import Place

_RUN = Kind("tilth-run", "a run of a recipe: data of each step, and a report", "steps/ beside recipe.yaml")
_TRAINED = Kind(
    "tilth-training-output", "what a training run of Tilth made", "training.json, or train_log.jsonl with checkpoints/"
)
_CHECKPOINTS = "checkpoints"


class RunFolder:
    """Recognises what Tilth's own runs leave."""

    kinds = (_RUN, _TRAINED)

    def match(self, place: Place) -> Artifact | None:
        """By the folder of steps, or by the record of a training."""
        if "steps" in place.folders and place.has("recipe.yaml", "manifest.json"):
            return _run(place)
        if place.has("training.json") or (place.has("train_log.jsonl") and _CHECKPOINTS in place.folders):
            return _trained(place)
        return None


def _run(place: Place) -> Artifact:
    artifact = _RUN.found()
    steps = place.inside("steps")
    artifact.tell("steps", [name for name in steps.folders if not name.startswith(".")])
    recipe = place.look("recipe.yaml")
    artifact.tell("name", recipe.facts.get("name") if recipe is not None else None)
    artifact.tell("report", str(place.path / "report.html") if place.has("report.html") else None)
    if not place.has("manifest.json"):
        artifact.missing.append("manifest.json: the run did not get to its end; running the recipe again goes on")
    artifact.broken += [f"steps/{name}: has no step.json" for name in steps.folders if not _is_step(steps, name)]
    return artifact


def _is_step(steps: Place, name: str) -> bool:
    return name.startswith(".") or steps.inside(name).has("step.json")


def _trained(place: Place) -> Artifact:
    artifact, record, log = _TRAINED.found(), place.look("training.json"), place.look("train_log.jsonl")
    for name in ("operation", "method", "starts_from", "parameters", "trained"):
        artifact.tell(name, record.facts.get(name) if record is not None else None)
    for name in ("steps", "loss", "eval_loss"):
        artifact.tell(name, log.facts.get(name) if log is not None else None)
    result = str(record.facts.get("result", "")) if record is not None else ""
    artifact.tell("result", str(place.path / result) if result in place.folders else None)
    if record is None:
        artifact.missing.append("training.json, which is written last: the run was stopped, or goes on")
    elif record.missing:
        artifact.missing += record.missing
    else:
        artifact.next = f"tilth evaluate DATA.jsonl -o OUT --tuned {shlex.quote(str(place.path))}"
    if _CHECKPOINTS in place.folders:
        inner = place.inside(_CHECKPOINTS)
        found = [(name, CheckpointFolder().match(inner.inside(name))) for name in inner.folders]
        artifact.tell("checkpoints", [f"{name}{' (torn)' if each and each.broken else ''}" for name, each in found])
    return artifact
