"""The preference record: one prompt, and two answers of which one is better."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from tilth.schemas.identity import Parts, join
from tilth.schemas.message import Message, messages_text
from tilth.schemas.record import Record

Said = str | list[Message]
"""A text, or the messages of a conversation."""


class Preference(Record):
    """Two answers to one prompt, for DPO and reward models.

        {"type": "preference", "prompt": "Name a prime.", "chosen": "7 is a prime.", "rejected": "9 is a prime."}

    All three are text, or all three are lists of messages; then `chosen` and `rejected` hold the answers alone and
    do not repeat the prompt.
    """

    type: Literal["preference"] = "preference"
    """Always `preference`."""
    prompt: Said
    """What both answers reply to."""
    chosen: Said
    """The better answer."""
    rejected: Said
    """The worse answer."""
    system: str | None = None
    """The system prompt, where there is one."""
    margin: int | float | None = None
    """How much better the chosen answer is, where somebody measured it."""
    ratings: dict[str, Any] | None = None
    """What judges said of each answer."""

    tools: list[dict[str, Any]] | str | None = None
    """JSON Schemas of the tools that the answers may call."""

    summary: ClassVar[str] = "one prompt, and two answers of which one is better"

    @classmethod
    def parts(cls, fields: Mapping[str, Any]) -> Parts:
        """Prompt: prompt; answer: chosen; text: prompt, chosen and rejected."""
        prompt, chosen, rejected = (messages_text(fields.get(name)) for name in ("prompt", "chosen", "rejected"))
        return Parts(prompt, chosen, join((prompt, chosen, rejected)))
