"""TRL's trainers with our checkpoints, our log, and a stop at the first number that is none."""

import math
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import TrainerCallback
from transformers.trainer_callback import ExportableState, PrinterCallback

from tilth.errors import TilthError
from tilth.trainers import _training_state
from tilth.trainers.checkpoints import Checkpoint, save_checkpoint
from tilth.trainers.train_log import TrainLog

TRAINER_STATE = "trainer_state.json"


class WholeCheckpoints:
    """Mixed in before a `transformers.Trainer`: its checkpoints become whole or absent, and free of pickle.

    The methods are the trainer's own steps of saving and resuming, in the order in which it calls them.
    """

    state: Any
    model: Any
    optimizer: Any
    lr_scheduler: Any
    callback_handler: Any
    control: Any
    tilth_checkpoints: Path
    tilth_facts: dict[str, Any]
    tilth_log: TrainLog

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        for callback in [*self.callback_handler.callbacks, self.control]:
            if isinstance(callback, ExportableState):
                self.state.stateful_callbacks[type(callback).__name__] = callback.state()
        self.tilth_log.sync()
        save_checkpoint(self.tilth_checkpoints, self.state.global_step, self._fill, self.tilth_facts)

    def _fill(self, folder: Path) -> None:
        _training_state.save_state(folder, self.model, self.optimizer, self.lr_scheduler)
        self.state.save_to_json(str(folder / TRAINER_STATE))

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        _training_state.load_weights(Path(resume_from_checkpoint), self.model)

    def _load_optimizer_and_scheduler(self, checkpoint: str | None) -> None:
        if checkpoint is not None:
            _training_state.load_optimizer(Path(checkpoint), self.optimizer, self.lr_scheduler)

    def _load_scaler(self, checkpoint: str | None) -> None:
        """Nothing to load: bfloat16 and float32 need no loss scaling."""

    def _load_rng_state(self, checkpoint: str | None) -> None:
        if checkpoint is not None:
            _training_state.load_random(Path(checkpoint))


class Observer(TrainerCallback):
    """Writes the log, shows one line of progress on a terminal, and stops a run whose loss is no number."""

    def __init__(self, log: TrainLog, name: str) -> None:
        self.log, self.name = log, name

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
        """Called for every optimizer step and every evaluation."""
        # The log on disk has it all; kept here too it would be written into every checkpoint.
        state.log_history.clear()
        if not logs or not ("loss" in logs or "eval_loss" in logs):
            return
        line = self.log.write(state.global_step, state.epoch, logs)
        for name in ("loss", "eval_loss"):
            if not math.isfinite(line.get(name, 0.0)):
                raise TilthError(
                    f"{name} is {line[name]} at step {state.global_step}: training has diverged",
                    where=str(self.log.path),
                    fix="a lower --learning-rate",
                )
        if sys.stderr.isatty():
            shown = " ".join(f"{name} {line[name]:.4f}" for name in ("loss", "eval_loss") if name in line)
            end = "\n" if state.global_step == state.max_steps else ""
            sys.stderr.write(f"\r\x1b[K{self.name} step {state.global_step}/{state.max_steps} {shown}{end}")
            sys.stderr.flush()


def with_whole_checkpoints(trainer_class: type[Any]) -> Callable[..., Any]:
    """A TRL trainer class with `WholeCheckpoints` in front, over rows that are tokenised already."""
    # TRL's preparation would tokenise again, cut rows and drop rows; ours are judged one by one before they get here.
    body = {"_prepare_dataset": lambda self, dataset, *_, **__: dataset}
    return type(f"Whole{trainer_class.__name__}", (WholeCheckpoints, trainer_class), body)


def run_trainer(trainer: Any, log: TrainLog, name: str, checkpoint: Checkpoint | None) -> None:
    """Train to the end, from a checkpoint where there is one."""
    trainer.remove_callback(PrinterCallback)  # it writes to stdout
    trainer.add_callback(Observer(log, name))
    try:
        trainer.train(resume_from_checkpoint=str(checkpoint.path) if checkpoint else None)
    except torch.OutOfMemoryError as failure:
        raise TilthError(
            "the device has too little memory for this model and batch",
            fix="--batch-size 1 --gradient-accumulation 8, --gradient-checkpointing, or --method lora",
        ) from failure


def seed_everything(seed: int) -> None:
    """Start every random generator from one number."""
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
