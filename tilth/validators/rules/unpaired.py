"""What is wrong with an answer that somebody judged: nothing said, or a shape that trains on something else."""

from collections.abc import Iterator

from tilth.schemas import Fields
from tilth.schemas.message import messages_text
from tilth.validators.rule import Rule, RuleContext, Violation, rule
from tilth.validators.rules import plain, said

_BOTH = ("prompt", "completion")


@rule("answer-is-prompt")
def _answer_is_prompt(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """An answer that is called good says what the prompt says, but for case and whitespace."""
    prompt, completion = (messages_text(fields.get(name)) for name in _BOTH)
    if fields.get("label") is True and plain.same_text(prompt, completion):
        hint = "write an answer, or call it a bad one"
        yield Violation(("completion",), "repeats the prompt", completion, "an answer", hint=hint)


RULES: tuple[Rule, ...] = (
    said.empty(*_BOTH),
    _answer_is_prompt,
    said.mixed_shapes(*_BOTH),
    said.prompt_repeated("completion"),
    said.unknown_role(*_BOTH),
    said.turn_order(*_BOTH),
    said.whitespace(*_BOTH),
    said.control_text(*_BOTH, "system"),
)
