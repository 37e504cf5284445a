"""What is wrong with an answer that is judged step by step: steps that say nothing, or that nobody judged."""

from collections.abc import Iterator
from typing import Any

from tilth.schemas import Fields
from tilth.validators.rule import Rule, RuleContext, Violation, rule
from tilth.validators.rules import control_text, plain


@rule("empty")
def _empty(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """The prompt or a step says nothing, or there is no step."""
    yield from plain.blanks(fields, "prompt")
    if fields.get("completions") == []:
        yield Violation(("completions",), "has no step", None, "at least one", hint="write it, or leave the row out")
    for place, step in enumerate(_steps(fields)):
        if plain.is_blank_text(step):
            yield plain.blank(("completions", place), step)


@rule("label-count")
def _label_count(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """There are more steps than labels, or fewer: whose is whose, nobody can tell."""
    labels, steps = fields.get("labels"), fields.get("completions")
    if isinstance(labels, list) and isinstance(steps, list) and len(labels) != len(steps):
        hint = "give every step one label"
        yield Violation(("labels",), "does not go with completions", len(labels), f"{len(steps)} labels", hint=hint)


@rule("control-text", "warning")
def _control_text(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """A text spells a control token of a chat template, which a tokenizer may take for the real one."""
    yield from control_text.control_text(("prompt",), fields.get("prompt"))
    for place, step in enumerate(_steps(fields)):
        yield from control_text.control_text(("completions", place), step)


def _steps(fields: Fields) -> list[Any]:
    steps = fields.get("completions")
    return steps if isinstance(steps, list) else []


RULES: tuple[Rule, ...] = (_empty, _label_count, _control_text)
