"""One message of a conversation, as chats and preferences hold it."""

from collections.abc import Iterable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from tilth.schemas.identity import join

Role = Literal["system", "developer", "user", "assistant", "tool", "function"]
"""Who speaks. `developer` is OpenAI's newer word for `system`, `function` its older word for `tool`."""


class Message(BaseModel):
    """What one speaker says. Names that are not listed here (`weight`, `tool_call_id`, ...) are carried along.

    {"role": "assistant", "content": "Have you tried turning it off and on again?"}
    """

    model_config = ConfigDict(extra="allow", strict=True, use_attribute_docstrings=True)

    role: Role
    """Who speaks."""
    content: str | list[dict[str, Any]] | None = None
    """The text; null beside tool calls; a list of parts (`{"type": "text", "text": ...}`) in multimodal sets."""
    name: str | None = None
    """Name of the speaker or, in a tool's message, of the tool."""
    tool_calls: list[dict[str, Any]] | None = None
    """Calls that the assistant makes: `{"type": "function", "function": {"name", "arguments"}}`."""
    weight: int | float | None = None
    """0 keeps an assistant's message out of the loss, 1 (or none) trains on it."""


def message_text(message: Any) -> str:
    """The text of a message; of a list of parts, the texts in it. Empty where there is none. Never raises."""
    content = message.get("content") if isinstance(message, dict) else None
    if isinstance(content, list):
        # LLaMA-Factory's newer files say `value` where everybody else says `text`.
        return join(part.get("text", part.get("value")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def messages_text(value: Any) -> str | None:
    """The text of something that may be text or a list of messages; None when it is neither."""
    if isinstance(value, list):
        return join(message_text(message) for message in value)
    return value if isinstance(value, str) else None


def split_by_speaker(messages: Iterable[Any]) -> tuple[str, str]:
    """What everybody but the assistant says, and what the assistant says."""
    prompt: list[str] = []
    answer: list[str] = []
    for message in messages:
        said_by_model = isinstance(message, dict) and message.get("role") == "assistant"
        (answer if said_by_model else prompt).append(message_text(message))
    return join(prompt), join(answer)
