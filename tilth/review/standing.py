"""What the events of a journal add up to: how each record stands, per annotator and for all of them together."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from tilth.operation import Fields
from tilth.review.event import Event, RecordKey

Status = Literal["undecided", "accepted", "rejected", "edited", "skipped"]
_AFTER: dict[str, Status] = {"accept": "accepted", "reject": "rejected", "edit": "edited", "skip": "skipped"}


@dataclass(frozen=True, slots=True)
class Standing:
    """How one annotator left one record."""

    status: Status = "undecided"
    edit: Fields | None = None
    """The content the annotator gave the record; an accept after an edit accepts this."""
    note: str = ""
    number: int = 0
    """Number of the last event that counts."""
    row: int = 0
    """Where the record lay at that event."""

    @property
    def is_decided(self) -> bool:
        """True once the annotator accepted, rejected or edited it. A skip leaves a record undecided."""
        return self.status in ("accepted", "rejected", "edited")

    @property
    def is_edited(self) -> bool:
        """True while an edit is in force: the last decision was the edit, or an acceptance of it."""
        return self.edit is not None and self.status in ("accepted", "edited")

    def then(self, event: Event) -> "Standing":
        """The standing after one more event."""
        last = replace(self, number=event.number, row=event.row)
        if event.action == "note":
            return replace(last, note=event.note or "")
        note = self.note if event.note is None else event.note
        edit = event.after if event.action == "edit" else self.edit
        return replace(last, status=_AFTER[event.action], edit=edit, note=note)


@dataclass(slots=True)
class _Track:
    """One annotator's events on one record, and which of them were undone."""

    events: list[Event] = field(default_factory=list)

    def add(self, event: Event) -> None:
        if event.action == "undo":
            self.events = [earlier for earlier in self.events if earlier.uuid != event.undoes]
        else:
            self.events.append(event)

    def standing(self) -> Standing:
        standing = Standing()
        for event in self.events:
            standing = standing.then(event)
        return standing


class Standings:
    """The standing of every record that has events, kept up to date event by event."""

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self.last_number = 0
        self._tracks: dict[RecordKey, dict[str, _Track]] = {}
        self._standings: dict[RecordKey, dict[str, Standing]] = {}
        for event in events:
            self.add(event)

    def add(self, event: Event) -> None:
        """Take in one more event. Events come in the order of their numbers."""
        self.last_number = event.number
        track = self._tracks.setdefault(event.key, {}).setdefault(event.annotator, _Track())
        track.add(event)
        standings = self._standings.setdefault(event.key, {})
        standings[event.annotator] = track.standing()

    def __iter__(self) -> Iterator[RecordKey]:
        return iter(self._standings)

    def __len__(self) -> int:
        return len(self._standings)

    def __contains__(self, key: RecordKey) -> bool:
        return key in self._standings

    def of(self, key: RecordKey, annotator: str) -> Standing:
        """How the annotator left the record."""
        return self._standings.get(key, {}).get(annotator, Standing())

    def all_of(self, key: RecordKey) -> dict[str, Standing]:
        """How each annotator who has touched the record left it, the last to act at the end."""
        return dict(sorted(self._standings.get(key, {}).items(), key=lambda item: item[1].number))
