"""What is wrong with an instruction: no task, no answer, an answer that only repeats the task."""

from collections.abc import Iterator

from tilth.schemas import Fields, Instruction
from tilth.validators.rule import Repair, Rule, RuleContext, Violation, rule
from tilth.validators.rules.control_text import control_text
from tilth.validators.rules.placeholders import is_placeholder
from tilth.validators.rules.plain import blanks, same_text, untrimmed

_TEXTS = ("instruction", "input", "output", "system")


@rule("empty")
def _empty(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """A text that has to be there is empty, or holds only whitespace or invisible characters."""
    yield from blanks(fields, "instruction", "output")


@rule("answer-is-prompt")
def _answer_is_prompt(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """The answer says what the prompt says, but for case and whitespace."""
    output = fields.get("output")
    if same_text(output, Instruction.parts(fields).prompt) or same_text(output, fields.get("instruction")):
        yield Violation(("output",), "repeats the prompt", output, "an answer", hint="write an answer")


@rule("placeholder", "warning")
def _placeholder(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """A word such as `<noinput>` stands where there should be text, or nothing; repaired where nothing may stand."""
    for name in ("input", "output"):
        value = fields.get(name)
        if isinstance(value, str) and is_placeholder(value):
            repair = Repair("") if name == "input" else None
            yield Violation((name,), "holds a placeholder", value, "text, or nothing", repair, "write an answer")


@rule("whitespace", "warning")
def _whitespace(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """A text has whitespace before or after it."""
    for name in _TEXTS:
        yield from untrimmed((name,), fields.get(name))


@rule("control-text", "warning")
def _control_text(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """A text spells a control token of a chat template, which a tokenizer may take for the real one."""
    for name in _TEXTS:
        yield from control_text((name,), fields.get(name))


RULES: tuple[Rule, ...] = (_empty, _answer_is_prompt, _placeholder, _whitespace, _control_text)
