"""What a folder holds as a data set: which files make up which split."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

_SHOWN_FILES = 8


@dataclass(frozen=True)
class Layout:
    """The files of a data set, in the order in which their rows come."""

    parts: dict[str, list[Path]]
    """The files of each split; under "" those of a set that was never split."""
    format: str | None = None
    """The format of all of them, where the folder says it and their names do not."""
    notes: list[str] = field(default_factory=list)
    """What was taken rather than told."""


def listed(files: Sequence[Path]) -> str:
    """Names for a message."""
    shown = ", ".join(file.name for file in files[:_SHOWN_FILES])
    return shown + (f" and {len(files) - _SHOWN_FILES} more" if len(files) > _SHOWN_FILES else "")
