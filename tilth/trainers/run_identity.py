"""Whether a folder holds this very run: the same data, options and start, hashed."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from tilth.trainers.models import TRAINING_FILE, ModelSource
from tilth.trainers.training_options import TrainingOptions

_NOT_LEARNED_FROM = {"resume", "save_every_steps", "device", "model", "chat_template"}
"""Options that do not change what is learned, or that are in the hash by their content instead of by their name."""
_HEAD_BYTES = 1024 * 1024


def run_identity(
    objective: str, options: TrainingOptions, beta: float, start: ModelSource, template_hash: str, tokens: list[str]
) -> str:
    """One sha256 over everything that decides what is learned."""
    described = {
        "objective": objective,
        "options": options.model_dump(mode="json", exclude=_NOT_LEARNED_FROM),
        "beta": beta,
        "start": _content_of(start),
        "template": template_hash,
        "tokens": tokens,
    }
    return sha256(json.dumps(described, sort_keys=True).encode()).hexdigest()


def finished_run(folder: Path, identity: str) -> dict[str, Any] | None:
    """The facts of this very run when the folder holds it already, finished."""
    path = folder / TRAINING_FILE
    if not path.is_file():
        return None
    record = json.loads(path.read_text(encoding="utf-8"))
    is_this_run = record["run"] == identity and (folder / record["result"]).is_dir()
    facts: dict[str, Any] | None = record["facts"] if is_this_run else None
    return facts


def _content_of(start: ModelSource) -> Any:
    """Names, sizes and beginnings of the model's files: telling models apart does not take reading all of them."""
    if start.on_hub and start.adapter is None:
        return start.weights
    folders = [path for path in (Path(start.weights), start.adapter) if path is not None and path.is_dir()]
    return [
        (path.name, path.stat().st_size, _head(path))
        for folder in folders
        for path in sorted(folder.iterdir())
        if path.suffix in (".json", ".safetensors")
    ]


def _head(path: Path) -> str:
    with path.open("rb") as file:
        return sha256(file.read(_HEAD_BYTES)).hexdigest()
