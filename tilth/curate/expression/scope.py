"""What a name in an expression stands for, and of what kind it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tilth.curate.expression.kinds import ANYTHING, NUMBER, TEXT, Kind, Type, declared
from tilth.curate.signals import signals
from tilth.schemas import record_type

PARTS = ("prompt", "answer", "text")
_OPEN = ("meta", "extra")  # what is in them nobody declares


@dataclass(frozen=True)
class Source:
    """Where the values behind a name come from."""

    kind: str
    """`part`, `signal`, `id`, `field` or `item`."""
    type: Type
    is_certain: bool = True
    """Whether it is sure to be there. A name that nobody declared has to be found in some row."""


@dataclass(frozen=True)
class Scope:
    """The names that can be used."""

    fields: Mapping[str, Type] = field(default_factory=dict)
    """What the record types of the data declare; nothing while no data is known."""
    item: Type | None = None
    """The type of `it`, inside of `any` and `all`."""

    @staticmethod
    def of(record_types: Sequence[str]) -> "Scope":
        """The names in records of these types."""
        return Scope(declared([record_type(name) for name in record_types]))

    def around(self, item: Type) -> "Scope":
        """The same names, and `it`."""
        return Scope(self.fields, item)

    def find(self, path: Sequence[str]) -> Source:
        """What a name means: `it`, a part, a declared field, a signal, and else a field that the rows may have."""
        first = path[0]
        if first == "it" and self.item is not None:
            return Source("item", self.item.at(path[1:]))
        if len(path) == 1 and first in PARTS:
            return Source("part", TEXT)
        if first in self.fields:
            return Source("field", self.fields[first].at(path[1:]))
        if len(path) == 1 and first == "id":
            return Source("id", TEXT)
        if len(path) == 1 and first in signals():
            return Source("signal", NUMBER if self.fields else ANYTHING)
        if first == "type":
            return Source("field", TEXT)
        return Source("field", Type(Kind.OBJECT) if list(path) in ([name] for name in _OPEN) else ANYTHING, False)

    def is_sure(self, path: Sequence[str]) -> bool:
        """Whether a name need not be found in any row."""
        return (path[0] == "it") or self.find(path).is_certain

    def known(self) -> set[str]:
        """Names that could have been meant."""
        return {*PARTS, *self.fields, *signals(), *_OPEN, "id", "type"}
