"""LoRA: the adapter that is trained beside frozen weights, and the model that it is trained beside."""

import os
from pathlib import Path
from shutil import rmtree
from typing import Any

from tilth.errors import UsageError, nearest
from tilth.trainers.models import BASE_FOLDER, ModelSource
from tilth.trainers.training_options import TrainingOptions


def adapter_settings(options: TrainingOptions, model: Any) -> Any:
    """PEFT's description of the adapter to train. Raises `UsageError` for a layer that the model does not have."""
    from peft import LoraConfig

    layers = {name.rpartition(".")[2] for name, _ in model.named_modules()}
    for target in options.lora_targets or ():
        if target.rpartition(".")[2] not in layers:
            raise UsageError(f"the model has no layer called {target}", fix=nearest(target, layers - {""}))
    return LoraConfig(
        r=options.lora_rank,
        lora_alpha=options.lora_alpha,
        target_modules=list(options.lora_targets) if options.lora_targets else "all-linear",
        task_type="CAUSAL_LM",
    )


def save_adapter(model: Any, base: ModelSource, folder: Path, final: Path) -> None:
    """Write the adapter alone into `folder`, which `final` will be the name of; it says which model it lies over."""
    for description in model.peft_config.values():
        # Relative, so that a training folder can be moved as a whole.
        description.base_model_name_or_path = base.weights if base.on_hub else os.path.relpath(base.weights, final)
    # With "auto" PEFT would ask the hub whether the base model's vocabulary was resized.
    model.save_pretrained(folder, save_embedding_layers=False)


def base_for_adapter(start: ModelSource, model: Any, tokenizer: Any, folder: Path) -> ModelSource:
    """The model that a new adapter lies over; a start that is an adapter itself is merged and saved to `base`."""
    if start.adapter is None:
        return start
    base = folder / BASE_FOLDER
    staging = folder / f".{BASE_FOLDER}.writing"
    rmtree(staging, ignore_errors=True)
    model.save_pretrained(staging)
    tokenizer.save_pretrained(staging)
    rmtree(base, ignore_errors=True)
    staging.replace(base)
    return ModelSource(start.name, str(base), is_tiny=start.is_tiny)
