"""What a service refuses in a preference."""

from collections.abc import Iterator
from typing import Any

from tilth.schemas import Fields
from tilth.validators.providers.chat import message_violations
from tilth.validators.providers.service import Service
from tilth.validators.rule import Rule, RuleContext, Violation, rule


def preference_rules(service: Service) -> tuple[Rule, ...]:
    """The rules of one service for preferences; texts count as the one message that they are written as."""

    @rule("provider-message")
    def _messages(fields: Fields, context: RuleContext) -> Iterator[Violation]:
        """A message has a role, a key or a content that the service does not take."""
        for name in ("prompt", "chosen", "rejected"):
            yield from message_violations(service, (name,), _as_messages(name, fields.get(name)))

    @rule("provider-prompt")
    def _prompt(fields: Fields, context: RuleContext) -> Iterator[Violation]:
        """The prompt is answered already, or asks nothing."""
        said = _as_messages("prompt", fields.get("prompt"))
        roles = [message.get("role") for message in said if isinstance(message, dict)]
        if roles and "user" not in roles:
            yield Violation(("prompt",), "has no message of the user", None, "at least one")
        if roles and roles[-1] == "assistant":
            yield Violation(("prompt", len(roles) - 1, "role"), "speaks last", "assistant", "user or tool")

    @rule("provider-output")
    def _output(fields: Fields, context: RuleContext) -> Iterator[Violation]:
        """An output is not what the service takes as one."""
        for name in ("chosen", "rejected"):
            said = _as_messages(name, fields.get(name))
            roles = [message.get("role") for message in said if isinstance(message, dict)]
            strange = [role for role in roles if role not in service.output_roles]
            if strange:
                allowed = " and ".join(sorted(service.output_roles))
                yield Violation((name,), f"has a message of {strange[0]}", strange[0], f"messages of {allowed}")
            elif roles.count("assistant") == 0:
                yield Violation((name,), "has no message of the assistant", None, "at least one")
            elif service.one_output and len(roles) != 1:
                yield Violation((name,), f"has {len(roles)} messages", None, "exactly one of the assistant")
            if service.name == "openai" and any(isinstance(each.get("content"), list) for each in _objects(said)):
                yield Violation((name,), "has parts that are no text", None, "text only")

    return (_messages, _prompt, _output)


def _as_messages(name: str, value: Any) -> list[Any]:
    if isinstance(value, str):
        return [{"role": "user" if name == "prompt" else "assistant", "content": value}]
    return value if isinstance(value, list) else []


def _objects(values: list[Any]) -> list[dict[str, Any]]:
    return [value for value in values if isinstance(value, dict)]
