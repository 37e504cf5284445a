"""The instruction record: one task, its input if it has one, and the answer to learn."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from tilth.schemas.identity import Parts, join, text_or_none
from tilth.schemas.record import Record


class Instruction(Record):
    """A task and its answer, in one exchange.

        {"type": "instruction", "instruction": "Translate to French.", "input": "Good morning.", "output": "Bonjour."}

    Its prompt is the instruction and, below it, the input; its answer is the output.
    """

    type: Literal["instruction"] = "instruction"
    """Always `instruction`."""
    instruction: str
    """What to do."""
    input: str | None = None
    """What to do it with, where that is separate from the instruction."""
    output: str
    """The answer that a model is to learn."""
    system: str | None = None
    """The system prompt, where there is one."""

    summary: ClassVar[str] = "one task, its input if it has one, and the answer to learn"
    joins: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "prompt": ("instruction", "input"),
        "answer": ("output",),
        "text": ("instruction", "input", "output"),
    }

    @classmethod
    def parts(cls, fields: Mapping[str, Any]) -> Parts:
        """Prompt: instruction and input; answer: output; text: both."""
        prompt = join((fields.get("instruction"), fields.get("input")))
        answer = text_or_none(fields.get("output"))
        return Parts(prompt, answer, join((prompt, answer)))
