"""Signals of variety: how much of a text is new, and how much says the same again."""

import re
import zlib
from collections import Counter

from tilth.curate.signals.registry import Texts, signal

_WORD = re.compile(r"\w+")
_MIN_COMPRESSED = 64  # bytes; below it the header of the compressor is most of the result


@signal("share", ("answer", "text"), source="Johnson 1944, Psychological Monographs 56(2)")
def type_token_ratio(answers: Texts, texts: Texts) -> list[float | None]:
    """Distinct words over all words of the answer, or of the text of a record without one; lower case."""
    return [None if not words else len(set(words)) / len(words) for words in _words(answers, texts)]


@signal(
    "share",
    ("answer", "text"),
    source="Gopher: Rae et al. 2021, arXiv:2112.11446, table A1 (duplicate n-grams), by count",
)
def repetition(answers: Texts, texts: Texts) -> list[float | None]:
    """Share of the three-word runs that repeat an earlier one, in the answer or else the text (Gopher's duplicate
    3-gram measure, by count)."""
    return [_repeated_share(words) for words in _words(answers, texts)]


@signal("ratio", ("answer", "text"), source="Shannon 1951 (redundancy); zlib of RFC 1950")
def compression_ratio(answers: Texts, texts: Texts) -> list[float | None]:
    """Bytes of the answer, or else the text, over its bytes after zlib: 2 is usual for prose, 10 says the same again
    and again."""
    return [_compression(text) for text in _said(answers, texts)]


@signal(
    "share", ("prompt", "answer"), source="containment: Broder 1997, On the resemblance and containment of documents"
)
def prompt_overlap(prompts: Texts, answers: Texts) -> list[float | None]:
    """Share of the distinct words of the answer that the prompt has too: 1 says nothing new."""
    return [_overlap(prompt, answer) for prompt, answer in zip(prompts, answers, strict=True)]


def _said(answers: Texts, texts: Texts) -> Texts:
    return [text if answer is None else answer for answer, text in zip(answers, texts, strict=True)]


def _words(answers: Texts, texts: Texts) -> list[list[str]]:
    return [_WORD.findall(text.lower()) if text else [] for text in _said(answers, texts)]


def _repeated_share(words: list[str]) -> float | None:
    if not words:
        return None
    runs = Counter(zip(words, words[1:], words[2:], strict=False))
    return 1 - len(runs) / runs.total() if runs else 0.0


def _compression(text: str | None) -> float | None:
    raw = (text or "").encode("utf-8", "replace")
    return len(raw) / len(zlib.compress(raw)) if len(raw) >= _MIN_COMPRESSED else None


def _overlap(prompt: str | None, answer: str | None) -> float | None:
    if prompt is None or not answer:
        return None
    said = set(_WORD.findall(answer.lower()))
    return len(said & set(_WORD.findall(prompt.lower()))) / len(said) if said else None
