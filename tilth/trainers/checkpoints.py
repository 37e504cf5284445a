"""Checkpoints that are whole or absent: written aside, hashed, marked complete, and only then given their name.

A kill or a power cut at any moment leaves either the earlier checkpoints or those and the new one. What is found is
hashed again before it is trusted, so that a copy cut short or a bad disk costs one save interval and not the run.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from shutil import rmtree
from typing import Any

from tilth.trainers.durable import sync

COMPLETE = "COMPLETE"
"""The marker: a JSON file with the sha256 of every other file of the checkpoint."""
KEPT_CHECKPOINTS = 2
"""The newest, and one before it in case that one is damaged."""
_STEP, _WRITING, _REMOVING = "step-", ".writing-", ".removing-"


@dataclass(frozen=True)
class Checkpoint:
    """One complete checkpoint: its folder, its step, and what the run that wrote it said about itself."""

    path: Path
    step: int
    facts: dict[str, Any]


def save_checkpoint(parent: Path, step: int, write: Callable[[Path], None], facts: dict[str, Any]) -> Checkpoint:
    """Let `write` fill a new checkpoint folder, make it durable, and then remove what it replaces."""
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _sweep(parent)
    staging = parent / f"{_WRITING}{step}"
    staging.mkdir(mode=0o700)
    write(staging)
    files = {path.name: _digest(path) for path in sorted(staging.iterdir())}
    marker = staging / COMPLETE
    marker.write_text(json.dumps({"step": step, "files": files, "facts": facts}, indent=1), encoding="utf-8")
    for path in staging.iterdir():
        path.chmod(0o600)
        sync(path)
    sync(staging)
    final = parent / f"{_STEP}{step:08}"
    if final.exists():
        _remove(final)
    staging.replace(final)
    sync(parent)
    for older in complete_checkpoints(parent)[KEPT_CHECKPOINTS:]:
        _remove(older.path)
    return Checkpoint(final, step, facts)


def complete_checkpoints(parent: Path) -> list[Checkpoint]:
    """Every checkpoint whose files are all there with the hashes they were written with, newest first."""
    if not parent.is_dir():
        return []
    found = (_read(path) for path in parent.iterdir() if path.name.startswith(_STEP))
    return sorted((item for item in found if item is not None), key=lambda item: -item.step)


def remove_checkpoints(parent: Path) -> None:
    """Remove all checkpoints of a run that is finished or that starts over."""
    if parent.is_dir():
        rmtree(parent)


def _read(path: Path) -> Checkpoint | None:
    try:
        marker = json.loads((path / COMPLETE).read_text(encoding="utf-8"))
        step, files, facts = marker["step"], marker["files"], marker["facts"]
        if all(_digest(path / name) == digest for name, digest in files.items()):
            return Checkpoint(path, step, facts)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass  # torn: not a checkpoint
    return None


def _remove(path: Path) -> None:
    # Renamed first: a kill halfway through the removal leaves nothing that looks like a checkpoint.
    aside = path.with_name(f"{_REMOVING}{path.name}")
    path.replace(aside)
    rmtree(aside)


def _sweep(parent: Path) -> None:
    for path in parent.iterdir():
        if path.name.startswith((_WRITING, _REMOVING)):
            rmtree(path)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
