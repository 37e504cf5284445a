"""The stepwise record: a prompt, the steps of an answer, and which of them are right."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from tilth.schemas.identity import Parts, join, text_or_none
from tilth.schemas.record import Record


class Stepwise(Record):
    """An answer judged step by step, for process reward models.

    {"type": "stepwise", "prompt": "Which is larger, 9.8 or 9.11?",
     "completions": ["The fraction of 9.11 is 11 hundredths.", "11 is more than 8, so 9.11."],
     "labels": [true, false]}
    """

    type: Literal["stepwise"] = "stepwise"
    """Always `stepwise`."""
    prompt: str
    """What is asked."""
    completions: list[str]
    """The steps of the answer, in order."""
    labels: list[bool]
    """Whether each step is right."""

    summary: ClassVar[str] = "a prompt, the steps of an answer, and which of them are right"

    @classmethod
    def parts(cls, fields: Mapping[str, Any]) -> Parts:
        """Prompt: prompt; answer: the steps; text: both."""
        steps = fields.get("completions")
        answer = join(steps) if isinstance(steps, list) else None
        prompt = text_or_none(fields.get("prompt"))
        return Parts(prompt, answer, join((prompt, answer)))
