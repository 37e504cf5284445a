"""A task that a model proposed, on its way to becoming records or to being set aside."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tilth.generators.reply import Outcome
from tilth.generators.self_instruct.replies import Instance, read_instructions
from tilth.generators.self_instruct.seeds import Task
from tilth.operation import Fields, Reason
from tilth.schemas.identity import content_id


@dataclass
class Candidate:
    """One proposed task, where it came from, and what has become of it so far."""

    instruction: str
    parents: list[str]
    """Ids of the records that the model saw."""
    generator: dict[str, Any]
    """How it was made: goes into `meta.generator`."""
    reason: Reason | None = None
    """Why it is set aside; None while it is in the race."""
    witness: int | None = None
    """Number in the pool of the task that it is too similar to."""
    number: int | None = None
    """Its own number in the pool, once it is in."""
    instances: list[tuple[Instance, Reason | None]] = field(default_factory=list)

    def set_aside(self, code: str, detail: str = "") -> None:
        """Take it out of the race."""
        self.reason = Reason(code, detail=detail)

    def verdicts(self) -> list[tuple[Fields, Reason | None]]:
        """Its records and what is said of each; a task without instances is one record without an answer."""
        if self.reason is not None or not self.instances:
            return [(self._record(Instance("", ""), self.reason), self.reason)]
        return [(self._record(instance, reason), reason) for instance, reason in self.instances]

    def _record(self, instance: Instance, reason: Reason | None) -> Fields:
        record: Fields = {"type": "instruction", "instruction": self.instruction}
        if instance.input:
            record["input"] = instance.input
        record["output"] = instance.output
        # What is kept gets its id where it is written; a set-aside row has to bring its own.
        named = {} if reason is None else {"id": content_id(record)}
        return {**named, **record, "meta": {"parents": self.parents, "generator": self.generator}}


def proposed(outcome: Outcome, shown: Sequence[Task], generator: dict[str, Any]) -> list[Candidate]:
    """The candidates in one reply. A reply that holds none, but some text, becomes one that is set aside."""
    parents = [task.id for task in shown]
    if outcome.status not in ("ok", "truncated"):
        return []  # there is no text to judge; the outcome is counted with the others
    candidates = [Candidate(text, parents, generator) for text in read_instructions(outcome.text)]
    if not candidates:
        candidates = [Candidate(outcome.text, parents, generator)]
        candidates[0].set_aside("unreadable", "the reply holds no list of tasks")
    if outcome.status == "truncated":
        candidates[-1].set_aside("truncated", "the reply breaks off here")
    return candidates
