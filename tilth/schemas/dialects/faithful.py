"""Dialects that write every row again as it was, however odd: what their spelling cannot say is kept beside it."""

from abc import abstractmethod
from typing import Any

from tilth.schemas.dialects.base import Dialect, Row
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.exact_json import canonical_json, dump_json
from tilth.schemas.identity import Fields
from tilth.schemas.note import noted, with_note, without_note

_NOTE, _ROW, _DIALECT = "row", "row", "dialect"


class FaithfulDialect(Dialect):
    """Base of dialects whose rows say the same in more ways than one.

    A subclass reads rows and writes records in one spelling. Where that spelling is not the row's own, the row
    itself is noted, and written again as long as the record is what the row says.
    """

    @abstractmethod
    def read(self, row: Row) -> Fields:
        """The row in Tilth's own shape; see `decode`."""

    @abstractmethod
    def write(self, fields: Fields) -> dict[str, Any]:
        """The record in the usual spelling; see `encode`."""

    def decode(self, row: Row) -> Fields:
        """The row in Tilth's own shape, with a note of an unusual spelling."""
        fields = self.read(row)
        if self._is_usual(fields, row):
            return noted(fields, _NOTE, {})
        return with_note(fields, _NOTE, {_DIALECT: self.name, _ROW: dict(row)})

    def encode(self, fields: Fields) -> dict[str, Any]:
        """The row that the record came from, if it still says the same, else a row in the usual spelling."""
        note, bare = without_note(fields, _NOTE)
        row = note.get(_ROW)
        if not (isinstance(row, dict) and note.get(_DIALECT) == self.name):
            return self.write(bare)
        return row if canonical_json(self.read(row)) == canonical_json(bare) else self.write(bare)

    def _is_usual(self, fields: Fields, row: Row) -> bool:
        try:
            return dump_json(self.write(fields)) == dump_json(row)
        except LossError:
            return False
