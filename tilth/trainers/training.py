"""One training run, from rows to a model folder: the corridor that SFT and DPO both walk."""

from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree
from typing import Any

from tilth.errors import UsageError
from tilth.judgement import Dataset, Judged
from tilth.trainers.adapter import adapter_settings, base_for_adapter
from tilth.trainers.checkpoints import Checkpoint, complete_checkpoints, remove_checkpoints
from tilth.trainers.environment import quiet_stack, require_training_stack
from tilth.trainers.models import computes_in_bfloat16, device_for, load_model
from tilth.trainers.objective import Objective
from tilth.trainers.outcome import remove_outcome, save_outcome
from tilth.trainers.preparation import TOKENS_FOLDER, Prepared, prepare
from tilth.trainers.run_identity import finished_run
from tilth.trainers.train_log import TrainLog
from tilth.trainers.training_options import TrainingOptions

CHECKPOINTS_FOLDER = "checkpoints"


def train(
    data: Dataset, options: TrainingOptions, folder: Path, objective: Objective, beta: float = 0.0
) -> Iterator[Judged]:
    """Learn from the rows of `train`, watch the loss on those of `validation`, then judge every row.

    A row that cannot be learned from is set aside; rows of other record types and of other parts are handed on.
    """
    require_training_stack()
    folder.mkdir(parents=True, exist_ok=True)
    device = device_for(options.device)
    with quiet_stack():
        try:
            prepared = prepare(data, options, folder, objective, beta)
            facts = finished_run(folder, prepared.identity) if options.resume else None
            if facts is None:
                facts = _run(prepared, options, folder, objective, beta, device)
        finally:
            rmtree(folder / TOKENS_FOLDER, ignore_errors=True)
    for batch in data.batches():
        yield Judged(batch, [prepared.refused.get(id) for id in batch.ids], facts=facts)


def _run(
    prepared: Prepared, options: TrainingOptions, folder: Path, objective: Objective, beta: float, device: str
) -> dict[str, Any]:
    from tilth.trainers._trainer import run_trainer, seed_everything

    checkpoint = _checkpoint_of_this_run(folder, prepared.identity, options)
    remove_outcome(folder)
    in_bfloat16 = computes_in_bfloat16(device, options.dtype)
    tokenizer = prepared.tokenizer
    seed_everything(options.seed)
    # All weights are trained in float32 and only computed with in bfloat16; frozen ones may lie in bfloat16.
    model = load_model(prepared.start, device, "bfloat16" if in_bfloat16 and options.method == "lora" else "float32")
    model.generation_config.eos_token_id = prepared.encoder.stop_ids
    base = prepared.start
    if options.method == "lora":
        base = base_for_adapter(base, model, tokenizer, folder)
    parts = {
        "model": model,
        "train_dataset": prepared.train.dataset(),
        "eval_dataset": prepared.validation.dataset() if prepared.validation.rows else None,
        "processing_class": tokenizer,
        "peft_config": adapter_settings(options, model) if options.method == "lora" else None,
    }
    settings = _settings(prepared, options, objective, folder, device, in_bfloat16)
    trainer = objective.trainer(settings, tokenizer.pad_token_id, beta, parts)
    log = TrainLog(folder, checkpoint.step if checkpoint else 0)
    trainer.tilth_checkpoints, trainer.tilth_log = folder / CHECKPOINTS_FOLDER, log
    trainer.tilth_facts = {"run": prepared.identity}
    run_trainer(trainer, log, objective.name, checkpoint)
    log.close()
    facts = save_outcome(folder, trainer.model, base, prepared, options, objective.name, settings, beta)
    remove_checkpoints(folder / CHECKPOINTS_FOLDER)
    return facts


def _checkpoint_of_this_run(folder: Path, identity: str, options: TrainingOptions) -> Checkpoint | None:
    parent = folder / CHECKPOINTS_FOLDER
    if not options.resume:
        remove_checkpoints(parent)
        return None
    newest = next(iter(complete_checkpoints(parent)), None)
    if newest is not None and newest.facts.get("run") != identity:
        raise UsageError(
            "the folder holds checkpoints of a run with other data, options or start",
            where=str(parent),
            fix="--no-resume to start over, or another folder",
        )
    return newest


def _settings(
    prepared: Prepared, options: TrainingOptions, objective: Objective, folder: Path, device: str, in_bfloat16: bool
) -> dict[str, Any]:
    """The arguments of `transformers.TrainingArguments`; what is not named here keeps that library's default."""
    rate = options.learning_rate or objective.learning_rates[prepared.start.is_tiny, options.method]
    watching = prepared.validation.rows > 0
    return {
        "output_dir": str(folder),
        "num_train_epochs": options.epochs,
        "max_steps": options.max_steps or -1,
        "learning_rate": rate,
        "lr_scheduler_type": "linear",
        "warmup_steps": options.warmup,
        "per_device_train_batch_size": options.batch_size,
        "per_device_eval_batch_size": options.batch_size,
        "gradient_accumulation_steps": options.gradient_accumulation,
        "gradient_checkpointing": options.gradient_checkpointing,
        "seed": options.seed,
        "data_seed": options.seed,
        "use_cpu": device == "cpu",
        "bf16": in_bfloat16,
        "dataloader_pin_memory": device == "cuda",
        "eval_strategy": "no" if not watching else "steps" if options.eval_every_steps else "epoch",
        "eval_steps": options.eval_every_steps,
        "save_strategy": "steps" if options.save_every_steps else "no",
        "save_steps": options.save_every_steps or 1,
        "logging_steps": 1,
        "logging_nan_inf_filter": False,
        "remove_unused_columns": False,
        "disable_tqdm": True,
        "report_to": "none",
    }
