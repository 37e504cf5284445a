"""Signals of words and sentences: how many, how long, and how a text is laid out in lines."""

import re

from tilth.curate.signals.registry import Texts, signal
from tilth.curate.signals.said import WORD, said

_SENTENCE_END = re.compile(
    r"(?<![A-Z.!?…])[.!?…]++[\"'”’)\]]*+(?=\s+[^\s\w]*[^\Wa-z_]|\s*\Z)"  # before a capital or a digit, or at the end
    r"|[。！？]+[」』”）]*"
    r"|[।؟]+"
    r"|\n+"
)
_LIST_ITEM = re.compile(r"^\s*(?:[-*•–]|\d{1,3}[.)]|[A-Za-z][.)])\s+\S")
_PUNCTUATION = re.compile(r"[.,;:!?…'\"“”‘’()\[\]{}<>«»¿¡。、，；：！？؟،।-]")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_RULES = "rule of this project; compare Unicode UAX #29, section 5"


@signal("sentences", ("answer", "text"), is_skewed=True, source=_RULES)
def sentences(answers: Texts, texts: Texts) -> list[float | None]:
    """Sentences of the answer, or else of the text: runs that end in a mark before a capital, or in a line end."""
    return [None if text is None else len(split_sentences(text)) for text in said(answers, texts)]


@signal("words", ("answer", "text"), is_skewed=True, source="Flesch 1948, Journal of Applied Psychology 32(3)")
def mean_sentence_words(answers: Texts, texts: Texts) -> list[float | None]:
    """Words for each sentence of the answer, or else of the text."""
    return [_mean_words(text) for text in said(answers, texts)]


@signal("characters", ("answer", "text"), source="Gopher: Rae et al. 2021, arXiv:2112.11446, table A1 (usual: 3 to 10)")
def mean_word_chars(answers: Texts, texts: Texts) -> list[float | None]:
    """Characters for each word of the answer, or else of the text."""
    return [_mean_chars(text) for text in said(answers, texts)]


@signal(
    "share", ("answer", "text"), source="C4: Raffel et al. 2020, arXiv:1910.10683, section 2.2, keeps lines by them"
)
def punctuation_share(answers: Texts, texts: Texts) -> list[float | None]:
    """Punctuation marks over all characters that are not blank, in the answer or else the text."""
    return [_punctuation(text) for text in said(answers, texts)]


@signal("share", ("answer", "text"), source="Gopher: Rae et al. 2021, arXiv:2112.11446, table A1 (lines with bullets)")
def list_share(answers: Texts, texts: Texts) -> list[float | None]:
    """Lines that are items of a list, numbered or with a bullet, over all lines that say something."""
    return [_items(text) for text in said(answers, texts)]


@signal("blocks", ("answer", "text"), is_skewed=True, source="blocks as in CommonMark 0.31, section 3")
def paragraphs(answers: Texts, texts: Texts) -> list[float | None]:
    """Blocks between blank lines, in the answer or else the text."""
    return [
        None if text is None else sum(bool(block.strip()) for block in _BLANK_LINE.split(text))
        for text in said(answers, texts)
    ]


@signal("words", ("answer", "text"), is_skewed=True, source="blocks as in CommonMark 0.31, section 3")
def longest_paragraph_words(answers: Texts, texts: Texts) -> list[float | None]:
    """Words of the longest block between blank lines, in the answer or else the text: a wall of text has hundreds."""
    return [
        None if text is None else max(len(block.split()) for block in _BLANK_LINE.split(text))
        for text in said(answers, texts)
    ]


@signal("words", ("answer", "text"), is_skewed=True, source="rule of this project")
def mean_line_words(answers: Texts, texts: Texts) -> list[float | None]:
    """Words for each line that says something, in the answer or else the text."""
    return [_mean_line(text) for text in said(answers, texts)]


@signal("0 or 1", ("answer", "text"), source="rule of this project")
def lead_in(answers: Texts, texts: Texts) -> list[float | None]:
    """1 when the first line of several introduces the others by ending in a colon, in the answer or else the text."""
    return [None if text is None else float(_leads_in(text)) for text in said(answers, texts)]


def split_sentences(text: str) -> list[str]:
    """The sentences of a text that have a letter or a digit."""
    found, start = [], 0
    for end in _SENTENCE_END.finditer(text):
        found.append(text[start : end.end()].strip())
        start = end.end()
    found.append(text[start:].strip())
    return [sentence for sentence in found if any(map(str.isalnum, sentence))]


def _mean_words(text: str | None) -> float | None:
    found = split_sentences(text or "")
    return sum(len(WORD.findall(sentence)) for sentence in found) / len(found) if found else None


def _mean_chars(text: str | None) -> float | None:
    words = WORD.findall(text or "")
    return sum(map(len, words)) / len(words) if words else None


def _punctuation(text: str | None) -> float | None:
    visible = len("".join((text or "").split()))
    return len(_PUNCTUATION.findall(text or "")) / visible if visible else None


def _items(text: str | None) -> float | None:
    lines = [line for line in (text or "").splitlines() if line.strip()]
    return sum(bool(_LIST_ITEM.match(line)) for line in lines) / len(lines) if lines else None


def _mean_line(text: str | None) -> float | None:
    lines = [line for line in (text or "").splitlines() if line.strip()]
    return sum(len(line.split()) for line in lines) / len(lines) if lines else None


def _leads_in(text: str) -> bool:
    first, *others = [line for line in text.splitlines() if line.strip()] or [""]
    return bool(others) and first.rstrip().endswith((":", "："))
