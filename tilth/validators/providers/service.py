"""What a fine-tuning service takes: declared as data, one service a line, checked by the rules beside it."""

from collections.abc import Mapping
from dataclasses import dataclass

_OPENAI_KEYS = frozenset(
    {"role", "content", "name", "function_call", "weight", "tool_calls", "tool_call_id", "refusal"}
)
_OPENAI_ROLES = frozenset({"system", "developer", "user", "assistant", "tool", "function"})


@dataclass(frozen=True)
class Service:
    """The rules of one service, where they differ between services."""

    name: str
    roles: frozenset[str]
    """Who may speak in a chat."""
    message_keys: frozenset[str] | None
    """The names that a message may have; None where others are ignored."""
    alternates: bool
    """Whether user and assistant must take turns, after one system message at most."""
    output_roles: frozenset[str]
    """Who may speak in the two outputs of a preference."""
    one_output: bool
    """Whether an output must be exactly one message of the assistant."""
    rows: range
    """How many rows a file may have; the end is not included."""
    source: str
    """Where the service says so."""


_MANY = 2**63

SERVICES: Mapping[str, Service] = {
    service.name: service
    for service in (
        Service(
            "openai",
            _OPENAI_ROLES,
            _OPENAI_KEYS,
            alternates=False,
            output_roles=frozenset({"assistant"}),
            one_output=True,
            rows=range(10, _MANY),
            source="OpenAI cookbook, Chat_finetuning_data_prep; platform guide, direct preference optimization",
        ),
        Service(
            "azure",
            _OPENAI_ROLES,
            _OPENAI_KEYS,
            alternates=False,
            output_roles=frozenset({"assistant", "tool"}),
            one_output=False,
            rows=range(10, _MANY),
            source="learn.microsoft.com, Foundry, fine-tuning and direct preference optimization",
        ),
        Service(
            "together",
            frozenset({"system", "user", "assistant", "tool"}),
            None,
            alternates=True,
            output_roles=frozenset({"assistant"}),
            one_output=True,
            rows=range(1, _MANY),
            source="docs.together.ai, fine-tuning, data preparation",
        ),
        Service(
            "fireworks",
            frozenset({"system", "user", "assistant", "tool"}),
            None,
            alternates=False,
            output_roles=frozenset({"assistant"}),
            one_output=True,
            rows=range(3, 3_000_001),
            source="docs.fireworks.ai, fine-tuning",
        ),
    )
}
