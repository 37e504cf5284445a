"""What a record loses in another shape: named, so that it can be refused or allowed by name."""

import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from tilth.errors import DataError
from tilth.schemas.annotation.offsets import MISPLACED, misplaced, without_misplaced
from tilth.schemas.identity import Fields

if TYPE_CHECKING:
    from tilth.schemas.dialects.base import Dialect

_INDEX = re.compile(r"\[\d+\]")


class LossError(DataError):
    """A record that a dialect cannot hold without losing something.

    Each entry of `lost` begins with a name: a dotted path in the record (`system`, `extra.score`,
    `messages[2].weight`), or a word of the dialect. What follows in parentheses says why, for people.
    """

    def __init__(self, dialect: str, lost: Sequence[str], *, where: str = "") -> None:
        self.dialect, self.lost = dialect, list(lost)
        super().__init__(f"{dialect} cannot hold {', '.join(lost)}", where=where)

    @property
    def names(self) -> list[str]:
        """What is lost, by the names under which it can be allowed: without positions and reasons, each once."""
        return list(dict.fromkeys(map(loss_name, self.lost)))


def loss_name(entry: str) -> str:
    """The name at the beginning of an entry of `LossError.lost`."""
    return _INDEX.sub("", entry.partition(" (")[0])


def is_allowed(name: str, allowed: Collection[str]) -> bool:
    """Whether a loss of that name is allowed: by the name itself, or by a path above it (`extra` allows all of it)."""
    steps = name.split(".")
    return any(".".join(steps[:count]) in allowed for count in range(1, len(steps) + 1))


def encode_allowing(
    dialect: "Dialect", fields: Fields, allowed: Collection[str]
) -> "tuple[dict[str, Any], tuple[str, ...]]":
    """The row that a record makes, and the names of what it lost: nothing but what is allowed.

    Raises `LossError`, with only the losses that are not allowed, when there are any. A span or an answer that does
    not stand where its offsets say is refused too: in another shape nobody would look for it.
    """
    given_up: list[str] = []
    if faults := misplaced(fields):
        placed = without_misplaced(fields) if is_allowed(MISPLACED, allowed) else None
        if placed is None:
            raise LossError(dialect.name, faults)
        fields, given_up = placed, [MISPLACED]
    while True:
        try:
            return dialect.encode(dict(fields)), tuple(given_up)
        except LossError as loss:
            refused = [entry for entry in loss.lost if not is_allowed(loss_name(entry), allowed)]
            if refused:
                raise LossError(dialect.name, refused) from loss
            for name in loss.names:
                lighter = dialect.forgo(fields, name)
                if lighter is None or lighter == fields:
                    raise LossError(dialect.name, [f"{name} (it cannot go without)"]) from loss
                fields = lighter
            given_up += loss.names


def without(fields: Fields, path: str) -> Fields | None:
    """The record without what lies at a dotted path, in every item where the path goes through a list."""
    if path == "type" or path.split(".")[0] not in fields:
        return None
    return {name: value for name, value in _dropped(fields, path).items() if name != "extra" or value}


def _dropped(value: Any, path: str) -> Any:
    if isinstance(value, list):
        return [_dropped(item, path) for item in value]
    if not isinstance(value, dict):
        return value
    if path in value:  # a key may have dots in it
        return {name: below for name, below in value.items() if name != path}
    step, _, rest = path.partition(".")
    return {name: _dropped(below, rest) if name == step and rest else below for name, below in value.items()}
