"""The dialect of self-instruct's seed tasks: a task, and examples of it."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, TypeGuard

from tilth.schemas.dialects.base import (
    Dialect,
    Folding,
    Numbered,
    Row,
    flat_row,
    held,
    put,
    refuse_leftovers,
    sort_fields,
)
from tilth.schemas.dialects.spelling import is_same
from tilth.schemas.envelope import Envelope
from tilth.schemas.identity import Fields
from tilth.schemas.note import noted, without_note

_INSTANCES = "instances"
_TASK, _PLACE = "task", "place"
_NOTE = "self-instruct"


class SelfInstruct(Dialect):
    """self-instruct's seed tasks: each instance of a task is a record, and a row again with its siblings.

    {"id": "seed_task_1", "instruction": "Give the opposite.", "instances": [{"input": "Night", "output": "Day"}]}
    """

    name: ClassVar[str] = "self-instruct"
    summary: ClassVar[str] = "instruction, and instances of input and output (self-instruct's seed tasks)"
    record_types: ClassVar[tuple[str, ...]] = ("instruction",)
    needs: ClassVar[tuple[str, ...]] = ("instruction", _INSTANCES)
    unfolds: ClassVar[bool] = True

    def recognise(self, row: Row) -> str | None:
        """A task with a list of instances."""
        is_task = "instruction" in row and isinstance(row.get(_INSTANCES), list)
        return "every row has instruction and instances" if is_task else None

    def unfold(self, rows: Iterable[Numbered], envelope: Envelope | None) -> Iterator[Numbered]:
        """A row for each instance, with its place among them where there are several."""
        for number, row in rows:
            instances = row.get(_INSTANCES)
            if not (isinstance(instances, list) and len(instances) > 1):
                yield number, row
                continue
            for place, instance in enumerate(instances):
                yield number, {_TASK: {**row, _INSTANCES: [instance]}, _PLACE: [place, len(instances)]}

    def folding(self) -> Folding:
        """Puts the instances of one task together again."""
        return _Folding()

    def decode(self, row: Row) -> Fields:
        """The instance as input and output of the task."""
        task, place = _parted(row)
        instances = task.get(_INSTANCES)
        only = instances[0] if isinstance(instances, list) and len(instances) == 1 else None
        note = {_PLACE: place} if place else {}
        if not isinstance(only, dict) or not only.keys() <= {"input", "output"}:
            return noted(sort_fields(task, "instruction", ("instruction",)), _NOTE, note)
        known = ("instruction", _INSTANCES)
        kept = sort_fields(task, "instruction", known, as_written=known)
        return noted(put(kept, {_INSTANCES: only}), _NOTE, note)

    def encode(self, fields: Fields) -> dict[str, Any]:
        """The task with its one instance."""
        note, fields = without_note(held(self, fields), _NOTE)
        refuse_leftovers(self.name, fields, ("instruction", "input", "output"))
        content = {name: fields[name] for name in ("instruction",) if name in fields}
        instance = {name: value for name, value in fields.items() if name in ("input", "output")}
        if instance or _INSTANCES not in (fields.get("extra") or {}):
            content[_INSTANCES] = [instance]
        row = flat_row(self.name, content, fields, tuple(content))
        return {_TASK: row, _PLACE: note[_PLACE]} if _is_place(note.get(_PLACE)) else row


class _Folding:
    """Instances that come one after the other with the same task around them are one row."""

    def __init__(self) -> None:
        self._task: dict[str, Any] | None = None
        self._place: list[int] = []

    def add(self, row: Row) -> Iterable[Row]:
        """Join the row with the one before it where both are instances of one task."""
        task, place = _parted(row)
        before, goes_on = self._task, self._goes_on(task, place)
        self._place = place
        if before is not None and goes_on:
            before[_INSTANCES] = [*before[_INSTANCES], *task[_INSTANCES]]
            return []
        self._task = dict(task)
        return [before] if before is not None else []

    def close(self) -> Iterable[Row]:
        """The last row."""
        return [self._task] if self._task is not None else []

    def _goes_on(self, task: Row, place: list[int]) -> bool:
        if not (self._task and self._place and place and place[1] == self._place[1] and place[0] > self._place[0]):
            return False
        return is_same({**self._task, _INSTANCES: None}, {**task, _INSTANCES: None})


def _parted(row: Row) -> tuple[Row, list[int]]:
    """The task in a row, and its place among its siblings where it has some."""
    task, place = row.get(_TASK), row.get(_PLACE)
    if row.keys() == {_TASK, _PLACE} and isinstance(task, dict) and _is_place(place):
        return task, place
    return row, []


def _is_place(value: Any) -> TypeGuard[list[int]]:
    return isinstance(value, list) and len(value) == 2 and all(type(number) is int for number in value)
