"""Whether an answer fits its question: it stands in the context, is of the kind that is asked for, is one of the
choices."""

import re
from collections.abc import Iterator
from typing import Any

from tilth.schemas import Fields
from tilth.validators.rule import Rule, RuleContext, Violation, rule
from tilth.validators.rules.plain import is_blank

_COUNTED = re.compile(
    r"\d|\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)"
    r"teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|[mb]illions?|dozens?|half|quarter"
    r"|none|no|all|both|every|each|many|much|most|more|few|fewer|less|little|several|some|any|a|an|once|twice|thrice"
    r"|single|sole|pair|couple|double|triple|countless|numerous|infinite(?:ly)?|unlimited|unknown|numbers?|majority|minority|often|rarely|seldom|never|always|until|till|since|life(?:time|long)?|forever"
    r"|[ivxlc]+)\b",
    re.IGNORECASE,
)
_TIMED = re.compile(
    r"\d|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b"
    r"|\b(?:spring|summer|autumn|fall|winter|morning|noon|afternoon|evening|night|midnight|dawn|dusk|days?|weeks?|months?"
    r"|years?|decades?|centur(?:y|ies)|eras?|ages?|period|times?|seasons?|today|tomorrow|yesterday|tonight|now|never"
    r"|always|when|whenever|while|before|after|during|since|until|till|once|upon|if|in|on|at|by|as|ago|later|early|late"
    r"|end|start|beginning|birth|death|war|easter|christmas|ramadan|unknown)\b",
    re.IGNORECASE,
)
_LETTER = re.compile(r"[^\W\d_]")
_KINDS = (
    (re.compile(r"^(?:who|whom|whose|where)\b", re.IGNORECASE), _LETTER, "a name"),
    (re.compile(r"\bhow (?:many|much|old|long|tall|far|often)\b", re.IGNORECASE), _COUNTED, "a number or an amount"),
    (
        re.compile(
            r"^when (?:do|does|did|is|are|was|were|will|has|have|had|can|should)\b|\b(?:what|which) (?:year|date)\b",
            re.IGNORECASE,
        ),
        _TIMED,
        "a time",
    ),
)
"""For questions of a kind what their answers have somewhere, and what that is called; the first kind counts."""


@rule("answer-not-in-context", "warning")
def _answer_not_in_context(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """An answer without an offset stands nowhere in the context, however it is spaced and written."""
    passage = fields.get("context")
    if not isinstance(passage, str) or is_blank(passage):
        return
    held = _folded(passage)
    for index, answer in _said(fields):
        if answer.get("start") is None and _folded(answer["text"]) not in held:
            hint = "correct the answer or the context; switch the code off where answers are in own words"
            yield Violation(("answers", index, "text"), "stands nowhere in the context", answer["text"], hint=hint)


@rule("answer-kind", "warning")
def _answer_kind(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """No answer is of the kind that an English question asks for: a number, a time, a name."""
    question, said = fields.get("question"), _said(fields)
    if not isinstance(question, str) or not said:
        return
    kind = next((kind for kind in _KINDS if kind[0].search(question.strip())), None)
    if kind and not any(kind[1].search(answer["text"]) for _, answer in said):
        index, answer = said[0]
        yield Violation(("answers", index, "text"), "is not what is asked for", answer["text"], kind[2])


@rule("answer-not-a-choice")
def _answer_not_a_choice(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """The question has choices, and an answer is none of them, or the place of none."""
    choices = _choices(fields)
    if not choices:
        return
    held = fields.get("answers")
    if isinstance(held, int):
        hint = f"there are {len(choices)} choices, the first is 0"
        yield Violation(("answers",), "is the place of no choice", held, "the place of a choice", hint=hint)
    known = {_folded(choice) for choice in choices}
    for index, answer in _said(fields):
        if _folded(answer["text"]) not in known:
            yield Violation(("answers", index, "text"), "is none of the choices", answer["text"], "one of the choices")


@rule("repeated-choice", "warning")
def _repeated_choice(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """Two of the choices say the same, so that two answers are right, or a distractor is missing."""
    seen: set[str] = set()
    for choice in _choices(fields):
        if _folded(choice) in seen:
            yield Violation(("extra",), "names a choice twice", choice, "choices that differ")
            return
        seen.add(_folded(choice))


def _said(fields: Fields) -> list[tuple[int, dict[str, Any]]]:
    """The answers that say something, with their places."""
    held = fields.get("answers")
    answers = (
        [(index, one) for index, one in enumerate(held) if isinstance(one, dict)] if isinstance(held, list) else []
    )
    return [(index, one) for index, one in answers if isinstance(one.get("text"), str) and not is_blank(one["text"])]


def _choices(fields: Fields) -> list[str]:
    extra = fields.get("extra")
    choices = extra.get("choices") if isinstance(extra, dict) else None
    return [choice for choice in choices if isinstance(choice, str)] if isinstance(choices, list) else []


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


RULES: tuple[Rule, ...] = (_answer_not_in_context, _answer_kind, _answer_not_a_choice, _repeated_choice)
