"""Annotations put back into their tasks."""

from collections.abc import Iterable
from typing import Any

from tilth.schemas.dialects.base import Row

_ANNOTATIONS = "annotations"


class Gathering:
    """Puts annotations of one task that follow each other into one row."""

    def __init__(self) -> None:
        self._at: Any = None
        self._task: Any = None
        self._annotations: list[Any] = []

    def add(self, row: Row) -> Iterable[Row]:
        """The next annotation; gives the task before when this one is of another."""
        if "row" in row:
            return [*self.close(), row["row"]]
        at, task = row.get("at"), row["task"]
        is_same = self._task is not None and at is not None and at == self._at and task == self._task
        done = [] if is_same else list(self.close())
        self._at, self._task = at, task
        if "annotation" in row:
            self._annotations.append(row["annotation"])
        return done

    def close(self) -> Iterable[Row]:
        """The last task."""
        if self._task is None:
            return []
        task = {name: self._annotations if name == _ANNOTATIONS else value for name, value in self._task.items()}
        self._task, self._annotations = None, []
        return [task]
