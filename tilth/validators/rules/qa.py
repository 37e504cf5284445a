"""What is wrong with a question and its answers: nothing asked, nothing answered, an answer not at its place."""

from collections.abc import Iterator
from typing import Any

from tilth.schemas import Fields
from tilth.validators.rule import Repair, Rule, RuleContext, Violation, rule
from tilth.validators.rules import answer_fit
from tilth.validators.rules.control_text import control_text
from tilth.validators.rules.plain import blank, blanks, is_blank_text, same_text, untrimmed


@rule("empty")
def _empty(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """The question or an answer is empty, or holds only whitespace or invisible characters."""
    yield from blanks(fields, "question")
    for index, answer in _answers(fields):
        if is_blank_text(answer.get("text")):
            yield blank(("answers", index, "text"), answer["text"])


@rule("answer-offset")
def _answer_offset(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """The context does not hold the answer at the answer's offset; repaired when it holds it exactly once."""
    passage = fields.get("context")
    if not isinstance(passage, str):
        return
    for index, answer in _answers(fields):
        text, start = answer.get("text"), answer.get("start")
        if not (isinstance(text, str) and text and isinstance(start, int) and not isinstance(start, bool)):
            continue
        if start >= 0 and passage[start : start + len(text)] == text:
            continue
        yield _misplaced(("answers", index, "start"), text, start, passage)


@rule("offset-without-context")
def _offset_without_context(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """An answer has an offset, and there is no context to count in."""
    if fields.get("context") is None:
        for index, answer in _answers(fields):
            if answer.get("start") is not None:
                path = ("answers", index, "start")
                yield Violation(path, "counts in a context that is not there", answer["start"], "a context")


@rule("impossible-answered")
def _impossible_answered(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """A question that is marked as impossible has answers."""
    if fields.get("is_impossible") is True and fields.get("answers"):
        hint = "take the answers out, or the mark"
        yield Violation(("answers",), "answer an impossible question", fields["answers"], "none", hint=hint)


@rule("unanswered", "warning")
def _unanswered(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """A question has no answer and is not marked as impossible."""
    if fields.get("answers") == [] and fields.get("is_impossible") is not True:
        hint = "add an answer, or set is_impossible to true"
        yield Violation(("answers",), "holds no answer", None, "at least one, or is_impossible: true", hint=hint)


@rule("answer-is-prompt")
def _answer_is_prompt(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """An answer says what the question says, but for case and whitespace."""
    for index, answer in _answers(fields):
        if same_text(answer.get("text"), fields.get("question")):
            yield Violation(("answers", index, "text"), "repeats the question", answer["text"], "an answer")


@rule("whitespace", "warning")
def _whitespace(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """The question has whitespace around it. Answers and contexts are left alone: offsets count in them."""
    yield from untrimmed(("question",), fields.get("question"))


@rule("control-text", "warning")
def _control_text(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """A text spells a control token of a chat template, which a tokenizer may take for the real one."""
    for name in ("question", "context"):
        yield from control_text((name,), fields.get(name))
    for index, answer in _answers(fields):
        yield from control_text(("answers", index, "text"), answer.get("text"))


def _answers(fields: Fields) -> list[tuple[int, dict[str, Any]]]:
    answers = fields.get("answers")
    items = answers if isinstance(answers, list) else []
    return [(index, item) for index, item in enumerate(items) if isinstance(item, dict)]


def _misplaced(path: tuple[str, int, str], text: str, start: int, passage: str) -> Violation:
    found = passage[start : start + len(text)] if start >= 0 else ""
    first = passage.find(text)
    if first < 0:
        said = f"is {start}, where the context says something else, and nowhere in it stands the answer"
        return Violation(path, said, found, text, hint="correct the answer or the context")
    if passage.find(text, first + 1) < 0:
        return Violation(path, f"is {start}, and the answer stands at {first}", found, text, Repair(first))
    said = f"is {start}, and the answer stands at {first} and elsewhere"
    return Violation(path, said, found, text, hint="choose which one is meant")


RULES: tuple[Rule, ...] = (
    _empty,
    _answer_offset,
    _offset_without_context,
    _impossible_answered,
    _unanswered,
    _answer_is_prompt,
    *answer_fit.RULES,
    _whitespace,
    _control_text,
)
