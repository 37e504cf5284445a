"""The prompt record: something to answer, without an answer."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from tilth.schemas.identity import NOT_CONTENT, Parts
from tilth.schemas.message import Message, messages_text
from tilth.schemas.record import Record


class Prompt(Record):
    """What a model is to answer, for online training (GRPO) and for evaluation.

    {"type": "prompt", "prompt": "Name a prime between 10 and 20."}
    """

    type: Literal["prompt"] = "prompt"
    """Always `prompt`."""
    prompt: str | list[Message]
    """The text, or the messages up to the turn that is to be answered."""
    system: str | None = None
    """The system prompt, where there is one."""
    tools: list[dict[str, Any]] | str | None = None
    """JSON Schemas of the tools that the answer may call."""

    summary: ClassVar[str] = "something to answer, without an answer"

    @classmethod
    def evidence(cls, row: Mapping[str, Any]) -> frozenset[str]:
        """A prompt beside other texts is half of something else: `prompt` and `response`, for one."""
        found = super().evidence(row)
        known = {*cls.field_names(), *NOT_CONTENT, "type"}
        has_others = any(isinstance(value, str | list) for name, value in row.items() if name not in known)
        return frozenset() if has_others else found

    @classmethod
    def parts(cls, fields: Mapping[str, Any]) -> Parts:
        """Prompt: prompt; no answer; text: prompt."""
        prompt = messages_text(fields.get("prompt"))
        return Parts(prompt, None, prompt or "")
