"""Words in which letters of another script stand for the Latin letters they look like (after Unicode's UTS #39)."""

import re
from collections.abc import Iterator
from itertools import pairwise

from tilth.curate.hostile.sign import Sign

LOOKALIKES = dict(
    zip(
        "аеорсухіјѕһԁԛԝѵҽɡԍӏьАВЕЗКМНОРСТУХІЈЅҮԌԚԜЬονρτυικαωγηΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹϳօոսհցզԼՕՍᎠᎡᎢᎪᎫᎬᎳᎷᎻᏀᏃᏏᏔᏙᏚᏞᏟᏢ",
        "aeopcyxijshdqwvegglbABE3KMHOPCTYXIJSYGQWbovptuikawynABEZHIKMNOPTYXCjonuhgqLOUDRTAJEWMHGZbWVSLCP",
        strict=True,
    )
)
"""Letters of Cyrillic, Greek, Armenian and Cherokee, and the Latin letter that each is taken for."""

_SYMBOLS = "αγηωκτ"
"""Greek letters that science puts into names, one at a time: IFNγ, NFκB."""

_FOREIGN = re.compile(r"[\u0370-\u03ff\u0400-\u052f\u0530-\u058f\u13a0-\u13ff]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_WORD = re.compile(r"[^\W\d_]{3,}")


def homoglyphs(text: str) -> Iterator[Sign]:
    """Words of Latin letters with look-alikes in between, and words of another script with Latin ones in between.

    Not `Δx`, `μm` and the like, whose Greek looks like no Latin letter; not a Latin name with an ending of the language
    around it (`iPhoneа` in Russian); not words wholly in one script, whatever they resemble.
    """
    if text.isascii() or not _FOREIGN.search(text):
        return
    is_latin_text = len(_LATIN.findall(text)) >= len(_FOREIGN.findall(text))
    for found in _WORD.finditer(text):
        word = found.group()
        foreign = [letter for letter in word if _FOREIGN.match(letter)]
        latin = [letter for letter in word if _LATIN.match(letter)]
        if not foreign or not latin:
            continue
        is_ending = _switches(word) == 1 and not is_latin_text
        is_latin_word = len(latin) >= len(foreign)
        minority = foreign if is_latin_word else latin
        known = LOOKALIKES.keys() if is_latin_word else set(LOOKALIKES.values())
        is_symbol = len(minority) == 1 and minority[0] in _SYMBOLS
        is_known = len(latin) + len(foreign) >= 4 and all(letter in known for letter in minority)
        if is_known and not is_ending and not is_symbol:
            code = " ".join(f"{letter} U+{ord(letter):04X}" for letter in dict.fromkeys(minority))
            yield Sign(found.start(), found.end(), "homoglyphs", f"{word!r} is written with {code}")


def as_latin(text: str) -> str:
    """The text with look-alikes as the letters they are taken for; as long as before."""
    return text if text.isascii() else text.translate(_TABLE)


_TABLE = str.maketrans(LOOKALIKES)


def _switches(word: str) -> int:
    """How often the script changes within a word."""
    kinds = [bool(_FOREIGN.match(letter)) for letter in word]
    return sum(left != right for left, right in pairwise(kinds))
