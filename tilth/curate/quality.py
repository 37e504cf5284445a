"""What the quality score is made of: six plain heuristics, each from 0 to 1, each with the points it can give.

They read surface only. They cannot tell whether an answer is true, and they say so by their names: an answer that is
long enough, laid out, about the question, whole, varied and clean is more often one that an expert would leave as it
is. How far that carries is measured in the guide on curating.
"""

import re
from collections.abc import Callable, Mapping
from math import log1p
from typing import Any, NamedTuple

REPLIES = ("instruction", "chat", "preference")
"""Record types whose answer is written to be read. A label or a quoted span is no prose: there the text is scored."""

_WORD = re.compile(r"\w+")
_PARAGRAPH_BREAK = re.compile(r"\n\s*\n")
_WHOLE_START = re.compile(r"[\W\d_]|[^\W\d_](?<![a-z])")
_WHOLE_END = re.compile(r"[^\w\s,;\-–—(\[{]\s*\Z")
_LEFTOVER = re.compile(
    r"<no(?:in|out)put>|\[/?INST\]|<\|[a-z_]+\|>|<</?SYS>>|\{\{.*?\}\}|^[^\S\n]*(?:###|instruction:|output:|response:)"
    r"|\bas an ai (?:language )?model\b|\bi(?:'m| am) (?:sorry|unable)\b|\blorem ipsum\b|�",
    re.IGNORECASE | re.MULTILINE,
)
_FULL_SUBSTANCE_CHARS = 600  # about 100 words: longer answers get no more points for being longer
_WORDS_PER_BREAK = 60  # a blank line for this many words is full layout
_CONTENT_LETTERS = 4  # shorter words are mostly the, and, of: they say nothing about the subject


class Part(NamedTuple):
    """One heuristic: the most points it gives, and how it judges a prompt and what is said to it."""

    points: float
    value: Callable[[str, str], float | None]
    """From 0 to 1; None where it does not apply."""


def substance(_prompt: str, said: str) -> float:
    """Length on a log scale, full at 600 characters."""
    return min(1.0, log1p(len(said.strip())) / log1p(_FULL_SUBSTANCE_CHARS))


def layout(_prompt: str, said: str) -> float:
    """Blank lines between paragraphs, one for each 60 words; a single paragraph gets nothing."""
    return min(1.0, len(_PARAGRAPH_BREAK.findall(said.strip())) / max(1.0, len(said.split()) / _WORDS_PER_BREAK))


def relevance(prompt: str, said: str) -> float | None:
    """Share of the longer words of the prompt that come up again."""
    asked = {word for word in _WORD.findall(prompt.lower()) if len(word) >= _CONTENT_LETTERS}
    return len(asked & set(_WORD.findall(said.lower()))) / len(asked) if asked else None


def wholeness(_prompt: str, said: str) -> float:
    """Half for a start that is no lower-case letter, half for an end that is no word or comma."""
    text = said.strip()
    return 0.5 * bool(_WHOLE_START.match(text)) + 0.5 * bool(_WHOLE_END.search(text))


def variety(_prompt: str, said: str) -> float | None:
    """1 less twice the share of three-word runs that come more than once, at least 0."""
    words = _WORD.findall(said.lower())
    runs = list(zip(words, words[1:], words[2:], strict=False))
    return max(0.0, 1 - 2 * (1 - len(set(runs)) / len(runs))) if runs else None


def cleanness(prompt: str, said: str) -> float:
    """0 for leftovers of templates and chat controls, refusals, placeholders, or the prompt said back; else 1."""
    text = said.strip()
    return 0.0 if not text or _LEFTOVER.search(text) or text == prompt.strip() else 1.0


PARTS: dict[str, Part] = {
    "substance": Part(25, substance),
    "layout": Part(15, layout),
    "relevance": Part(20, relevance),
    "wholeness": Part(15, wholeness),
    "variety": Part(10, variety),
    "cleanness": Part(15, cleanness),
}
"""The parts of the score; the points sum to 100."""


def quality(prompt: str | None, said: str, weights: Mapping[str, float]) -> dict[str, Any]:
    """`{"score": 0 to 100, "parts": {name: {"value", "points"}}}`.

    A part that does not apply to the record is left out and its points are shared among the others, so records of
    every type end on the same scale.
    """
    values = {
        name: value
        for name, part in PARTS.items()
        if weights[name] > 0 and (value := part.value(prompt or "", said)) is not None
    }
    available = sum(weights[name] for name in values)
    parts = {
        name: {"value": round(value, 4), "points": round(100 * weights[name] * value / available, 2)}
        for name, value in values.items()
    }
    return {"score": round(sum(part["points"] for part in parts.values()), 1), "parts": parts}
