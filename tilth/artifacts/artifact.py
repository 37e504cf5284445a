"""What a recognised file or folder is said to be: its kind, facts, and what is missing, broken or unsafe about it."""

from dataclasses import asdict, dataclass, field
from typing import Any

Fact = str | int | float | bool | list[str] | dict[str, int]
"""Something told about an artifact: a text, a number, names, or counts by name."""


@dataclass(frozen=True)
class Kind:
    """One sort of thing that lies around a fine-tuning project."""

    name: str
    """How it is called in `--json`, in the reference and in messages."""
    purpose: str
    """What it is for, as the end of the sentence "this is ..."."""
    known_by: str
    """What it is recognised by."""

    def found(self) -> "Artifact":
        """An artifact of this kind, with nothing told about it yet."""
        return Artifact(self.name, self.purpose)


@dataclass
class Artifact:
    """A file or folder that was recognised by looking at it; nothing of it was loaded, unpickled or run."""

    kind: str
    purpose: str
    facts: dict[str, Fact] = field(default_factory=dict)
    """What it says about itself, in the order in which it is worth reading."""
    missing: list[str] = field(default_factory=list)
    """What it needs and what does not lie beside it."""
    broken: list[str] = field(default_factory=list)
    """Why it cannot be what it claims to be: cut short, contradicting itself."""
    unsafe: list[str] = field(default_factory=list)
    """What could happen to whoever loads it."""
    next: str = ""
    """A command to go on with."""

    def tell(self, name: str, value: Fact | None) -> None:
        """Add a fact, unless there is nothing to tell."""
        if value is not None and value not in ("", [], {}):
            self.facts[name] = value

    def as_json(self) -> dict[str, Any]:
        """All of it, under the names of the fields."""
        return asdict(self)
