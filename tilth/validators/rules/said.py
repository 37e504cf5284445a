"""Rules for records of which a field is a text, or the messages of a conversation: prompts, and answers to them."""

from collections.abc import Iterator

from tilth.schemas import Fields
from tilth.validators.rule import Repair, Rule, RuleContext, Violation, rule
from tilth.validators.rules import control_text as control
from tilth.validators.rules import messages, plain


def empty(*names: str) -> Rule:
    """None of the fields may say nothing."""

    @rule("empty")
    def check(fields: Fields, context: RuleContext) -> Iterator[Violation]:
        """A text, or a turn, that has to say something says nothing."""
        yield from plain.blanks(fields, *names)
        for name in names:
            value = fields.get(name)
            if isinstance(value, list) and not value:
                yield Violation((name,), "has no turn", None, "at least one", hint="write it, or leave the row out")
            yield from messages.empty_turns((name,), value)

    return check


def mixed_shapes(*names: str) -> Rule:
    """All fields are of one shape."""

    @rule("mixed-shapes")
    def check(fields: Fields, context: RuleContext) -> Iterator[Violation]:
        """Some of the prompt and its answers are text, and some are messages."""
        is_list = {name: isinstance(fields[name], list) for name in names if isinstance(fields.get(name), str | list)}
        if len(set(is_list.values())) > 1:
            name = next(name for name in is_list if is_list[name] != is_list[next(iter(is_list))])
            first = "messages" if is_list[next(iter(is_list))] else "text"
            hint = f"make all {len(names)} text, or all {len(names)} messages"
            yield Violation((name,), f"has another shape than {next(iter(is_list))}", None, first, hint=hint)

    return check


def prompt_repeated(*answers: str) -> Rule:
    """None of the answers begins with the prompt."""

    @rule("prompt-repeated")
    def check(fields: Fields, context: RuleContext) -> Iterator[Violation]:
        """A list of answers begins with the prompt's own turns; a trainer would show the prompt twice."""
        for name in answers:
            value = fields.get(name)
            first = value[0] if isinstance(value, list) and value else None
            if isinstance(first, dict) and first.get("role") in ("system", "user"):
                hint = "keep only the answer's turns"
                yield Violation((name, 0, "role"), "opens an answer", first["role"], "assistant", hint=hint)

    return check


def unknown_role(*names: str) -> Rule:
    """Every speaker is one that templates know."""

    @rule("unknown-role")
    def check(fields: Fields, context: RuleContext) -> Iterator[Violation]:
        """A speaker is none of system, developer, user, assistant, tool and function."""
        for name in names:
            yield from messages.unknown_roles((name,), fields.get(name))

    return check


def turn_order(*names: str) -> Rule:
    """Speakers take turns."""

    @rule("turn-order")
    def check(fields: Fields, context: RuleContext) -> Iterator[Violation]:
        """User and assistant do not take turns, or a tool answers without being called."""
        for name in names:
            yield from messages.out_of_turn((name,), fields.get(name))

    return check


def whitespace(prompt: str, *answers: str) -> Rule:
    """No text has whitespace around it, but where that stands between a prompt and what goes on from it."""

    @rule("whitespace", "warning")
    def check(fields: Fields, context: RuleContext) -> Iterator[Violation]:
        """A text has whitespace before or after it, other than between a prompt and all of its answers."""
        goes_on = _goes_on(fields.get(prompt), [fields.get(name) for name in answers])
        for name in (prompt, *answers, "system"):
            value = fields.get(name)
            if goes_on and name in answers and isinstance(value, str):
                if value != value.rstrip():
                    yield Violation((name,), "has whitespace behind it", value, "none", Repair(value.rstrip()))
                continue
            yield from plain.untrimmed((name,), value)
            yield from messages.untrimmed_turns((name,), value)

    return check


def control_text(*names: str) -> Rule:
    """No text spells a control token."""

    @rule("control-text", "warning")
    def check(fields: Fields, context: RuleContext) -> Iterator[Violation]:
        """A text spells a control token of a chat template, which a tokenizer may take for the real one."""
        for name in names:
            yield from control.control_text((name,), fields.get(name))
            yield from messages.control_text_turns((name,), fields.get(name))

    return check


def _goes_on(prompt: object, answers: list[object]) -> bool:
    """Whether all answers are texts that go on from the prompt's: "The sky is" and " blue.", which trainers join."""
    are_texts = isinstance(prompt, str) and bool(answers) and all(isinstance(each, str) for each in answers)
    return are_texts and prompt == str(prompt).rstrip() != "" and all(str(each)[:1].isspace() for each in answers)
