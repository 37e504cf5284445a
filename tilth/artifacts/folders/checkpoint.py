"""Checkpoints and the outputs of training runs: complete, torn, or good for use but not to go on with."""

import re

from tilth.artifacts.artifact import Artifact, Kind
from tilth.artifacts.folders.model import tell_weights
from tilth.artifacts.folders.place import Place

_CHECKPOINT = Kind(
    "checkpoint", "a checkpoint of a Hugging Face training run", "named checkpoint-N, or an optimizer with a state"
)
_TILTH = Kind("tilth-checkpoint", "a checkpoint of a training run of Tilth", "named step-N, or with a mark COMPLETE")
_OUTPUT = Kind("training-output", "the output of a training run, with its checkpoints", "folders named checkpoint-N")

_NUMBERED = re.compile(r"checkpoint-(\d{1,9})")
_STEP = re.compile(r"step-(\d{8})")
_OPTIMIZERS = ("optimizer.pt", "optimizer.bin", "optimizer.safetensors")
_TOLD = ("steps", "epochs", "loss", "eval_loss", "best_checkpoint")
_MOST_CHECKPOINTS = 200


class CheckpointFolder:
    """Recognises checkpoints, and folders that hold them."""

    kinds = (_OUTPUT, _CHECKPOINT, _TILTH)

    def match(self, place: Place) -> Artifact | None:
        """By the names of its files and folders."""
        if any(_NUMBERED.fullmatch(name) for name in place.folders):
            return _output(place)
        if _STEP.fullmatch(place.name) or (place.has("COMPLETE") and place.has("state.json", "weights.safetensors")):
            return _tilth(place)
        is_state = place.has(*_OPTIMIZERS) and place.has("trainer_state.json", "scheduler.pt", "training_args.bin")
        if is_state or (_NUMBERED.fullmatch(place.name) and place.sizes):
            return _checkpoint(place)
        return None


def _checkpoint(place: Place) -> Artifact:
    artifact = _CHECKPOINT.found()
    state = place.look("trainer_state.json")
    for name in _TOLD:
        artifact.tell(name, state.facts.get(name) if state is not None else None)
    files = tell_weights(artifact, place)
    if not files and not any(name.startswith(("pytorch_model_fsdp", "global_step")) for name in place.folders):
        artifact.missing.append("its weights, such as model.safetensors or adapter_model.safetensors")
    if not place.has("config.json", "adapter_config.json"):
        artifact.missing.append("config.json or adapter_config.json: what the weights belong to")
    if not place.has("trainer_state.json"):
        artifact.broken.append("torn: trainer_state.json, which is written last, is not there")
    sharded = any(name.startswith(("optimizer_", "global_step")) for name in place.folders)
    if not sharded and not place.has(*_OPTIMIZERS):
        artifact.missing.append("optimizer.pt: without it training can start from here, and not go on")
    if not sharded and not place.has("scheduler.pt"):
        artifact.missing.append("scheduler.pt: where in its schedule the learning rate is")
    if not any(name.startswith("rng_state") for name in place.sizes):
        artifact.missing.append("rng_state.pth: without it going on takes other rows in another order")
    states = [name for name in place.sizes if name.startswith(("optimizer", "scheduler", "rng_state", "training_args"))]
    place.take_warnings(artifact, [*states, "trainer_state.json"])
    _sum_up(artifact)
    return artifact


def _tilth(place: Place) -> Artifact:
    artifact, mark = _TILTH.found(), place.look("COMPLETE")
    if mark is None:
        artifact.broken.append("torn: the mark COMPLETE, which is written last, is not there")
    else:
        artifact.tell("steps", mark.facts.get("steps"))
        artifact.broken += mark.broken
        artifact.missing += mark.missing
    tell_weights(artifact, place)
    place.take_warnings(artifact, ["optimizer.safetensors", "random.safetensors"])
    _sum_up(artifact)
    return artifact


def _output(place: Place) -> Artifact:
    """The checkpoints by number: transformers goes on from the highest, be it torn or not."""
    artifact = _OUTPUT.found()
    names = sorted((name for name in place.folders if _NUMBERED.fullmatch(name)), key=lambda name: int(name[11:]))
    found = {name: _checkpoint(place.inside(name)) for name in names[-_MOST_CHECKPOINTS:]}
    torn = [name for name, each in found.items() if each.broken]
    whole = [name for name in found if name not in torn]
    artifact.tell("checkpoints", [f"{name}{' (torn)' if name in torn else ''}" for name in found])
    artifact.tell("newest_whole", whole[-1] if whole else "none")
    newest = found[whole[-1]] if whole else None
    for name in _TOLD:
        artifact.tell(name, newest.facts.get(name) if newest is not None else None)
    for name in torn:
        artifact.broken.append(f"{name}: {found[name].broken[0]}")
    if torn and torn[-1] == names[-1]:
        artifact.unsafe.append(
            f"resume_from_checkpoint=True takes {names[-1]}, which is torn" + (f": name {whole[-1]}" if whole else "")
        )
    results = [name for name in place.sizes if name.endswith("_results.json")]
    artifact.tell("results", results)
    place.take_warnings(artifact, place.named(".bin", ".pt", ".pth", ".safetensors"))
    return artifact


def _sum_up(artifact: Artifact) -> None:
    if artifact.broken:
        verdict = "no, it is torn"
    elif artifact.missing:
        verdict = "no"
    else:
        verdict = "yes, training can go on from it"
    artifact.facts = {"complete": verdict, **artifact.facts}
