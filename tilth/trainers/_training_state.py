"""What training needs to go on as if it had never stopped, as safetensors and JSON: no pickle is written or read."""

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file

WEIGHTS, OPTIMIZER, RANDOM, STATE = "weights.safetensors", "optimizer.safetensors", "random.safetensors", "state.json"


def save_state(folder: Path, model: Any, optimizer: Any, scheduler: Any) -> None:
    """Write trained weights, optimizer, schedule and random state into `folder`."""
    save_file(_cpu(_trained(model)), folder / WEIGHTS)
    held = optimizer.state_dict()
    tensors: dict[str, torch.Tensor] = {}
    numbers: dict[str, Any] = {}
    for index, values in held["state"].items():
        for name, value in values.items():
            (tensors if isinstance(value, torch.Tensor) else numbers)[f"{index}.{name}"] = value
    save_file(_cpu(tensors), folder / OPTIMIZER)
    python_state, numpy_state = random.getstate(), np.random.get_state(legacy=False)
    generators = {"torch": torch.get_rng_state()}
    if torch.cuda.is_available():
        generators |= {f"cuda.{device}": state for device, state in enumerate(torch.cuda.get_rng_state_all())}
    save_file(generators, folder / RANDOM)
    state = {
        "optimizer": {"groups": held["param_groups"], "numbers": numbers},
        "scheduler": scheduler.state_dict(),
        "python": python_state,
        "numpy": {**numpy_state, "state": {**numpy_state["state"], "key": numpy_state["state"]["key"].tolist()}},
    }
    (folder / STATE).write_text(json.dumps(state), encoding="utf-8")


def load_weights(folder: Path, model: Any) -> None:
    """Put the trained weights back into the model, in place."""
    saved, own = load_file(folder / WEIGHTS), _trained(model)
    if saved.keys() != own.keys():
        raise ValueError("the checkpoint holds other weights than the model trains")
    with torch.no_grad():
        for name, parameter in own.items():
            parameter.copy_(saved[name])


def load_optimizer(folder: Path, optimizer: Any, scheduler: Any) -> None:
    """Put optimizer and schedule back where they were."""
    state = json.loads((folder / STATE).read_text(encoding="utf-8"))
    held: dict[int, dict[str, Any]] = {}
    for flat, value in {**load_file(folder / OPTIMIZER), **state["optimizer"]["numbers"]}.items():
        index, _, name = flat.partition(".")
        held.setdefault(int(index), {})[name] = value
    groups = [
        {name: tuple(value) if name == "betas" else value for name, value in group.items()}
        for group in state["optimizer"]["groups"]
    ]
    optimizer.load_state_dict({"state": held, "param_groups": groups})
    scheduler.load_state_dict(state["scheduler"])


def load_random(folder: Path) -> None:
    """Put every random generator back where it was."""
    state = json.loads((folder / STATE).read_text(encoding="utf-8"))
    version, numbers, gauss = state["python"]
    random.setstate((version, tuple(numbers), gauss))
    saved = state["numpy"]
    saved["state"]["key"] = np.array(saved["state"]["key"], dtype=np.uint32)
    np.random.set_state(saved)
    generators = load_file(folder / RANDOM)
    torch.set_rng_state(generators["torch"])
    if torch.cuda.is_available():
        devices = sorted((name for name in generators if name.startswith("cuda.")), key=lambda name: int(name[5:]))
        for device, name in enumerate(devices[: torch.cuda.device_count()]):
            torch.cuda.set_rng_state(generators[name], device)


def _trained(model: Any) -> dict[str, torch.Tensor]:
    """The weights that training changes; tied weights once."""
    return {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}


def _cpu(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
