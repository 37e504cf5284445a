"""What fine-tuning services refuse: one rule set a service, named by `--provider`."""

from tilth.validators.providers.chat import chat_rules
from tilth.validators.providers.other import other_rules
from tilth.validators.providers.preference import preference_rules
from tilth.validators.providers.service import SERVICES, Service
from tilth.validators.rule import Rule

__all__ = ["CODES", "SERVICES", "Service", "provider_rules"]


def provider_rules(name: str, record_type: str) -> tuple[Rule, ...]:
    """The rules of a service for records of that type."""
    service = SERVICES[name]
    made = {"chat": chat_rules, "preference": preference_rules}.get(record_type, other_rules)
    return made(service)


CODES: frozenset[str] = frozenset(
    {rule.code for name in SERVICES for kind in ("chat", "preference", "text") for rule in provider_rules(name, kind)}
    | {"provider-rows"}
)
"""Every code that such a finding can have."""
