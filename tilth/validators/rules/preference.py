"""What is wrong with a preference: nothing to prefer, or a shape that trains on something else than it seems to."""

from collections.abc import Iterator
from typing import Any

from tilth.schemas import Fields
from tilth.schemas.message import messages_text
from tilth.validators.rule import Rule, RuleContext, Violation, rule
from tilth.validators.rules import messages, plain
from tilth.validators.rules.control_text import control_text

_SIDES = ("chosen", "rejected")
_ALL = ("prompt", *_SIDES)


@rule("empty")
def _empty(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """Prompt, chosen or rejected say nothing."""
    yield from plain.blanks(fields, *_ALL)
    for name in _ALL:
        value = fields.get(name)
        if isinstance(value, list) and not value:
            yield Violation((name,), "has no turn", None, "at least one", hint="write it, or leave the row out")
        yield from messages.empty_turns((name,), value)


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


@rule("mixed-shapes")
def _mixed_shapes(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """Some of prompt, chosen and rejected are text, and some are messages."""
    is_list = {name: isinstance(fields[name], list) for name in _ALL if isinstance(fields.get(name), str | list)}
    if len(set(is_list.values())) > 1:
        name = next(name for name in is_list if is_list[name] != is_list[next(iter(is_list))])
        first = "messages" if is_list[next(iter(is_list))] else "text"
        hint = "make all three text, or all three messages"
        yield Violation((name,), f"has another shape than {next(iter(is_list))}", None, first, hint=hint)


@rule("prompt-repeated")
def _prompt_repeated(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """A list of answers begins with the prompt's own turns; a trainer would show the prompt twice."""
    for name in _SIDES:
        value = fields.get(name)
        first = value[0] if isinstance(value, list) and value else None
        if isinstance(first, dict) and first.get("role") in ("system", "user"):
            hint = "keep only the answer's turns"
            yield Violation((name, 0, "role"), "opens an answer", first["role"], "assistant", hint=hint)


@rule("unknown-role")
def _unknown_role(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """A speaker is none of system, developer, user, assistant, tool and function."""
    for name in _ALL:
        yield from messages.unknown_roles((name,), fields.get(name))


@rule("turn-order")
def _turn_order(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """User and assistant do not take turns, or a tool answers without being called."""
    for name in _ALL:
        yield from messages.out_of_turn((name,), fields.get(name))


@rule("whitespace", "warning")
def _whitespace(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """A text has whitespace before or after it."""
    for name in (*_ALL, "system"):
        yield from plain.untrimmed((name,), fields.get(name))
        yield from messages.untrimmed_turns((name,), fields.get(name))


@rule("control-text", "warning")
def _control_text(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """A text spells a control token of a chat template, which a tokenizer may take for the real one."""
    for name in (*_ALL, "system"):
        yield from control_text((name,), fields.get(name))
        yield from messages.control_text_turns((name,), fields.get(name))


def _said(value: Any) -> str:
    return (messages_text(value) or "").strip()


RULES: tuple[Rule, ...] = (
    _empty,
    _chosen_is_rejected,
    _answer_is_prompt,
    _mixed_shapes,
    _prompt_repeated,
    _unknown_role,
    _turn_order,
    _whitespace,
    _control_text,
)
