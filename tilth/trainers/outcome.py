"""What a finished run leaves: the model or adapter with its tokenizer, a card, and `training.json`, written last."""

import json
import os
from importlib.metadata import version
from pathlib import Path
from shutil import rmtree
from typing import Any

from tilth.trainers.adapter import save_adapter
from tilth.trainers.durable import write_durably
from tilth.trainers.environment import TRAINING_PACKAGES
from tilth.trainers.model_card import write_model_card
from tilth.trainers.models import ADAPTER_FOLDER, BASE_FOLDER, MODEL_FOLDER, TRAINING_FILE, ModelSource
from tilth.trainers.preparation import Prepared
from tilth.trainers.train_log import read_train_log
from tilth.trainers.training_options import TrainingOptions


def save_outcome(
    folder: Path,
    model: Any,
    base: ModelSource,
    prepared: Prepared,
    options: TrainingOptions,
    objective: str,
    settings: dict[str, Any],
    beta: float,
) -> dict[str, Any]:
    """Write everything; gives the facts for the report. `training.json` appears last: with it the run is finished."""
    name = ADAPTER_FOLDER if options.method == "lora" else MODEL_FOLDER
    facts = _facts(folder, prepared, name)
    record = {
        "operation": objective,
        "run": prepared.identity,
        "start": _start(folder, base, options),
        "method": options.method,
        "result": name,
        "options": {**options.model_dump(mode="json"), "learning_rate": settings["learning_rate"]},
        **({"beta": beta} if beta else {}),
        "max_length": prepared.max_length,
        "seed": options.seed,
        "computed_on": "cpu" if settings["use_cpu"] else "cuda",
        "computed_in": "bfloat16" if settings["bf16"] else "float32",
        "weights": {
            "all": sum(weight.numel() for weight in model.parameters()),
            "trained": sum(weight.numel() for weight in model.parameters() if weight.requires_grad),
        },
        "chat_template": {
            "sha256": prepared.encoder.template.hash,
            "stop_ids": prepared.encoder.stop_ids,
            "answers_from": "generation marks" if prepared.encoder.template.marks_answers else "verified prefixes",
            "stop_token": "appended" if prepared.encoder.stop_id is None else "in the template",
        },
        "data": {
            part: {"rows": store.rows, "learned_tokens": store.learned_tokens, "sha256": store.digest}
            for part, store in (("train", prepared.train), ("validation", prepared.validation))
        },
        "set_aside": _counts(prepared),
        "facts": facts,
        "versions": {package: version(package) for package in TRAINING_PACKAGES},
    }
    staging = folder / f".{name}.writing"
    rmtree(staging, ignore_errors=True)
    if options.method == "lora":
        save_adapter(model, base, staging, folder / name)
    else:
        model.save_pretrained(staging)
    prepared.tokenizer.save_pretrained(staging)
    write_model_card(staging, record)
    rmtree(folder / name, ignore_errors=True)
    staging.replace(folder / name)
    write_durably(folder / TRAINING_FILE, json.dumps(record, indent=1, ensure_ascii=False) + "\n")
    return facts


def remove_outcome(folder: Path) -> None:
    """Remove what an earlier run left in the folder; its `training.json` first, which says that a run is finished."""
    (folder / TRAINING_FILE).unlink(missing_ok=True)
    for name in (MODEL_FOLDER, ADAPTER_FOLDER):
        rmtree(folder / name, ignore_errors=True)


def _facts(folder: Path, prepared: Prepared, name: str) -> dict[str, Any]:
    lines = read_train_log(folder)
    losses = [line["loss"] for line in lines if "loss" in line]
    measured = [line for line in lines if "eval_loss" in line]
    margins = [line["margin"] for line in lines if "margin" in line]
    return {
        "result": name,
        "rows": {"train": prepared.train.rows, "validation": prepared.validation.rows},
        "steps": len(losses),
        "first_loss": losses[0],
        "last_loss": losses[-1],
        **({"eval_loss": measured[-1]["eval_loss"]} if measured else {}),
        **({"first_margin": margins[0], "last_margin": margins[-1]} if margins else {}),
        **({"eval_margin": measured[-1]["eval_margin"]} if measured and "eval_margin" in measured[-1] else {}),
        "seconds": lines[-1]["seconds"],
    }


def _start(folder: Path, base: ModelSource, options: TrainingOptions) -> dict[str, Any]:
    """Where to find the model that this run started from, seen from the folder itself so that both can move."""
    if Path(base.weights) == folder / BASE_FOLDER:
        place = BASE_FOLDER
    elif base.on_hub and base.adapter is None:
        place = base.weights
    else:
        place = os.path.relpath(base.name, folder)
    hub = base.on_hub and base.adapter is None
    return {"model": options.model, "base": place, "on_hub": hub, "is_tiny": base.is_tiny}


def _counts(prepared: Prepared) -> dict[str, int]:
    counts: dict[str, int] = {}
    for reason in prepared.refused.values():
        counts[reason.code] = counts.get(reason.code, 0) + 1
    return dict(sorted(counts.items()))
