"""Telephone numbers: written so that they are hardly anything else, or said to be one."""

import re
from collections.abc import Iterator

from tilth.curate.personal.edges import digits_of, names_one_of
from tilth.curate.personal.span import Span

_GAP = r"[ \u00a0\u2007\u202f.\-\u2010-\u2013/]"
_BEGIN = r"(?:(?<![A-Za-z0-9_\\+#$€£¥=])|(?<=\\[nrt]))(?<!\d[.,:/\-])"
_EXTENSION = r"(?:,?\s?(?:x|ext\.?|extension|#)\s?\d{1,6})?"
_END = r"(?![A-Za-z0-9_]|[.,:/\-]\d|\s?[%€$£°])"

_INTERNATIONAL = rf"(?:(?<!\d )\+|00(?=[1-9]) ?)\(?\d{{1,4}}\)?(?:{_GAP}?\(?\d{{1,5}}+\)?){{1,6}}+"
_NORTH_AMERICAN = (
    r"(?:(?:001|1)[ .\-]?)?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}(?P<gap>[.\-\u2010\u2011]))\d{3}(?(gap)(?P=gap)|[ .\-])\d{4}"
)
_TRUNK = rf"(?:\(0\d{{1,4}}\){_GAP}?|0\d{{1,4}}{_GAP})\d{{2,8}}(?:{_GAP}\d{{2,5}}){{0,4}}"
"""In most countries a number within the country begins with 0."""
_PLAIN = re.compile(f"{_BEGIN}(?:{_INTERNATIONAL}|{_NORTH_AMERICAN}|{_TRUNK}){_EXTENSION}{_END}", re.IGNORECASE)

_ANY = re.compile(rf"{_BEGIN}\(?\+?\d{{1,5}}\)?(?:{_GAP}?\(?\d{{1,5}}+\)?){{1,6}}+{_EXTENSION}{_END}", re.IGNORECASE)
_SAID = (
    r"\b(?:tele)?phones?\b|\bcall(?:s|ing)?\b|\bcell|\bmobile|\btel\b|\bfax\b|\bdial|\bring\b|\bwhats ?app\b|\bsms\b"
    r"|\b(?:text|reach) (?:me|us|him|her|them)\b|\bhot ?line\b|\bcontact\b|\bhandy"
    r"|\bt[eé]l[eéè]fon|\btel[eé]fono|\bcelular|\bm[oó]vil\b|\bportable\b|\bcellulare"
    r"|тел|电话|手机|電話|携帯|전화|هاتف|फ़ोन|फोन"
)
_LABEL = re.compile(r"[ \t-]*\(?(?:tel|fax|office|mobile|cell|home|work|direct)\b\)?[ \t]*(?:$|[\n,;])", re.IGNORECASE)
"""As in the signature of a letter, where the label stands behind."""
_OTHER = (
    r"\b(?:isbn|issn|doi|order|uuid|ticket|invoice|tracking|serial|case|ref(?:erence)?|article|version|id)\b"
    r"[^.!?]{0,12}$"
)
_DATE = re.compile(r"(?:1[89]|20)\d\d[-./ ][01]?\d[-./ ][0-3]?\d|[0-3]?\d[-./ ][01]?\d[-./ ](?:1[89]|20)?\d\d")


def phones(text: str) -> Iterator[Span]:
    """Numbers with a country code, in the North American layout, or with a trunk 0 and gaps; others only where the
    words before speak of a telephone. A number of 7 to 15 digits (ITU-T E.164), without its extension."""
    at = 0
    for found in _PLAIN.finditer(text):
        if _is_number(found, least=9) and not names_one_of(_OTHER, text, found.start()):
            yield from _said(text, at, found.start())
            at = found.end()
            yield Span(found.start(), at)
    yield from _said(text, at, len(text))


def _said(text: str, begin: int, end: int) -> Iterator[Span]:
    for found in _ANY.finditer(text, begin, end):
        if not _is_number(found, least=7):
            continue
        is_said = names_one_of(_SAID, text, found.start()) or _LABEL.match(text, found.end())
        if is_said and not names_one_of(_OTHER, text, found.start()):
            yield Span(found.start(), found.end())


def _is_number(found: re.Match[str], least: int) -> bool:
    said = re.sub(r",?\s?(?:x|ext\.?|extension|#)\s?\d{1,6}$", "", found.group(), flags=re.IGNORECASE)
    digits = digits_of(said)
    is_balanced = said.count("(") == said.count(")")
    return least <= len(digits) <= 15 and len(set(digits)) > 2 and is_balanced and not _DATE.fullmatch(said)
