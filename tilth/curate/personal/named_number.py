"""What is personal only because the words before say what it is: dates of birth, numbers of passports and licences."""

import re
from collections.abc import Iterator

from tilth.curate.personal.edges import names_one_of
from tilth.curate.personal.span import Span

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?|januar|februar|m[aä]rz|mai|juni|juli|oktober|dezember|janvier|f[eé]vrier|mars|avril"
    r"|juin|juillet|ao[uû]t|septembre|octobre|novembre|d[eé]cembre|enero|febrero|marzo|abril|mayo|junio|julio|agosto"
    r"|septiembre|octubre|noviembre|diciembre)\.?"
)
_DATE = re.compile(
    r"(?<![\dA-Za-z])"
    rf"(?:\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}[-/.]\d{{1,2}}[-/.](?:\d{{4}}|\d{{2}})"
    rf"|\d{{4}}年\d{{1,2}}月\d{{1,2}}日"
    rf"|\d{{1,2}}(?:st|nd|rd|th|\.)? (?:of |de )?{_MONTH},? (?:de )?\d{{4}}"
    rf"|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}})(?!\d)",
    re.IGNORECASE,
)
_BORN = (
    r"(?:\bborn\b|\bbirth ?(?:day|date)\b|\bdate of birth\b|\bd\.?o\.?b\b\.?|\bgeboren\b|\bgeburtsdatum\b|\bn[eé]e?\b"
    r"|\bdate de naissance\b|\bnacid[oa]\b|\bfecha de nacimiento\b|\bdata di nascita\b|出生|生日|生年月日)"
    r"[^\d\n]{0,30}$"
)
_NUMBER = re.compile(
    r"(?<![A-Za-z0-9_-])(?=(?:[A-Z]*[ -]?\d){5})[A-Z]{0,3}[ -]?\d[A-Z0-9]*"
    r"(?:[ -][A-Z0-9]*\d[A-Z0-9]*){0,4}(?![A-Za-z0-9_])"
)
_PAPER = (
    r"(?:\bpassport|\breisepass|\bpasaporte|\bpasseport|\bdriv(?:er|ing)[’']?s?[ -](?:licen[cs]e|permit)"
    r"|\blicen[cs]e (?:number|no\b)|\bf[uü]hrerschein|\bnational (?:id|identity)|\bidentity card|\bpersonalausweis"
    r"|\btax(?:payer)? (?:id\b|identification|file)|\bmedicare\b|\bnhs (?:number|no\b)|\baadha?ar|护照|身份证)"
    r"[^\d\n.!?]{0,40}$"
)
_REACH = 80


def birth_dates(text: str) -> Iterator[Span]:
    """Dates that the words before call those of a birth. Other dates are no personal data by themselves."""
    for found in _DATE.finditer(text):
        if names_one_of(_BORN, text, found.start(), _REACH):
            yield Span(*found.span())


def document_numbers(text: str) -> Iterator[Span]:
    """Numbers, of five digits at least, that the words before call those of a passport, licence or identity card."""
    for found in _NUMBER.finditer(text):
        if names_one_of(_PAPER, text, found.start(), _REACH):
            yield Span(*found.span())
