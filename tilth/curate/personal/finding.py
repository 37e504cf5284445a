"""Everything personal in a text."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from tilth.curate.personal.kinds import DETECTORS, Kind

_WITHOUT_DIGITS: tuple[Kind, ...] = ("email", "secret")
_DIGIT = re.compile(r"\d")


class Found(NamedTuple):
    """One value: characters `start` up to, not including, `end`, and what they are."""

    start: int
    end: int
    kind: Kind


def find(text: str, kinds: Sequence[Kind]) -> list[Found]:
    """The values of these kinds in the text, in order and without overlap."""
    found: list[Found] = []
    covered = bytearray(len(text))
    possible = DETECTORS if _DIGIT.search(text) else _WITHOUT_DIGITS  # most texts have none and are done at once
    for kind in (kind for kind in DETECTORS if kind in kinds and kind in possible):
        for start, end in DETECTORS[kind](text):
            if not any(covered[start:end]):
                covered[start:end] = b"\1" * (end - start)
                found.append(Found(start, end, kind))
    return sorted(found)
