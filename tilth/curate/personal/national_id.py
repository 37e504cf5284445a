"""Numbers by which states know their citizens."""

import re
from collections.abc import Iterator

from tilth.curate.personal.edges import BEGIN, END, digits_of, names_one_of
from tilth.curate.personal.span import Span

_SSN = re.compile(
    BEGIN + r"(?<!\d-)(?!000|666|9)\d{3}(?P<gap>[- \u2010-\u2013]?)(?!00)\d\d(?P=gap)(?!0000)\d{4}(?![\w]|-\d)"
)
_SSN_WORDS = r"\bssns?\b|\bsocial[- ]security|\bsoc\.? sec"
_NINO = re.compile(
    BEGIN + r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d\d ?\d\d ?\d\d ?[A-D]" + END
)
_DNI = re.compile(BEGIN + r"[XYZ\d]\d{7}[ -]?[A-Z]" + END)
_CODICE = re.compile(BEGIN + r"[A-Z]{6}\d\d[A-EHLMPRST]\d\d[A-Z]\d{3}[A-Z]" + END)
_CPF = re.compile(BEGIN + r"\d{3}\.\d{3}\.\d{3}-\d\d" + END)
_CHINESE = re.compile(BEGIN + r"[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]" + END)
_CHINESE_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def social_security_numbers(text: str) -> Iterator[Span]:
    """Numbers of the US Social Security Administration: with dashes, or otherwise where the words before say so."""
    for found in _SSN.finditer(text):
        if found["gap"] not in ("", " ") or names_one_of(_SSN_WORDS, text, found.start()):
            yield Span(*found.span())


def national_ids(text: str) -> Iterator[Span]:
    """British national insurance numbers, Spanish DNI and NIE, Italian codici fiscali, Brazilian CPF, Chinese identity
    numbers. Check digits are verified but for the British, which have none, and the Italian."""
    patterns = (
        (_NINO, _any),
        (_DNI, passes_dni),
        (_CODICE, _any),
        (_CPF, passes_cpf),
        (_CHINESE, passes_chinese),
    )
    for pattern, is_valid in patterns:
        for found in pattern.finditer(text):
            if is_valid(found.group()):
                yield Span(*found.span())


def passes_dni(said: str) -> bool:
    """Whether the letter of a Spanish number is that of the digits modulo 23."""
    digits = said[:-1].rstrip(" -").translate(str.maketrans("XYZ", "012"))
    return said[-1] == "TRWAGMYFPDXBNJZSQVHLCKE"[int(digits) % 23]


def passes_cpf(said: str) -> bool:
    """Whether the two check digits of a Brazilian number fit."""
    digits = list(map(int, digits_of(said)))
    sums = (sum((size + 1 - place) * digits[place] for place in range(size)) for size in (9, 10))
    return len(set(digits)) > 1 and [total * 10 % 11 % 10 for total in sums] == digits[9:]


def passes_chinese(said: str) -> bool:
    """Whether the last character is the check digit of GB 11643."""
    total = sum(weight * int(digit) for weight, digit in zip(_CHINESE_WEIGHTS, said, strict=False))
    return "10X98765432"[total % 11] == said[-1].upper()


def _any(_said: str) -> bool:
    return True
