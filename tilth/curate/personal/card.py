"""Numbers of payment cards: a known issuer, its length, and the check digit (ISO/IEC 7812, Luhn)."""

import re
from collections.abc import Iterator

from tilth.curate.personal.edges import digits_of, names_one_of
from tilth.curate.personal.span import Span

# One kind of gap throughout: `4111 1111-1111 1111` is two things beside each other.
_NUMBER = re.compile(
    r"(?:(?<![A-Za-z0-9_\\.,])|(?<=\\[nrt]))(?<!\d[-/ ])\d{4}(?P<gap>[ \u00a0.\-\u2010\u2011]?)"
    r"(?:\d{4}(?P=gap)\d{4}(?P=gap)\d{1,4}(?:(?P=gap)\d{1,3})?|\d{6}(?P=gap)\d{4,5}|\d{8,15})(?![A-Za-z0-9_])(?![-/.,]\d)"
)
_ISSUERS = (
    (re.compile(r"4"), (13, 16, 19)),  # Visa
    (re.compile(r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720"), (16,)),  # Mastercard
    (re.compile(r"3[47]"), (15,)),  # American Express
    (re.compile(r"6011|64[4-9]|65"), (16, 17, 18, 19)),  # Discover
    (re.compile(r"30[0-5]|36|38|39"), (14, 16)),  # Diners Club
    (re.compile(r"35(?:2[89]|[3-8])"), (16, 17, 18, 19)),  # JCB
    (re.compile(r"62|81"), (16, 17, 18, 19)),  # UnionPay
    (re.compile(r"50|5[6-8]|63|67|6759"), (12, 13, 14, 15, 16, 17, 18, 19)),  # Maestro
    (re.compile(r"220[0-4]"), (16,)),  # Mir
    (re.compile(r"60|6521|508"), (16,)),  # RuPay
)
_LEAST_ALONE = 14  # shorter ones are rare today, and any thirteen digits that begin with 4 pass in one case of ten
_WORDS = r"\b(?:card|visa|maestro|credit|debit|cc|carte|karte|tarjeta|cart[aã]o)|卡|カード"


def cards(text: str) -> Iterator[Span]:
    """Card numbers, in one piece or in the groups that stand on a card. Where the words before speak of a card the
    check digit is enough; elsewhere the number must be one that an issuer gives out."""
    for found in _NUMBER.finditer(text):
        digits = digits_of(found.group())
        is_said = names_one_of(_WORDS, text, found.start())
        is_known = passes_luhn(digits) if is_said else len(digits) >= _LEAST_ALONE and is_card(digits)
        if is_known and len(set(digits)) > 1:
            yield Span(found.start(), found.end())


def is_card(digits: str) -> bool:
    """Whether an issuer gives out numbers that begin and end like this."""
    known = any(len(digits) in lengths and issuer.match(digits) for issuer, lengths in _ISSUERS)
    return known and passes_luhn(digits)


def passes_luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the others: nine wrong numbers in ten do not."""
    doubled = (2 * int(digit) for digit in digits[-2::-2])
    return (sum(map(int, digits[::-2])) + sum(value - 9 * (value > 9) for value in doubled)) % 10 == 0
