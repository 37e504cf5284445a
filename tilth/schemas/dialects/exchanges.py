"""A conversation as pairs of what the user and what the assistant says, for shapes that know no other turns."""

from collections.abc import Collection
from typing import Any, NamedTuple

from tilth.schemas.dialects.loss import LossError

Message = dict[str, Any]


class Exchanges(NamedTuple):
    """A conversation in which the two take turns, in plain text."""

    system: str | None
    pairs: list[tuple[Message, Message]]


def exchanges_of(dialect: str, messages: Any, known: Collection[str] = ()) -> Exchanges:
    """The pairs of a conversation. Raises `LossError` for anything that pairs of texts cannot say.

    `known` are the names in an answer, beside role and content, that the dialect has a place for.
    """
    said = messages if isinstance(messages, list) else []
    roles = [message.get("role") if isinstance(message, dict) else None for message in said]
    head = int(roles[:1] == ["system"])
    if len(roles) - head < 2 or roles[head:] != ["user", "assistant"] * ((len(roles) - head) // 2):
        raise LossError(dialect, ["messages (other than turns of user and assistant)"])
    lost: list[str] = []
    for index, message in enumerate(said):
        placed = ("role", "content", *(known if message["role"] == "assistant" else ()))
        lost += [f"messages[{index}].{name}" for name in message if message[name] is not None and name not in placed]
        if not isinstance(message.get("content"), str):
            lost.append(f"messages[{index}].content (no text)")
    if head and said[0].get("content") == "":
        lost.append("messages[0].content (empty, which means no system prompt at all)")
    if lost:
        raise LossError(dialect, lost)
    turns = said[head:]
    return Exchanges(said[0]["content"] if head else None, list(zip(turns[::2], turns[1::2], strict=True)))


def exchange(user: str, assistant: str) -> list[Message]:
    """What the two say as messages."""
    return [{"role": "user", "content": user}, {"role": "assistant", "content": assistant}]
