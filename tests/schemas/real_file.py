"""A public file, and what it is to be taken for."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class RealFile:
    """A file below the folder of public data, or a glob of such."""

    path: str
    dialect: str = ""
    """What it is detected as, or read as where `how` names it; empty where it is refused."""
    how: dict[str, Any] = field(default_factory=dict)
    """What a user would have to say: options of `Dataset.open`."""
    refused: str = ""
    """Words of the refusal, where it is to be refused."""
    note: str = ""
    """What is worth knowing about it, for the table."""
