"""`train_log.jsonl`: one line per optimizer step and one per evaluation, for charts and for comparing runs.

A training line has `step epoch loss learning_rate grad_norm seconds`, and for pairs `margin accuracy`; an evaluation
line has `step epoch eval_loss seconds`, and for pairs `eval_margin eval_accuracy`. `seconds` is training time so far.
"""

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

TRAIN_LOG = "train_log.jsonl"
_NAMES = {
    "loss": "loss",
    "learning_rate": "learning_rate",
    "grad_norm": "grad_norm",
    "rewards/margins": "margin",
    "rewards/accuracies": "accuracy",
    "eval_loss": "eval_loss",
    "eval_rewards/margins": "eval_margin",
    "eval_rewards/accuracies": "eval_accuracy",
}


class TrainLog:
    """The log of one run, continued where its checkpoint stands."""

    def __init__(self, folder: Path, step: int = 0) -> None:
        """Lines beyond `step` are dropped: the run that wrote them did not get to save what they tell of."""
        self.path = folder / TRAIN_LOG
        kept = [line for line in read_train_log(folder) if line["step"] <= step] if step else []
        staging = self.path.with_name(f".{TRAIN_LOG}.writing")
        with staging.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(line) + "\n" for line in kept)
            file.flush()
            os.fsync(file.fileno())
        staging.replace(self.path)
        self._file = self.path.open("a", encoding="utf-8")
        self._started = time.monotonic() - (kept[-1]["seconds"] if kept else 0.0)

    def write(self, step: int, epoch: float | None, logs: Mapping[str, float]) -> dict[str, Any]:
        """Append what the trainer tells, under this log's names."""
        values = {ours: logs[theirs] for theirs, ours in _NAMES.items() if theirs in logs}
        line = {"step": step, "epoch": round(epoch or 0.0, 4), **values}
        line["seconds"] = round(time.monotonic() - self._started, 3)
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()
        return line

    def sync(self) -> None:
        """Make the log durable, before a checkpoint that counts on it."""
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """End the log."""
        self.sync()
        self._file.close()


def read_train_log(folder: Path) -> list[dict[str, Any]]:
    """The lines of a training folder's log, in order; a last line that was cut off is left out."""
    path = folder / TRAIN_LOG
    if not path.is_file():
        return []
    lines = []
    for text in path.read_bytes().split(b"\n"):
        try:
            lines.append(json.loads(text))
        except ValueError:
            continue
    return lines
