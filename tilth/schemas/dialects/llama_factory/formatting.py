"""What LLaMA-Factory's two formattings have in common: a file's own names, and the entry that says which they are."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from tilth.schemas.dialects.base import Dialect, Row
from tilth.schemas.dialects.llama_factory.dataset_info import NAME, DatasetInfo, default_entry, entry_for
from tilth.schemas.dialects.llama_factory.entry import Entry, exchanged
from tilth.schemas.identity import Fields

Kind = str
"""What the rows of a file are for: `response`, `ranking` or `kto_tag`; `text` is for pre-training."""


class Formatting(Dialect):
    """Base of both: rows under the file's names are read and written under the usual ones.

    Without an entry, rows of the plain shape are left to the dialects `alpaca` and `sharegpt`, which look the same.
    """

    formatting: ClassVar[str]
    record_types: ClassVar[tuple[str, ...]]

    def __init__(self, entry: Entry | None = None) -> None:
        self.entry = entry or default_entry(self.formatting)
        self.is_told = entry is not None
        self.known = frozenset(self.entry.usual_names())
        """The usual names of the columns that the file has, or may have."""
        self._usual = exchanged((name, usual) for usual, name in self.entry.usual_names().items())
        self._own = {usual: name for name, usual in self._usual.items()}

    def companion_name(self, file_name: str) -> str | None:
        """`dataset_info.json`."""
        return NAME

    def companion(self, file_name: str) -> DatasetInfo:
        """The entry that names the columns and tags of the rows."""
        return DatasetInfo(file_name, self.entry, lambda row: self.kind(self.usual(row)))

    def informed(self, companion: bytes, file_name: str) -> "Dialect | None":
        """The dialect with the names of the entry for that file."""
        entry = entry_for(companion, file_name)
        return type(self)(entry) if entry is not None and entry.formatting == self.formatting else None

    def decode(self, row: Row) -> Fields:
        """The row by its kind: an answer to learn, a comparison, an answer called good or bad."""
        return self.decode_usual(self.usual(row))

    def encode(self, fields: Fields) -> dict[str, Any]:
        """The record under the file's names."""
        return {self._own.get(name, name): value for name, value in self.encode_usual(fields).items()}

    def usual(self, row: Row) -> dict[str, Any]:
        """The row under the usual names."""
        return {self._usual.get(name, name): value for name, value in row.items()}

    def has(self, row: Mapping[str, Any], *names: str) -> bool:
        """Whether a row under the usual names has columns that LLaMA-Factory would look at."""
        return all(name in row and name in self.known for name in names)

    @abstractmethod
    def kind(self, row: Mapping[str, Any]) -> Kind:
        """What a row under the usual names is for."""

    @abstractmethod
    def decode_usual(self, row: Mapping[str, Any]) -> Fields:
        """The record in a row under the usual names."""

    @abstractmethod
    def encode_usual(self, fields: Fields) -> dict[str, Any]:
        """The record as a row under the usual names."""
