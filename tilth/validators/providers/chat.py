"""What a service refuses in a chat. The checks of OpenAI's cookbook, and what services have added since."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from tilth.schemas import Fields
from tilth.validators.providers.service import Service
from tilth.validators.rule import Rule, RuleContext, Violation, rule

_OTHER_SHAPES = ("text", "prompt", "completion", "input", "preferred_output", "non_preferred_output")


def chat_rules(service: Service) -> tuple[Rule, ...]:
    """The rules of one service for chats."""

    @rule("provider-message")
    def _messages(fields: Fields, context: RuleContext) -> Iterator[Violation]:
        """A message has a role, a key or a content that the service does not take."""
        yield from message_violations(service, ("messages",), fields.get("messages"))

    @rule("provider-turns")
    def _turns(fields: Fields, context: RuleContext) -> Iterator[Violation]:
        """The turns come in an order that the service does not take, or the assistant has none."""
        yield from turn_violations(service, ("messages",), fields.get("messages"))
        said = _said(fields.get("messages"))
        if said and said[-1].get("role") != "assistant" and service.name in ("openai", "azure"):
            path = ("messages", len(said) - 1, "role")
            yield Violation(path, f"speaks last, which {service.name} refuses", said[-1].get("role"), "assistant")

    @rule("provider-weight")
    def _weight(fields: Fields, context: RuleContext) -> Iterator[Violation]:
        """A weight is neither 0 nor 1."""
        for index, message in enumerate(_said(fields.get("messages"))):
            weight = message.get("weight")
            if weight is not None and (isinstance(weight, bool) or weight not in (0, 1)):
                yield Violation(("messages", index, "weight"), "is neither 0 nor 1", weight, "0 or 1")

    @rule("provider-shape")
    def _shape(fields: Fields, context: RuleContext) -> Iterator[Violation]:
        """The row has the fields of another shape beside its messages, and the service refuses such a file."""
        extra = fields.get("extra")
        for name in _OTHER_SHAPES if isinstance(extra, dict) and service.name == "together" else ():
            if name in (extra or {}):
                hint = "take the field out"
                yield Violation(("extra", name), "stands beside messages", None, "messages alone", hint=hint)

    return (_messages, _turns, _weight, _shape)


def message_violations(service: Service, path: tuple[str | int, ...], messages: Any) -> Iterator[Violation]:
    """What the service refuses in single messages."""
    for index, message in enumerate(_said(messages)):
        place = (*path, index)
        role = message.get("role")
        if role not in service.roles:
            yield Violation((*place, "role"), f"is no role of {service.name}", role, ", ".join(sorted(service.roles)))
        for key in message if service.message_keys is not None else ():
            if service.message_keys is not None and key not in service.message_keys and message[key] is not None:
                yield Violation((*place, key), f"is no key that {service.name} knows in a message", None)
        has_call = bool(message.get("function_call") or message.get("tool_calls"))
        content = message.get("content")
        if not has_call and not (isinstance(content, str) and content) and not (isinstance(content, list) and content):
            yield Violation((*place, "content"), "holds no text", content, "text")


def turn_violations(service: Service, path: tuple[str | int, ...], messages: Any) -> Iterator[Violation]:
    """What the service refuses in the order of the messages."""
    said = _said(messages)
    roles = [message.get("role") for message in said]
    if said and "assistant" not in roles:
        yield Violation(path, "have no turn of the assistant", None, "at least one")
    if not (service.alternates or service.name == "fireworks"):
        return
    for index, role in enumerate(roles):
        if role == "system" and index:
            place = (*path, index, "role")
            yield Violation(place, f"comes after the first turn, which {service.name} refuses", role, "first place")
    turns = [(index, role) for index, role in enumerate(roles) if role in ("user", "assistant")]
    for (_, before), (index, role) in pairwise(turns) if service.alternates else ():
        if role == before and "tool" not in roles:
            yield Violation((*path, index, "role"), "speaks twice in a row", role, "user and assistant in turns")
    if service.alternates and turns and turns[0][1] == "assistant":
        yield Violation((*path, turns[0][0], "role"), "speaks first", "assistant", "system or user")


def _said(messages: Any) -> list[dict[str, Any]]:
    is_list = isinstance(messages, list) and all(isinstance(message, dict) for message in messages)
    return messages if is_list else []
