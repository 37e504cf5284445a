"""Sentences that tell a model to drop its instructions, in sixteen languages.

They find the wording that is passed around, and not every attack: who writes a new one is not found.
"""

import re
from collections.abc import Iterator

from tilth.curate.hostile.homoglyphs import as_latin
from tilth.curate.hostile.injection_phrases import PHRASES, STEMS
from tilth.curate.hostile.sign import Sign

_BLANKS = r"\s{1,4}"  # counted: a text of nothing but blanks costs no more than others
_ORDERS = re.compile("|".join(PHRASES.values()).replace(" ", _BLANKS), re.IGNORECASE)
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef]"
)


def injections(text: str) -> Iterator[Sign]:
    """Orders to ignore earlier instructions, to show the system prompt, to act without rules, to keep it from the user.

    Invisible characters and look-alike letters in between are no cover.
    """
    places: list[int] | None = None
    seen = text
    if not text.isascii() and _INVISIBLE.search(text):
        places = [place for place, character in enumerate(text) if not _INVISIBLE.match(character)]
        seen = "".join(text[place] for place in places)
    yield from _found(seen, places)
    if not text.isascii() and (latin := as_latin(seen)) != seen:
        yield from _found(latin, places)


def _found(seen: str, places: list[int] | None) -> Iterator[Sign]:
    lowered = seen.lower()
    if not any(stem in lowered for stem in STEMS):
        return
    for found in _ORDERS.finditer(seen):
        start, end = found.span()
        if places is not None:
            start, end = places[start], places[end - 1] + 1
        said = " ".join(found.group().split())
        yield Sign(start, end, "prompt-injection", f"{said!r}")
