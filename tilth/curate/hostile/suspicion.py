"""All signs in a text, and how suspicious they are together."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from math import prod
from typing import Literal

from tilth.curate.hostile.chat_control import chat_controls
from tilth.curate.hostile.encoded import encoded
from tilth.curate.hostile.hidden import hidden
from tilth.curate.hostile.homoglyphs import homoglyphs
from tilth.curate.hostile.injection import injections
from tilth.curate.hostile.sign import Sign

Kind = Literal[
    "encoded-order",
    "tag-characters",
    "variation-selectors",
    "bidi-control",
    "prompt-injection",
    "chat-control",
    "homoglyphs",
    "zero-width",
    "filler",
    "control-character",
    "stray-zero-width",
]

WEIGHTS: dict[Kind, float] = {
    "encoded-order": 0.95,
    "tag-characters": 0.95,
    "variation-selectors": 0.9,
    "bidi-control": 0.9,
    "prompt-injection": 0.8,
    "chat-control": 0.8,
    "homoglyphs": 0.7,
    "zero-width": 0.7,
    "filler": 0.5,
    "control-character": 0.4,
    "stray-zero-width": 0.3,
}
"""How suspicious one kind of sign is alone, the worst first. The order is what counts, the figures are a judgement:
what has no honest use stands above what a careless copy leaves behind."""

_DETECTORS: tuple[Callable[[str], Iterator[Sign]], ...] = (hidden, homoglyphs, chat_controls, injections, encoded)


def signs(text: str, kinds: Sequence[Kind]) -> list[Sign]:
    """The signs of these kinds in a text, in order."""
    found = {sign for detector in _DETECTORS for sign in detector(text) if sign.kind in kinds}
    return sorted(found)


def suspicion(kinds: Iterable[str]) -> float:
    """From 0 to 1: the chance that at least one of several kinds of sign is meant, were their weights chances."""
    return 1 - prod(1 - weight for kind, weight in WEIGHTS.items() if kind in set(kinds))
