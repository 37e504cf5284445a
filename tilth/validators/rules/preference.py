"""What is wrong with a preference: nothing to prefer, or a shape that trains on something else than it seems to."""

from collections.abc import Iterator
from typing import Any

from tilth.schemas import Fields
from tilth.schemas.message import messages_text
from tilth.validators.rule import Rule, RuleContext, Violation, rule
from tilth.validators.rules import plain, said

_SIDES = ("chosen", "rejected")
_ALL = ("prompt", *_SIDES)


@rule("chosen-is-rejected")
def _chosen_is_rejected(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """Chosen and rejected say the same, so there is nothing to prefer."""
    chosen, rejected = (fields.get(name) for name in _SIDES)
    if _said(chosen) == _said(rejected) != "" or (chosen == rejected and chosen):
        hint = "write a worse answer, or leave the row out"
        yield Violation(("rejected",), "says the same as chosen", _said(rejected), "another answer", hint=hint)


@rule("answer-is-prompt")
def _answer_is_prompt(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """The chosen answer says what the prompt says, but for case and whitespace."""
    if plain.same_text(messages_text(fields.get("prompt")), messages_text(fields.get("chosen"))):
        yield Violation(("chosen",), "repeats the prompt", _said(fields["chosen"]), "an answer", hint="write an answer")


def _said(value: Any) -> str:
    return (messages_text(value) or "").strip()


RULES: tuple[Rule, ...] = (
    said.empty(*_ALL),
    _chosen_is_rejected,
    _answer_is_prompt,
    said.mixed_shapes(*_ALL),
    said.prompt_repeated(*_SIDES),
    said.unknown_role(*_ALL),
    said.turn_order(*_ALL),
    said.whitespace(*_ALL),
    said.control_text(*_ALL, "system"),
)
