"""Which model is meant by a word: the built-in one, a folder of ours, a model folder, or a name on the hub."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tilth.errors import TilthError, UsageError
from tilth.trainers.tiny import TINY

Device = Literal["auto", "cpu", "cuda"]
Dtype = Literal["auto", "float32", "bfloat16"]
TRAINING_FILE, MODEL_FOLDER, ADAPTER_FOLDER, BASE_FOLDER = "training.json", "model", "adapter", "base"
_MODELS = "a training run's folder, a model's folder, a name such as owner/model on the hub, or tiny to train from"
_HUB_NAME = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*")


@dataclass(frozen=True)
class ModelSource:
    """Where weights and tokenizer lie."""

    name: str
    """As the user wrote it."""
    weights: str
    """A model folder, or a name on the hub."""
    adapter: Path | None = None
    """The LoRA adapter over these weights."""
    on_hub: bool = False
    is_tiny: bool = False
    """Whether it began as the built-in model, which wants higher learning rates than a model that knows something."""

    @property
    def tokenizer(self) -> str:
        """Where the tokenizer lies: with the adapter when there is one, as that is what was saved last."""
        return str(self.adapter or self.weights)


def find_model(name: str) -> ModelSource:
    """The model that a user's word means; nothing is loaded or fetched yet.

    A training folder means the model that was trained in it, and `FOLDER/base` the model it started from.
    Raises `UsageError` when the word means nothing.
    """
    path = Path(name)
    if (path / TRAINING_FILE).is_file():
        return _trained_in(path, name)
    if path.name == BASE_FOLDER and not path.exists() and (path.parent / TRAINING_FILE).is_file():
        return base_of(path.parent)
    if (path / "adapter_config.json").is_file():
        base = json.loads((path / "adapter_config.json").read_text(encoding="utf-8"))["base_model_name_or_path"]
        start = find_model(str(path / base) if (path / base).exists() else base)
        return ModelSource(name, start.weights, path, start.on_hub, start.is_tiny)
    if (path / "config.json").is_file():
        return ModelSource(name, str(path), is_tiny=_is_tiny_folder(path))
    if not path.exists() and _HUB_NAME.fullmatch(name):
        return ModelSource(name, name, on_hub=True)
    if name == TINY:
        # The word is for training; what it means is built from the rows that are learned.
        raise UsageError("the model tiny is only there once a training run has built it", fix="RUN_FOLDER/base")
    if path.exists() and name:
        raise UsageError(f"{name} holds no model: there is no config.json in it", fix=_MODELS)
    raise UsageError(f"no model is called {name or 'nothing'}", fix=_MODELS)


def base_of(folder: Path) -> ModelSource:
    """The model that the training in this folder started from, according to its `training.json`."""
    start = _training_record(folder)["start"]
    name = start["base"] if start["on_hub"] else str(folder / start["base"])
    if start["on_hub"]:
        return ModelSource(name, name, on_hub=True, is_tiny=False)
    return find_model(name)


def load_tokenizer(source: ModelSource, chat_template: Path | None = None) -> Any:
    """The tokenizer of a model, with another chat template when one is given.

    Raises `UsageError` when it cannot tell where a token lies in a text, which labels are made from.
    """
    from transformers import AutoTokenizer

    if chat_template is not None and not chat_template.is_file():
        raise UsageError(f"there is no chat template {chat_template}")
    tokenizer = _loaded(AutoTokenizer, source.tokenizer, source)
    if not tokenizer.is_fast:
        raise UsageError(f"the tokenizer of {source.name} has no fast version, which training needs")
    if chat_template is not None:
        tokenizer.chat_template = chat_template.read_text(encoding="utf-8")
    if tokenizer.pad_token_id is None:
        # Labels and attention masks are written out, so the padding token is never read as anything else.
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def context_length(source: ModelSource) -> int | None:
    """How many tokens fit into a model at most; None when it has no limit."""
    from transformers import AutoConfig

    limit: int | None = getattr(_loaded(AutoConfig, source.weights, source), "max_position_embeddings", None)
    return limit


def load_model(source: ModelSource, device: str, dtype: str) -> Any:
    """The weights, an adapter merged into them, on `device` ('cpu', 'cuda') and in `dtype` ('float32', 'bfloat16')."""
    import torch
    from transformers import AutoModelForCausalLM

    model = _loaded(AutoModelForCausalLM, source.weights, source, dtype=getattr(torch, dtype), use_safetensors=True)
    if source.adapter is not None:
        from peft import PeftModel

        merged: Any = PeftModel.from_pretrained(model, str(source.adapter))
        # PEFT freezes what lies under an adapter; once merged it can be trained again.
        model = merged.merge_and_unload().requires_grad_(True)
    return model.to(device)


def device_for(device: Device) -> str:
    """The device to compute on. Raises `UsageError` for a graphics card that is not there."""
    import torch

    if device == "cuda" and not torch.cuda.is_available():
        raise UsageError("this machine has no CUDA device that PyTorch can use", fix="--device cpu")
    return "cuda" if device != "cpu" and torch.cuda.is_available() else "cpu"


def computes_in_bfloat16(device: str, dtype: Dtype) -> bool:
    """Whether to compute in bfloat16: when asked for, and by default on a graphics card that is made for it."""
    import torch

    return dtype == "bfloat16" or (dtype == "auto" and device == "cuda" and torch.cuda.is_bf16_supported())


def _trained_in(folder: Path, name: str) -> ModelSource:
    record = _training_record(folder)
    start = record["start"]
    if record["result"] == MODEL_FOLDER:
        return ModelSource(name, str(folder / MODEL_FOLDER), is_tiny=start["is_tiny"])
    base = base_of(folder)
    return ModelSource(name, base.weights, folder / ADAPTER_FOLDER, base.on_hub, start["is_tiny"])


def _training_record(folder: Path) -> dict[str, Any]:
    record: dict[str, Any] = json.loads((folder / TRAINING_FILE).read_text(encoding="utf-8"))
    return record


def _is_tiny_folder(folder: Path) -> bool:
    above = folder.parent / TRAINING_FILE
    return above.is_file() and bool(_training_record(folder.parent)["start"]["is_tiny"])


def _loaded(loader: Any, weights: str, source: ModelSource, **settings: Any) -> Any:
    from safetensors import SafetensorError

    try:
        # Only a model that was named as one on the hub may be fetched, and its code is never run.
        return loader.from_pretrained(weights, local_files_only=not source.on_hub, trust_remote_code=False, **settings)
    except (OSError, ValueError, SafetensorError) as failure:
        reason = str(failure).strip().splitlines()[0]
        raise TilthError(f"the model {source.name} cannot be loaded: {reason}", where=weights) from failure
