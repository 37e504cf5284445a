"""How far a training run got: `trainer_state.json`, and logs with a line for each step."""

from typing import Any

import orjson

from tilth.artifacts.artifact import Artifact, Kind
from tilth.artifacts.document import Document
from tilth.artifacts.probe import Probe

_STATE = Kind("trainer-state", "how far a Hugging Face training run got, with its losses", "JSON with log_history")
_LOG = Kind("training-log", "the log of a training run: a line for each step", "JSON Lines with a step and a loss")

_STEPS = ("step", "global_step", "current_steps", "iteration", "iter")
_LOSSES = ("loss", "train_loss", "eval_loss", "train/loss")
_LOG_BYTES = 8 << 20
_SPOKEN = ("instruction", "prompt", "messages", "conversations", "text", "question", "output")


class TrainingState:
    """Recognises the state and the logs of training runs."""

    kinds = (_STATE, _LOG)

    def match(self, probe: Probe) -> Artifact | None:
        """JSON with a `log_history`, or lines of JSON that each name a step."""
        if probe.has_keys("log_history") or (probe.has_keys("global_step") and probe.name == "trainer_state.json"):
            return probe.described(_STATE, lambda artifact, state: _tell_state(artifact, state, probe))
        return _log(probe) if probe.suffix in (".jsonl", ".ndjson", ".log") else None


def _tell_state(artifact: Artifact, state: Document, probe: Probe) -> None:
    history = state.mappings("log_history")
    done, planned = state.number("global_step"), state.number("max_steps")
    artifact.tell("steps", f"{done:,} of {planned:,}" if done is not None and planned else done)
    epoch, epochs = state.number("epoch"), state.number("num_train_epochs")
    artifact.tell("epochs", f"{epoch:.2f} of {epochs}" if epoch is not None and epochs else epoch)
    _tell_losses(artifact, history)
    artifact.tell("tokens_seen", state.number("num_input_tokens_seen") or None)
    artifact.tell("best_metric", state.number("best_metric"))
    best = state.text("best_model_checkpoint")
    artifact.tell("best_checkpoint", best)
    name = best.replace("\\", "/").rpartition("/")[2]
    if best and name not in (*probe.beside, probe.path.absolute().parent.name) and not _beside_folder(probe, name):
        artifact.missing.append(f"{name}: the best checkpoint that it names")
    if done is not None and planned and done < planned:
        artifact.missing.append(f"the last {planned - done:,} of its steps: the run was stopped, or goes on")


def _beside_folder(probe: Probe, name: str) -> bool:
    """Whether a checkpoint lies beside the folder of this one."""
    return (probe.path.absolute().parent.parent / name).exists()


def _log(probe: Probe) -> Artifact | None:
    # What counts is the beginning, by which it is recognised, and the end, which says how it went.
    first = _entries(probe.head.rpartition(b"\n")[0] or probe.head)
    if not first or not all(_is_entry(line) for line in first[:5]):
        return None
    stream = probe.stream()
    stream.seek(max(0, probe.size - _LOG_BYTES))
    tail = stream.read(_LOG_BYTES)
    entries = _entries(tail if probe.size <= _LOG_BYTES else tail.partition(b"\n")[2])
    artifact = _LOG.found()
    artifact.tell("lines", len(entries) if probe.size <= _LOG_BYTES else None)
    last = next((entry for entry in reversed(entries) if _is_entry(entry)), first[-1])
    artifact.tell("steps", last.first(*_STEPS))
    artifact.tell("epochs", last.number("epoch"))
    _tell_losses(artifact, entries)
    planned, done = last.number("total_steps"), last.number("current_steps")
    if planned is not None and done is not None and done < planned:
        artifact.missing.append(f"the last {planned - done:,} of {planned:,} steps: the run was stopped, or goes on")
    return artifact


def _entries(lines: bytes) -> list[Document]:
    found = []
    for line in lines.split(b"\n"):
        if line.strip():
            try:
                content: Any = orjson.loads(line)
            except orjson.JSONDecodeError:
                continue
            if isinstance(content, dict):
                found.append(Document(content))
    return found


def _is_entry(line: Document) -> bool:
    has_step = line.first(*_STEPS) is not None
    has_number = line.first(*_LOSSES, "lr", "learning_rate") is not None
    return has_step and has_number and not any(name in line for name in _SPOKEN)


def _tell_losses(artifact: Artifact, history: list[Document]) -> None:
    for fact, names in (("loss", ("loss", "train_loss", "train/loss")), ("eval_loss", ("eval_loss", "eval/loss"))):
        # A run ends with the average of all its losses, under a name of its own: only without others it counts.
        rows = ([value for entry in history if (value := entry.number(name)) is not None] for name in names)
        if values := next((row for row in rows if row), None):
            artifact.tell(fact, f"{values[0]:.4g} at first, {values[-1]:.4g} at last, {min(values):.4g} at best")
