"""Answers that do not compute: equations in the answer, sums and means of given numbers, conversions of units.

Exact fractions, no guesses: what is not understood is no finding. An answer is right when the true value is among its
numbers, rounded to as many digits as it gives.
"""

import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from statistics import mean, median, multimode

from tilth.curate.flaws.expressions import Number, equations, evaluate, expressions, numbers, rounds_to
from tilth.curate.flaws.flaw import Asked
from tilth.curate.flaws.units import conversion

_LIST = re.compile(r"[-+]?\d[\d.]*+(?:(?:\s?[,;]\s{0,2}|\s)(?:and\s)?[-+]?\d[\d.]*+)++")
_ONLY_NUMBERS = re.compile(r"[^A-Za-z]*(?:(?:and|data|set|numbers?|values?|list)[^A-Za-z]*)*", re.IGNORECASE)
_COMPUTES = re.compile(
    r"\b(?:what is|what's|calculate|compute|evaluate|solve|find|simplify|work out|answer)\b", re.IGNORECASE
)
_ROUNDS = re.compile(r"\b(?:about|approx\w*|around|round\w*|nearly|almost|nearest)\b|[≈~]", re.IGNORECASE)
_WORDS_BESIDE_A_SUM = 12  # more is a story, of which the numbers are only a part

_OF_A_LIST: dict[str, Callable[[Sequence[Fraction]], Sequence[Fraction]]] = {
    "median": lambda values: [median(values)],
    "mean": lambda values: [mean(values)],
    "average": lambda values: [mean(values)],
    "mode": multimode,
    "range": lambda values: [max(values) - min(values)],
    "sum": lambda values: [sum(values, Fraction())],
    "maximum": lambda values: [max(values)],
    "largest": lambda values: [max(values)],
    "minimum": lambda values: [min(values)],
    "smallest": lambda values: [min(values)],
}


def wrong_answer(asked: Asked) -> str | None:
    """What does not compute, with the value that does."""
    for written, left, right in equations(asked.answer):
        if not rounds_to(left, right.value, right.digits):
            return f"{written.strip()} is not so: it is {_shown(left)}"
    for check in (_list_task, _conversion_task, _sum_task):
        if (found := check(asked)) is not None:
            return found
    return None


def _list_task(asked: Asked) -> str | None:
    wanted = [name for name in _OF_A_LIST if re.search(rf"\b{name}\b", asked.instruction, re.IGNORECASE)]
    values = _list_of(asked)
    if len(wanted) != 1 or len(values) < 2 or re.search(r"\bexcept|without|weighted|even|odd\b", asked.instruction):
        return None
    return _compared(wanted[0], _OF_A_LIST[wanted[0]](values), asked.answer)


def _list_of(asked: Asked) -> list[Fraction]:
    given = asked.given.strip()
    if given:
        return [number.value for number in numbers(given)] if _ONLY_NUMBERS.fullmatch(given) else []
    lists = _LIST.findall(asked.instruction)
    return [number.value for number in numbers(lists[0])] if len(lists) == 1 else []


def _conversion_task(asked: Asked) -> str | None:
    found = conversion(asked.prompt)
    return None if found is None else _compared(found.words, [found.value], asked.answer, slack=Fraction(1, 100))


def _sum_task(asked: Asked) -> str | None:
    if not _COMPUTES.search(asked.instruction) or len(asked.prompt.split()) > _WORDS_BESIDE_A_SUM:
        return None
    sums = [written for written in expressions(asked.prompt) if len(numbers(written)) > 1]
    value = evaluate(sums[0]) if len(sums) == 1 else None
    return None if value is None else _compared(sums[0].strip(), [value], asked.answer)


def _compared(what: str, truth: Sequence[Fraction], answer: str, slack: Fraction = Fraction()) -> str | None:
    """What is wrong when none of the numbers of an answer is the truth. An answer without numbers is not judged."""
    said = [*numbers(answer), *(number for number in map(_as_number, expressions(answer)) if number is not None)]
    if not said:
        return None
    whole = _ROUNDS.search(answer) is not None
    for value in truth:
        if any(
            rounds_to(value, one.value, one.digits, whole=whole) or abs(one.value - value) <= slack * abs(value)
            for one in said
        ):
            return None
    return f"{what} is {', '.join(map(_shown, truth))}, and the answer does not say so"


def _as_number(written: str) -> Number | None:
    value = evaluate(written)
    return None if value is None else Number(value, 6)


def _shown(value: Fraction) -> str:
    return str(value) if value.denominator == 1 else f"{float(value):.6g}"
