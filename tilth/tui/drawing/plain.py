"""How a record without a drawing of its own is drawn: field by field."""

from tilth.operation import Fields
from tilth.tui.drawing.page import QUIET, Drawing, blocks, field, label, passage, stack

_APART = ("id", "type", "meta", "extra")


def draw_fields(record: Fields, limit: int | None) -> Drawing:
    """Every field under its name, in the record's order: for plain text, for other packages' types, for broken ones."""
    return Drawing(blocks(field(name, given, limit) for name, given in record.items() if name not in _APART))


def draw_unreadable(raw: str, problem: str, limit: int | None) -> Drawing:
    """A row that is no record: why, and its bytes."""
    reason = label("this row cannot be read", problem, "bold $error")
    return Drawing(blocks([reason, stack([label("as it is in the file", style=QUIET), passage(raw, limit)])]))
