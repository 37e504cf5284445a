"""International bank account numbers: the length of the country, and the check digits (ISO 13616, mod 97)."""

import re
from collections.abc import Iterator

from tilth.curate.personal.edges import BEGIN
from tilth.curate.personal.span import Span

_LENGTHS = {
    "NO": 15,
    **dict.fromkeys(("BE", "BI"), 16),
    **dict.fromkeys(("DK", "FI", "FO", "GL", "NL", "FK", "SD"), 18),
    **dict.fromkeys(("MK", "SI"), 19),
    **dict.fromkeys(("AT", "BA", "EE", "KZ", "LT", "LU", "XK", "MN"), 20),
    **dict.fromkeys(("CH", "CR", "HR", "LI", "LV"), 21),
    **dict.fromkeys(("BG", "BH", "DE", "GB", "GE", "IE", "ME", "RS", "VA"), 22),
    **dict.fromkeys(("AE", "GI", "IL", "IQ", "OM", "SO", "TL"), 23),
    **dict.fromkeys(("AD", "CZ", "ES", "MD", "PK", "RO", "SA", "SE", "SK", "TN", "VG"), 24),
    **dict.fromkeys(("LY", "PT", "ST"), 25),
    **dict.fromkeys(("IS", "TR"), 26),
    **dict.fromkeys(("DJ", "FR", "GR", "IT", "MC", "MR", "SM"), 27),
    **dict.fromkeys(("AL", "AZ", "BY", "CY", "DO", "GT", "HU", "LB", "NI", "PL", "SV"), 28),
    **dict.fromkeys(("BR", "EG", "PS", "QA", "UA"), 29),
    **dict.fromkeys(("JO", "KW", "MU", "YE"), 30),
    **dict.fromkeys(("MT", "SC"), 31),
    "LC": 32,
    "RU": 33,
}
"""Characters of an IBAN by country."""
_COUNTRY = re.compile(BEGIN + r"[A-Za-z]{2}\d{2}(?=[ \u00a0-]?[A-Za-z0-9])")
_GAPS = " \u00a0-"


def ibans(text: str) -> Iterator[Span]:
    """IBANs, in one piece or in groups; in small letters too, because texts are often lowered."""
    for found in _COUNTRY.finditer(text):
        length = _LENGTHS.get(found.group()[:2].upper(), 0)
        end, characters = _collect(text, found.start(), length)
        is_whole = not (text[end : end + 1].isascii() and text[end : end + 1].isalnum())
        if len(characters) == length and is_whole and passes_mod_97(characters):
            yield Span(found.start(), end)


def passes_mod_97(iban: str) -> bool:
    """Whether the two check digits fit: 96 wrong numbers in 97 do not."""
    return int("".join(str(int(character, 36)) for character in iban[4:] + iban[:4])) % 97 == 1


def _collect(text: str, start: int, length: int) -> tuple[int, str]:
    """The end and the letters of a number of so many characters, with at most one gap between two of them."""
    characters, at = "", start
    while len(characters) < length and at < len(text):
        if text[at].isascii() and text[at].isalnum():
            characters += text[at]
        elif not (text[at] in _GAPS and text[at - 1] not in _GAPS):
            break
        at += 1
    return at, characters
