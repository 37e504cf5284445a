"""Records that no service takes as they are."""

from collections.abc import Iterator

from tilth.schemas import Fields
from tilth.validators.providers.service import Service
from tilth.validators.rule import Rule, RuleContext, Violation, rule

_DIALECT = {"instruction": "openai", "qa": "openai"}


def other_rules(service: Service) -> tuple[Rule, ...]:
    """One rule: only chats and preferences can be uploaded."""

    @rule("provider-type")
    def _type(fields: Fields, context: RuleContext) -> Iterator[Violation]:
        """The service takes chats and preferences only."""
        found = str(fields.get("type"))
        dialect = _DIALECT.get(found)
        hint = f"tilth convert --to-dialect {dialect}" if dialect else ""
        yield Violation(("type",), f"is nothing that {service.name} trains on", found, "chat or preference", hint=hint)

    return (_type,)
