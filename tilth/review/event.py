"""One thing a person did to one record: the unit that the journal keeps."""

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from tilth.operation import Fields

Action = Literal["accept", "reject", "edit", "skip", "note", "undo"]


class RecordKey(NamedTuple):
    """Which record a decision is about, whatever file it lies in and wherever in it."""

    record: str
    """The content id: the same content has the same id."""
    occurrence: int
    """How many rows of the same content lie before it: exact copies are decided one by one."""


@dataclass(frozen=True, slots=True)
class Event:
    """A decision, an edit, a note or an undo, as it was committed."""

    number: int
    """Place in the journal, from 1, without gaps: what a screen shows once the event is on disk."""
    uuid: str
    """The same in every copy of the journal."""
    key: RecordKey
    row: int
    """Where the record lay in the file when it was decided, from 0: a hint for reopening, never its identity."""
    annotator: str
    time: str
    """ISO 8601, UTC."""
    action: Action
    before: Fields | None = None
    """The record before an edit."""
    after: Fields | None = None
    """The record after an edit."""
    note: str | None = None
    """What the annotator wrote, for `note` and optionally for `reject`; an empty note withdraws the one before."""
    undoes: str | None = None
    """For `undo`: the uuid of the event that it takes back."""

    def fields(self) -> dict[str, Any]:
        """The event as plain data, for export and for tests."""
        return {name: getattr(self, name) for name in self.__slots__}
