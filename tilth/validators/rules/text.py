"""What is wrong with a text: that there is none."""

from collections.abc import Iterator

from tilth.schemas import Fields
from tilth.validators.rule import Rule, RuleContext, Violation, rule
from tilth.validators.rules.control_text import control_text
from tilth.validators.rules.plain import blanks, untrimmed


@rule("empty")
def _empty(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """The text is empty, or holds only whitespace or invisible characters."""
    yield from blanks(fields, "text")


@rule("whitespace", "warning")
def _whitespace(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """The text has whitespace before or after it."""
    yield from untrimmed(("text",), fields.get("text"))


@rule("control-text", "warning")
def _control_text(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """The text spells a control token of a chat template, which a tokenizer may take for the real one."""
    yield from control_text(("text",), fields.get("text"))


RULES: tuple[Rule, ...] = (_empty, _whitespace, _control_text)
