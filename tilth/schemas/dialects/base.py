"""What a dialect is: the shape in which some tool writes a record, read into Tilth's own and written back."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from tilth.errors import DataError
from tilth.schemas.record import Fields

Row = Mapping[str, Any]
"""A row as its container gives it: names and JSON values, in order."""


class LossError(DataError):
    """A record that a dialect cannot hold without losing something; `lost` names what."""

    def __init__(self, dialect: str, lost: list[str], *, where: str = "") -> None:
        self.lost = lost
        super().__init__(f"{dialect} cannot hold {', '.join(lost)}", where=where)


class Dialect(ABC):
    """One shape of row. Stateless: one instance serves all files.

    Decoding is total and forgiving: a field of the wrong type is handed on as it is, for validation to report with
    its place; only unknown names move, verbatim and in order, into `extra`.
    """

    name: ClassVar[str]
    """The name on the command line, kebab-case."""
    summary: ClassVar[str]
    """One line: who writes this shape and what it looks like."""
    record_types: ClassVar[tuple[str, ...]]
    """The record types that it can hold."""

    @abstractmethod
    def recognise(self, row: Row) -> str | None:
        """What about the row says that it is this dialect (words for people), or None when it is not."""

    @abstractmethod
    def decode(self, row: Row) -> Fields:
        """The row in Tilth's own shape."""

    @abstractmethod
    def encode(self, fields: Fields) -> dict[str, Any]:
        """The row this record makes. Raises `LossError` when something in it has no place in this dialect."""
