"""The unpaired preference record: one prompt, one answer, and whether it is a good one."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from tilth.schemas.identity import Parts, join
from tilth.schemas.message import Message, messages_text
from tilth.schemas.record import Record


class Unpaired(Record):
    """One answer with a thumb up or down, for KTO and for reward models.

        {"type": "unpaired", "prompt": "Name a prime.", "completion": "9 is a prime.", "label": false}

    Prompt and completion are both text, or both lists of messages.
    """

    type: Literal["unpaired"] = "unpaired"
    """Always `unpaired`."""
    prompt: str | list[Message]
    """What the answer replies to."""
    completion: str | list[Message]
    """The answer."""
    label: bool
    """Whether the answer is a good one."""
    system: str | None = None
    """The system prompt, where there is one."""
    tools: list[dict[str, Any]] | str | None = None
    """JSON Schemas of the tools that the answer may call."""

    summary: ClassVar[str] = "one prompt, one answer, and whether it is a good one"

    @classmethod
    def parts(cls, fields: Mapping[str, Any]) -> Parts:
        """Prompt: prompt; answer: completion; text: both."""
        prompt, answer = (messages_text(fields.get(name)) for name in ("prompt", "completion"))
        return Parts(prompt, answer, join((prompt, answer)))
