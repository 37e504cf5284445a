"""Which candidates are no good, and why: one code for each rule of Self-Instruct, in the order in which they apply."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Self

from tilth.errors import UsageError
from tilth.generators.self_instruct.replies import Instance
from tilth.generators.tokens import words
from tilth.operation import Reason

_OPENING_MARKS = "\"'“”‘’«»「『(¿¡"  # a task may well begin with a quotation


@dataclass(frozen=True)
class Blacklist:
    """Words and openings that a task must not have."""

    pattern: re.Pattern[str] | None

    @classmethod
    def read(cls, path: Path | None) -> Self:
        """The list in a file, or the one that comes with Tilth."""
        try:
            source = path or files("tilth.generators.self_instruct") / "prompts" / "blacklist.txt"
            lines = [line.strip() for line in source.read_text("utf-8").splitlines()]
        except (OSError, UnicodeDecodeError) as failure:
            raise UsageError(f"the blacklist cannot be read: {failure}", where=str(path)) from failure
        entries = [line for line in lines if line and not line.startswith("#")]
        rules = [rf"\A{re.escape(entry[1:])}" if entry[0] == "^" else re.escape(entry) for entry in entries]
        return cls(re.compile(rf"(?<!\w)(?:{'|'.join(rules)})(?!\w)", re.IGNORECASE) if rules else None)

    def found(self, text: str) -> str | None:
        """The first word or opening in the text that is on the list."""
        hit = self.pattern.search(text) if self.pattern else None
        return hit.group() if hit else None


def check_instruction(text: str, blacklist: Blacklist, *, min_words: int, max_words: int) -> Reason | None:
    """What is wrong with a task on its own; whether it is new is another question."""
    length = len(words(text))
    if length < min_words:
        return Reason("too-short", score=length, detail=f"{length} words, {min_words} are the least")
    if length > max_words:
        return Reason("too-long", score=length, detail=f"{length} words, {max_words} are the most")
    if (word := blacklist.found(text)) is not None:
        return Reason("blacklisted", detail=f"it contains {word!r}")
    # The published rule also drops a first letter beyond ASCII, which is to say most of the world's languages.
    if not text.lstrip(_OPENING_MARKS)[:1].isalnum():
        return Reason("starts-with-punctuation", detail=f"it starts with {text[:1]!r}")
    return None


def check_instances(instances: Sequence[Instance]) -> list[Reason | None]:
    """What is wrong with each instance of one task, alone or beside the others."""
    outputs: dict[str, set[str]] = {}
    for instance in instances:
        outputs.setdefault(instance.input, set()).add(instance.output)
    if any(given and len(found) > 1 for given, found in outputs.items()):
        # Which of the outputs is right, nobody knows; a model that contradicts itself did not understand the task.
        return [Reason("contradicting-instances", detail="one input has two outputs")] * len(instances)
    reasons: list[Reason | None] = []
    seen: set[Instance] = set()
    for instance in instances:
        reasons.append(Reason("duplicate-instance") if instance in seen else _check_instance(instance))
        seen.add(instance)
    return reasons


def _check_instance(instance: Instance) -> Reason | None:
    if not instance.output:
        return Reason("no-output", detail="the answer is empty")
    if instance.input == instance.output:
        return Reason("output-repeats-input", detail="the answer is the input")
    if instance.input.endswith(":") or instance.output.endswith(":"):
        return Reason("ends-in-colon", detail="it breaks off after a colon")
    return None
