"""The records that growth starts from, and fair draws from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from tilth.errors import UsageError
from tilth.operation import Dataset, Fields


@dataclass(frozen=True)
class Task:
    """An instruction with one worked answer: a human seed, or a record that was made and kept."""

    id: str
    instruction: str
    input: str
    output: str

    @classmethod
    def of(cls, identity: str, record: Fields) -> Self:
        """The task in an instruction record."""
        texts = [record.get(name) or "" for name in ("instruction", "input", "output")]
        return cls(identity, *(str(text).strip() for text in texts))


def read_seeds(data: Dataset) -> list[Task]:
    """The instruction records of a data set, each instruction once. Raises `UsageError` where there is none."""
    seeds: dict[str, Task] = {}
    for batch in data.batches():
        for identity, record in zip(batch.ids, batch.records, strict=True):
            task = Task.of(identity, record) if record.get("type") == "instruction" else None
            if task is not None and task.instruction:
                seeds.setdefault(task.instruction, task)
    if not seeds:
        raise UsageError(
            "self-instruct found no instruction record to grow from",
            fix="tilth convert IN -o seeds.jsonl --as instruction",
        )
    return list(seeds.values())


def draw(tasks: Sequence[Task], count: int, salt: str) -> list[Task]:
    """Some of the tasks, in random order. Equal tasks and salt give the same draw on any machine and Python.

    A task's lot is the hash of salt and id, so a draw is fair and needs no generator whose state has to be kept.
    """
    return sorted(tasks, key=lambda task: sha256(f"{salt}/{task.id}".encode()).digest())[:count]
