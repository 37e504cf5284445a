"""Signals of readability: Flesch's two formulas, which hold for English."""

import re

from tilth.curate.signals.registry import Texts, signal
from tilth.curate.signals.said import said
from tilth.curate.signals.sentences import split_sentences

_WORD = re.compile(r"[a-z]+(?:['’][a-z]+)*", re.IGNORECASE)
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT_END = re.compile(r"(?:[^laeiouy]|[aeiouy]l)e$|[^aeiouytd]ed$|[^aeiouysxzhcg]es$")
_SPLIT_VOWELS = re.compile(
    r"(?<![tscgxl])io|(?<![tscg])ia|(?:(?<![tc])|(?<=sc))ien[ct]|iety|(?<![aeg])eo(?![up])|[^qg]u[ao]"
    r"|[aeou]ing|yi|[rd]ea\b|crea(?![ms])|eum\b|oe[mt]"
)


@signal(
    "points",
    ("answer", "text"),
    source="Flesch 1948, Journal of Applied Psychology 32(3), 221-233; 206.835 - 1.015 words/sentence - 84.6 "
    "syllables/word; syllables are estimated by spelling; English only",
)
def flesch_reading_ease(answers: Texts, texts: Texts) -> list[float | None]:
    """How easy the answer, or else the text, is to read: 60 to 70 is plain English, below 30 is for graduates."""
    return [_formula(text, 206.835, -1.015, -84.6) for text in said(answers, texts)]


@signal(
    "school years",
    ("answer", "text"),
    source="Kincaid et al. 1975, Research Branch Report 8-75; 0.39 words/sentence + 11.8 syllables/word - 15.59; "
    "English only",
)
def flesch_kincaid_grade(answers: Texts, texts: Texts) -> list[float | None]:
    """Years of American school that reading the answer, or else the text, takes."""
    return [_formula(text, -15.59, 0.39, 11.8) for text in said(answers, texts)]


def syllables(word: str) -> int:
    """Syllables of an English word, by its spelling: groups of vowels, less a silent end, and more for split groups.

    Right for about nine words in ten of running text; enough for means over a text, not for verse.
    """
    small = word.lower().replace("’", "'").removesuffix("'s").replace("'", "")
    count = len(_VOWELS.findall(small)) - bool(_SILENT_END.search(small)) + len(_SPLIT_VOWELS.findall(small))
    return max(1, count)


def _formula(text: str | None, base: float, per_sentence: float, per_word: float) -> float | None:
    words = _WORD.findall(text or "")
    sentences = len(split_sentences(text or ""))
    if not words or not sentences:
        return None
    return base + per_sentence * len(words) / sentences + per_word * sum(map(syllables, words)) / len(words)
