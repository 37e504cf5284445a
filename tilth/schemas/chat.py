"""The chat record: a conversation of any number of turns."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from tilth.schemas.identity import Parts
from tilth.schemas.message import Message, messages_text, split_by_speaker
from tilth.schemas.record import Record


class Chat(Record):
    """A conversation. The assistant's turns are what a model learns.

        {"type": "chat", "messages": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hi!"}]}

    Its prompt is what everybody but the assistant says, its answer what the assistant says.
    """

    type: Literal["chat"] = "chat"
    """Always `chat`."""
    messages: Annotated[list[Message], Field(min_length=1)]
    """The turns, oldest first."""
    tools: list[dict[str, Any]] | str | None = None
    """JSON Schemas of the tools that the assistant may call; a JSON text where a tool chain wants one."""

    summary: ClassVar[str] = "a conversation of any number of turns"

    @classmethod
    def parts(cls, fields: Mapping[str, Any]) -> Parts:
        """Prompt: all but the assistant's messages; answer: the assistant's; text: all in order."""
        messages = fields.get("messages")
        if not isinstance(messages, list):
            return Parts(None, None, "")
        prompt, answer = split_by_speaker(messages)
        return Parts(prompt, answer, messages_text(messages) or "")
