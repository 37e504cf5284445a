"""Tilth's own dialect: a record as it is, with or without its envelope."""

import re
from typing import Any, ClassVar

from tilth.schemas.dialects.base import Dialect, Keys, Row, flat_row, refuse_leftovers, sort_fields
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.identity import Fields, content_id
from tilth.schemas.registry import is_record_type, record_type, record_types
from tilth.schemas.safe_text import safe_text

_WRITTEN_ID = re.compile("[0-9a-f]{32}")
_NAME_WIDTH = 40
_ENVELOPE = ("id", "type", "meta", "extra")
_SAID = ("meta", "extra")


class Tilth(Dialect):
    """Tilth's own shape: the row names its record type, and says what else it carries.

    {"id": "4f0c...", "type": "classification", "text": "Where is my parcel?", "label": "delivery",
     "meta": {"licence": "CC0-1.0"}, "extra": {"ticket": 4711}}
    """

    name: ClassVar[str] = "tilth"
    summary: ClassVar[str] = "Tilth's own shape: type, the fields of that type, meta, extra"
    record_types: ClassVar[tuple[str, ...]] = ()
    needs: ClassVar[tuple[str, ...]] = ("type",)
    way_out: ClassVar[str] = "--as path/to/schema.json"

    def recognise(self, row: Row) -> str | None:
        """The row names a record type, and has at least one of its fields or nothing but what every record has."""
        name = row.get("type")
        if not (isinstance(name, str) and is_record_type(name)):
            return None
        is_bare_envelope = "id" in row and row.keys() <= {*_ENVELOPE}
        is_own = is_bare_envelope or bool(set(record_type(name).field_names()) & row.keys())
        return "every row names its record type" if is_own else None

    def objection(self, row: Row) -> str | None:
        """The row is a record of a type that is not known here."""
        name, written_id = row.get("type"), row.get("id")
        if not (isinstance(name, str) and isinstance(written_id, str) and _WRITTEN_ID.fullmatch(written_id)):
            return None
        if is_record_type(name):
            return None
        shown = safe_text(name, one_line=True)[:_NAME_WIDTH]
        return f"the rows are {shown} records, and no such record type is known here"

    def decode(self, row: Row) -> Fields:
        """The record that the row spells; names that its type does not have move to `extra`."""
        name = row.get("type")
        if name is None and len(fitting := fitting_types(row)) == 1:
            return BareTilth(fitting[0]).decode(row)
        # Of a type that nobody knows everything is content: validation says so, and nothing is lost.
        is_known = isinstance(name, str) and is_record_type(name)
        known = record_type(str(name)).field_names() if is_known else [key for key in row if key not in _ENVELOPE]
        fields: Fields = {"type": name} if "type" in row else {}
        extra = dict(row["extra"]) if isinstance(row.get("extra"), dict) else {}
        for field, value in row.items():
            if field in known or (field == "meta" and isinstance(value, dict)):
                fields[field] = value
            elif field == "extra" and isinstance(value, dict):
                fields["extra"] = extra  # where it stands says where unknown fields stood in the row it came from
            elif field != "type":
                extra.setdefault(field, value)
        # An id that is not this record's comes from elsewhere, or from before an edit. Its own is computed anew.
        if extra.get("id") == row.get("id") == content_id(fields):
            del extra["id"]
        return {**fields, "extra": extra} if extra else {name: fields[name] for name in fields if name != "extra"}

    def encode(self, fields: Fields) -> dict[str, Any]:
        """The record with its identity; `meta` and `extra` only when there is something in them."""
        row = {"id": content_id(fields), **{name: fields[name] for name in ("type",) if name in fields}}
        row.update(
            (name, value) for name, value in fields.items() if name not in _ENVELOPE or (name in _SAID and value)
        )
        return row


class BareTilth(Dialect):
    """The fields of one record type without an envelope, as a CSV of texts and labels has them.

        {"text": "Where is my parcel?", "label": "delivery"}

    Rows of one file are then all of one type; they stay bare when they are written back.
    """

    name: ClassVar[str] = Tilth.name
    summary: ClassVar[str] = "the fields of one record type, without an envelope"
    record_types: ClassVar[tuple[str, ...]] = ()

    def __init__(self, record_type_name: str) -> None:
        self.type = record_type(record_type_name)
        self._type_name, self._known = self.type.name(), self.type.field_names()

    def holds(self, record_type: str) -> bool:
        """Whether that is the type of its rows."""
        return record_type == self._type_name

    def recognise(self, row: Row) -> str | None:
        """The row has what the record type needs."""
        found = self.type.evidence(row)
        return f"every row has {_listed(found, row)}" if found else None

    def decode(self, row: Row) -> Fields:
        """The fields of the record type as they are, the others in `extra`."""
        return sort_fields(row, self._type_name, self._known)

    def keys(self) -> Keys:
        """The fields under their own names."""
        return Keys(self._type_name, {name: name for name in self._known})

    def encode(self, fields: Fields) -> dict[str, Any]:
        """The fields, then `meta`, then the unknown ones."""
        if fields.get("type") != self._type_name:
            raise LossError(
                self.name, [f"type (a {fields.get('type')} record among bare rows of {self._type_name} records)"]
            )
        refuse_leftovers(self.name, fields, self._known)
        content = {name: value for name, value in fields.items() if name in self._known}
        return flat_row(self.name, content, fields, self._known)


def fitting_types(row: Row) -> list[str]:
    """The record types that a bare row can be, without those that need only a part of what another one needs."""
    found = {name: known.evidence(row) for name, known in record_types().items()}
    return [
        name for name, evidence in found.items() if evidence and not any(evidence < other for other in found.values())
    ]


def _listed(names: frozenset[str], row: Row) -> str:
    return " and ".join(name for name in row if name in names)
