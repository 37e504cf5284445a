"""The simplest kind of dialect: the fields of one record type under their own names, unknown fields beside them."""

from typing import Any, ClassVar

from tilth.schemas.dialects.base import Dialect, Keys, Row, flat_row, held, refuse_leftovers, sort_fields
from tilth.schemas.identity import Fields


class PlainDialect(Dialect):
    """Base of dialects that name the fields of a record type as Tilth does."""

    fields: ClassVar[tuple[str, ...]]
    """The names that have a meaning in this dialect."""

    def recognise(self, row: Row) -> str | None:
        """All needed fields are there."""
        if not all(name in row for name in self.needs):
            return None
        return f"every row has {' and '.join(self.needs)}"

    def decode(self, row: Row) -> Fields:
        """The known fields as they are, the others in `extra`."""
        return sort_fields(row, self.record_types[0], self.fields)

    def keys(self) -> Keys | None:
        """The fields under their own names."""
        return Keys(self.record_types[0], {name: name for name in self.fields})

    def encode(self, fields: Fields) -> dict[str, Any]:
        """The known fields, then `meta`, then the unknown ones."""
        fields = held(self, fields)
        refuse_leftovers(self.name, fields, self.fields)
        content = {name: value for name, value in fields.items() if name in self.fields}
        return flat_row(self.name, content, fields, self.fields)
