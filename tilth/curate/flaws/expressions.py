"""Sums as people write them in text: found, parsed and evaluated exactly, as fractions; nothing is executed."""

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_ANY_NUMBER = re.compile(rf"(?<![\w.])[-−]?(?:{_NUMBER})(?![\d])")
# Possessive throughout: nothing is tried twice, however long and hostile the text is.
_GAP = r"[^\S\n]*+"
_OPERATOR = r"(?:\*\*|[-+*/×÷−^·]|(?<=[\d)\s])x(?=[\d(\s]))"
_OPERAND = rf"(?:\({_GAP}){{0,4}}+(?:[-−]{_GAP})?+\$?+(?>{_NUMBER})(?:{_GAP}\)){{0,4}}+"
_EXPRESSION = rf"{_OPERAND}(?:{_GAP}{_OPERATOR}{_GAP}{_OPERAND})*+"
# Neither side may go on: with a letter it is algebra, with a percent sign or a degree it has a unit.
_BEFORE = r"(?<![\w.^/*+=)!-])(?<![=+*/×÷−^x-]\s)"
_SUM = re.compile(
    rf"{_BEFORE}{_OPERAND}(?:{_GAP}{_OPERATOR}{_GAP}{_OPERAND})++(?![\w%^/*°!]|{_GAP}[a-z²³(]\b|{_GAP}x{_GAP}\n)"
)
_EQUATION = re.compile(
    rf"({_SUM.pattern}){_GAP}={_GAP}({_EXPRESSION})(?!{_GAP}[-+*/×÷−^=·%°√!]|{_GAP}x\b|[\w²³(]|\.\d|,\d)"
)
_TOKEN = re.compile(rf"\s*(?:({_NUMBER})|(\*\*|[-+*/×÷−^·x()]))")
_MAX_POWER, _MAX_DIGITS, _MAX_BITS = 64, 30, 4096  # larger is no school sum, and would only cost time


class Number(NamedTuple):
    """A number as it is written."""

    value: Fraction
    digits: int
    """How many stand behind the point."""


def numbers(text: str) -> list[Number]:
    """The numbers of a text; a comma before three digits groups thousands."""
    return [_number(found.group()) for found in _ANY_NUMBER.finditer(text) if len(found.group()) <= _MAX_DIGITS]


def expressions(text: str) -> list[str]:
    """The sums of a text: at least two numbers with operators between them, and no letter or unit in reach."""
    return [found.group() for found in _SUM.finditer(text) if not _is_date(found.group())]


def equations(text: str) -> Iterator[tuple[str, Fraction, Number]]:
    """What is written, the exact value of its left side, and the right side as a number."""
    for found in _EQUATION.finditer(text):
        left, right = evaluate(found.group(1)), evaluate(found.group(2))
        said = _ANY_NUMBER.findall(found.group(2))
        if left is not None and right is not None and not _is_date(found.group(1)):
            yield found.group(), left, Number(right, _number(said[-1]).digits if len(said) == 1 else 6)


def evaluate(written: str) -> Fraction | None:
    """The exact value of a sum; None for what is none, such as a division by zero."""
    tokens, at = [], 0
    written = written.replace("$", "").strip()
    while at < len(written):
        found = _TOKEN.match(written, at)
        if found is None:
            return None
        tokens.append(found.group(1) or found.group(2))
        at = found.end()
    try:
        value, rest = _terms(tokens, 0)
    except (ValueError, ZeroDivisionError, IndexError, RecursionError):
        return None
    return value if rest == len(tokens) else None


def rounds_to(true: Fraction, said: Fraction, digits: int, *, whole: bool = True) -> bool:
    """Whether a true value may be written as `said`, with so many digits behind the point, cut or rounded.

    Steps on the way may have been rounded too: a thousandth is let pass where digits are given. With `whole` a value
    that is no whole number may be written as one.
    """
    if digits:
        return abs(true - said) <= max(Fraction(1, 10**digits), abs(true) / 1000)
    return true == said or (whole and true.denominator != 1 and abs(true - said) < 1)


def _number(written: str) -> Number:
    plain = written.replace(",", "").replace("−", "-")
    return Number(Fraction(plain), len(plain.partition(".")[2]))


def _is_date(written: str) -> bool:
    """Whether a sum may be a date, a phone number, a range or a score: digits and dashes or slashes without blanks."""
    return re.fullmatch(r"\s*\d+(?:[-/]\d+)+\s*", written) is not None


def _terms(tokens: list[str], at: int) -> tuple[Fraction, int]:
    value, at = _factors(tokens, at)
    while at < len(tokens) and tokens[at] in "+-−":
        right, after = _factors(tokens, at + 1)
        value, at = (value + right if tokens[at] == "+" else value - right), after
    return value, at


def _factors(tokens: list[str], at: int) -> tuple[Fraction, int]:
    value, at = _power(tokens, at)
    while at < len(tokens) and tokens[at] in ("*", "/", "×", "÷", "·", "x"):
        right, after = _power(tokens, at + 1)
        value, at = _small(value / right if tokens[at] in "/÷" else value * right), after
    return value, at


def _power(tokens: list[str], at: int) -> tuple[Fraction, int]:
    value, at = _atom(tokens, at)
    if at < len(tokens) and tokens[at] in ("^", "**"):
        exponent, at = _power(tokens, at + 1)
        if exponent.denominator != 1 or abs(exponent) > _MAX_POWER:
            raise ValueError("no power of a school sum")
        value = _small(value ** int(exponent))
    return value, at


def _small(value: Fraction) -> Fraction:
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > _MAX_BITS:
        raise ValueError("no number of a school sum")
    return value


def _atom(tokens: list[str], at: int) -> tuple[Fraction, int]:
    first = tokens[at]
    if first in "-−":
        value, at = _power(tokens, at + 1)
        return -value, at
    if first == "(":
        value, at = _terms(tokens, at + 1)
        if at >= len(tokens) or tokens[at] != ")":
            raise ValueError("a bracket is open")
        return value, at + 1
    return _number(first).value, at + 1
