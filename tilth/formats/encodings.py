"""Naming the encoding of text that is not UTF-8, for the error that says so. Nothing is ever decoded by such a guess.

Zeros and byte order marks tell the wide encodings. For the others the bytes are read in each of a handful, and the
reading counts in which most of what is not ASCII stands as letters do in words: of one script, capitals at the start,
Chinese characters from the common half of their code.
"""

import codecs
import re
import unicodedata
from functools import cache
from itertools import groupby

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before the mark of UTF-16, with which it begins
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE = (("utf-32-le", 4, 0), ("utf-32-be", 4, 3), ("utf-16-le", 2, 0), ("utf-16-be", 2, 1))
_MOSTLY = 0.9
_LEAST_BYTES = 8
_COMMON = {"gb18030": (0xB0, 0xD7), "big5": (0xA4, 0xC6), "shift_jis": (0x88, 0x97), "euc-jp": (0xB0, 0xCF)}
"""The first bytes of each one's common characters."""
_JAPANESE = frozenset({"shift_jis", "euc-jp"})
_KANA = frozenset({"HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"})
_SHORT_WORD = 2
_LATIN_AND_LIKE = ("windows-1252", "windows-1250", "windows-1251", "koi8-r", "windows-1253", "windows-1256")
_CANDIDATES = (*_LATIN_AND_LIKE, "euc-kr", "gb18030", "shift_jis", "big5", "euc-jp")
_HANGUL_IN_DOUBT = 5  # fewer syllables may as well be Chinese
_LEAST_PLAUSIBLE = 0.6
_PUNCTUATION = frozenset("“”„‘’‚«»‹›–—…€£§°·•¡¿´、。，．？！：；「」『』（）《》〈〉・ー～　")
_NEVER_WITHIN_WORDS = frozenset("¡¿´°£§‚„")
_SAMPLE_BYTES = 4000
_LAST_ASCII = 0x7F
_SHOWN = 20
# Compiled when they are needed, which is seldom: that takes as long as a hundredth of a short command.
_ISLAND = r"[A-Za-z]*(?:[^\x00-\x7f]+[A-Za-z]*)+"
_NO_WORD = r"[^\w'\u0080-\U0010ffff-]+"


def wide_encoding(start: bytes) -> str | None:
    """UTF-16 or UTF-32, if the text of which these are the first bytes is in it: by its mark, or by its zeros."""
    for mark, name in _BOMS:
        if start.startswith(mark):
            return name
    if len(start) < _LEAST_BYTES:
        return None
    for name, width, place in _WIDE:
        characters = len(start) // width
        others = [start[other : characters * width : width].count(0) for other in range(width) if other != place]
        own = start[place : characters * width : width].count(0)
        if min(others) >= _MOSTLY * characters and own <= (1 - _MOSTLY) * characters:
            return name
    return None


def likely_encoding(raw: bytes, place: int) -> tuple[str, str]:
    """The encoding that some bytes are most likely in, and what stands around `place` in it."""
    begin = max(0, place - _SAMPLE_BYTES // 2)
    while 0 < begin < place and raw[begin] > _LAST_ASCII:  # this may be the second half of a character
        begin += 1
    sample = raw[begin : begin + _SAMPLE_BYTES]
    readings = {name: text for name in _CANDIDATES if (text := _decoded(sample, name)) is not None}
    scores = {name: _plausible(text, name) for name, text in readings.items()}
    best = max(scores, key=lambda name: scores[name], default="latin-1")
    if scores.get(best, 0.0) < _LEAST_PLAUSIBLE:
        best = "windows-1252" if "windows-1252" in readings else "latin-1"
    before, behind = (each.decode(best, errors="replace") for each in (raw[begin:place], raw[place : place + _SHOWN]))
    start, end = re.split(_NO_WORD, before[-_SHOWN:])[-1], re.split(_NO_WORD, behind)[0]
    return best, start + end


def _decoded(sample: bytes, name: str) -> str | None:
    try:
        return codecs.getincrementaldecoder(name)().decode(sample)  # the last character may have been cut
    except UnicodeDecodeError:
        return None


def _plausible(text: str, encoding: str) -> float:
    """The share of what is not ASCII that stands where it would in a text."""
    good = bad = hangul = 0
    parts = ["".join(each) for island in re.findall(_ISLAND, text) for _, each in groupby(island, key=str.isalpha)]
    for place, part in enumerate(parts):
        foreign = [character for character in part if not character.isascii()]
        if part.isalpha():
            fits = len(foreign) if _is_word(part, encoding) else 0
            hangul += sum(_script(character) == "HANGUL" for character in foreign)
        else:
            is_inside = len(part) == 1 and 0 < place < len(parts) - 1
            fits = sum(each in _PUNCTUATION and not (is_inside and each in _NEVER_WITHIN_WORDS) for each in foreign)
        good += fits
        bad += len(foreign) - fits
    share = good / (good + bad) if good + bad else 0.0
    return share * 0.9 if 0 < hangul < _HANGUL_IN_DOUBT else share


def _is_word(word: str, encoding: str) -> bool:
    scripts = set(map(_script, word)) - {"ASCII"}
    if scripts <= {"HANGUL"}:
        return encoding == "euc-kr" or not scripts
    if scripts & {"CJK", *_KANA}:
        expected = {"CJK", "FULLWIDTH", *(_KANA if encoding in _JAPANESE else ())}
        return scripts <= expected and all(_is_common(each, encoding) for each in word if _script(each) == "CJK")
    has_case = word[1:].islower() or word.isupper() or len(word) == 1
    if scripts == {"LATIN"}:
        return has_case and (len(word) <= _SHORT_WORD or any(map(str.isascii, word)))
    return len(scripts) == 1 and word.isalpha() and not any(map(str.isascii, word)) and (has_case or not _cased(word))


def _cased(word: str) -> bool:
    return word.upper() != word.lower()


@cache
def _script(character: str) -> str:
    return "ASCII" if character.isascii() else unicodedata.name(character, "?").split()[0]


def _is_common(character: str, encoding: str) -> bool:
    low, high = _COMMON.get(encoding, (1, 0))
    return low <= character.encode(encoding)[0] <= high
