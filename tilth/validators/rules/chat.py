"""What is wrong with a chat: speakers unknown or out of turn, turns with nothing in them, nothing to learn."""

from collections.abc import Iterator
from typing import Any

from tilth.schemas import Fields
from tilth.schemas.message import message_text
from tilth.validators.rule import Rule, RuleContext, Violation, rule
from tilth.validators.rules import messages

Message = dict[str, Any]


@rule("unknown-role")
def _unknown_role(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """A speaker is none of system, developer, user, assistant, tool and function."""
    yield from messages.unknown_roles(("messages",), fields.get("messages"))


@rule("empty")
def _empty(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """A turn says nothing and calls no tool."""
    yield from messages.empty_turns(("messages",), fields.get("messages"))


@rule("turn-order")
def _turn_order(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """User and assistant do not take turns, or a tool answers without being called."""
    yield from messages.out_of_turn(("messages",), fields.get("messages"))


@rule("no-assistant")
def _no_assistant(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """The assistant says nothing, so there is nothing to learn."""
    said = _messages(fields)
    if said and not _has_speaker(said, "assistant"):
        hint = "add the assistant's answer"
        yield Violation(("messages",), "have no turn of the assistant", None, "at least one", hint=hint)


@rule("no-user", "warning")
def _no_user(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """The user says nothing."""
    said = _messages(fields)
    if said and not _has_speaker(said, "user"):
        yield Violation(("messages",), "have no turn of the user", None, "at least one")


@rule("ends-unanswered", "warning")
def _ends_unanswered(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """The last turn is not the assistant's; whatever follows the assistant's last turn teaches nothing."""
    said = _messages(fields)
    if len(said) > 1 and said[-1].get("role") in ("user", "tool", "function"):
        path = ("messages", len(said) - 1, "role")
        yield Violation(path, "is the last to speak", said[-1]["role"], "assistant", hint="take the turn out")


@rule("late-system", "warning")
def _late_system(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """A system message stands behind the first turn; most chat templates refuse that."""
    for index, message in enumerate(_messages(fields)):
        if index and message.get("role") in ("system", "developer"):
            yield Violation(("messages", index, "role"), "comes after the first turn", message["role"], "first place")


@rule("weight", "warning")
def _weight(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """A weight is neither 0 nor 1, or is not the assistant's."""
    for index, message in enumerate(_messages(fields)):
        weight = message.get("weight")
        if weight is None:
            continue
        path = ("messages", index, "weight")
        if message.get("role") != "assistant":
            yield Violation(path, f"is set for the {message.get('role')}", weight, "a weight for the assistant only")
        elif weight not in (0, 1):
            yield Violation(path, "is neither 0 nor 1", weight, "0 or 1")


@rule("answer-is-prompt")
def _answer_is_prompt(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """The assistant says what the user has just said, but for case and whitespace."""
    said = _messages(fields)
    for index in range(1, len(said)):
        before, after = said[index - 1], said[index]
        if (before.get("role"), after.get("role")) == ("user", "assistant") and messages.say_the_same(before, after):
            path = ("messages", index, "content")
            yield Violation(path, "repeats the user", message_text(after), "an answer", hint="write an answer")


@rule("whitespace", "warning")
def _whitespace(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """A turn has whitespace before or after it."""
    yield from messages.untrimmed_turns(("messages",), fields.get("messages"))


@rule("control-text", "warning")
def _control_text(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """A turn spells a control token of a chat template, which a tokenizer may take for the real one."""
    yield from messages.control_text_turns(("messages",), fields.get("messages"))


def _messages(fields: Fields) -> list[Message]:
    """The messages, if they all are messages; otherwise none, and the schema says what they are."""
    value = fields.get("messages")
    return value if isinstance(value, list) and all(isinstance(message, dict) for message in value) else []


def _has_speaker(said: list[Message], role: str) -> bool:
    """Whether somebody speaks in that role, or in one that is unknown and may be meant for it."""
    return any(message.get("role") == role or messages.is_unknown_role(message.get("role")) for message in said)


RULES: tuple[Rule, ...] = (
    _unknown_role,
    _empty,
    _turn_order,
    _no_assistant,
    _no_user,
    _ends_unanswered,
    _late_system,
    _weight,
    _answer_is_prompt,
    _whitespace,
    _control_text,
)
