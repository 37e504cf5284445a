"""Characters that nobody sees, where no script and no emoji needs them.

Bidi controls make a text read otherwise than it is stored (Boucher and Anderson, Trojan Source, 2021). Tag characters
and variation selectors carry whole sentences that no screen shows and every tokenizer reads.
"""

import re
import unicodedata
from collections.abc import Iterator

from tilth.curate.hostile.sign import Sign

_ANY = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]+")
_OVERRIDES = "\u202d\u202e"
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_TAGS = re.compile("(?<!\U0001f3f4)[\U000e0000-\U000e007f]+")
_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{2,6}\U000e007f")
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]+")
_WIDTHLESS = re.compile("[\u200b-\u200d\u2060-\u2064\u180e\ufeff]+")
_CODE_LENGTH = 4
_JOINERS = "\u200c\u200d"
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f]+")
_FILLERS = re.compile(
    "[\u115f\u1160\u3164\uffa0\u206a-\u206f\ufff0-\ufffb\ufffe\uffff\U0001d173-\U0001d17a\u034f\u17b4\u17b5]+"
)
_SPACELESS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
"""Scripts that write no blanks, where a zero-width space is a place to break the line."""


def hidden(text: str) -> Iterator[Sign]:
    """Bidi controls, tags, variation selectors, zero-width characters, control characters and fillers."""
    if (text.isascii() and text.isprintable()) or not _ANY.search(text):
        return
    for found in _BIDI.finditer(text):
        if not _is_for_a_script(found.group(), text):
            yield _sign(found, "bidi-control", "")
    within_flags = {place for flag in _FLAG.finditer(text) for place in range(*flag.span())}
    for found in _TAGS.finditer(text):
        if found.start() not in within_flags:
            yield _sign(found, "tag-characters", _said_in_tags(found.group()))
    for found in _SELECTORS.finditer(text):
        if _is_smuggling(text, found):
            yield _sign(found, "variation-selectors", _said_in_selectors(found.group()))
    for found in _WIDTHLESS.finditer(text):
        if not _joins(text, found):
            yield _sign(found, "zero-width" if _is_in_a_word(text, found) else "stray-zero-width", "")
    for found in _CONTROLS.finditer(text):
        yield _sign(found, "control-character", "")
    for found in _FILLERS.finditer(text):
        if not _is_in_jamo(text, found):
            yield _sign(found, "filler", "")


def code_points(text: str, most: int = 3) -> str:
    """`U+200B U+200C, and 7 more`."""
    said = " ".join(f"U+{ord(character):04X}" for character in text[:most])
    return said + (f", and {len(text) - most} more" if len(text) > most else "")


def _sign(found: re.Match[str], kind: str, says: str) -> Sign:
    detail = code_points(found.group()) + (f", says {says!r}" if says else "")
    return Sign(found.start(), found.end(), kind, detail)


def _is_for_a_script(controls: str, text: str) -> bool:
    """Embeddings and isolates belong into a text with Arabic or Hebrew in it; an override belongs nowhere."""
    return not any(control in _OVERRIDES for control in controls) and _RIGHT_TO_LEFT.search(text) is not None


def _said_in_tags(tags: str) -> str:
    return "".join(chr(ord(tag) - 0xE0000) for tag in tags if 0xE0020 <= ord(tag) <= 0xE007E)


def _is_smuggling(text: str, found: re.Match[str]) -> bool:
    """One selector chooses the form of the character before; a row of them is a code, or a rare one behind no Han."""
    if len(found.group()) > 1:
        return True
    before = text[found.start() - 1 : found.start()]
    if not before or before.isspace():
        return True
    is_rare = ord(found.group()) >= 0xE0100
    return is_rare and not ("\u3400" <= before <= "\u9fff" or "\uf900" <= before <= "\ufaff" or before >= "\U00020000")


def _said_in_selectors(selectors: str) -> str:
    """The bytes that 256 selectors stand for, where they are text (16 of the plane of all scripts, 240 beyond)."""
    values = [ord(one) - 0xFE00 if ord(one) < 0xFE10 else ord(one) - 0xE0100 + 16 for one in selectors]
    said = bytes(value for value in values if value < 256).decode("utf-8", "replace")
    return said if len(said) > 1 and said.isprintable() and "\ufffd" not in said else ""


def _joins(text: str, found: re.Match[str]) -> bool:
    """Whether a script, an emoji or the first character of a file needs it."""
    here = found.group()
    before, after = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
    if here == "\ufeff":
        return found.start() == 0
    if len(here) > 1 or not before or not after:
        return False
    if here in _JOINERS:
        return not (before.isascii() and after.isascii()) and not _is_european(before + after)
    return here == "\u200b" and bool(_SPACELESS.match(before) or _SPACELESS.match(after))


def _is_in_a_word(text: str, found: re.Match[str]) -> bool:
    """Whether it cuts a word in two, or is one of so many that they may spell something."""
    neighbours = text[found.start() - 1 : found.start()] + text[found.end() : found.end() + 1]
    return len(found.group()) >= _CODE_LENGTH or (len(neighbours) == 2 and neighbours.isalnum())


def _is_european(letters: str) -> bool:
    """Whether all are Latin, Greek or Cyrillic letters: their scripts have no use for joiners."""
    return all(unicodedata.name(letter, "").split(" ")[0] in ("LATIN", "GREEK", "CYRILLIC") for letter in letters)


def _is_in_jamo(text: str, found: re.Match[str]) -> bool:
    neighbours = text[found.start() - 1 : found.start()] + text[found.end() : found.end() + 1]
    return any("\u1100" <= one <= "\u11ff" or "\u1780" <= one <= "\u17ff" for one in neighbours)
