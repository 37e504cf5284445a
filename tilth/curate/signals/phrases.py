"""Signals of phrases: refusals, boilerplate of pages, leftovers of templates. Mostly English, and exact."""

import re

from tilth.curate.signals.registry import Texts, signal
from tilth.curate.signals.said import said

# Each at the start of a sentence: "I cannot find my keys" inside a story is no refusal of the writer.
REFUSAL = re.compile(
    r"\bas an? (?:ai|artificial intelligence|(?:large )?language model)\b"
    r"|\bi(?:'|’)?m (?:just |only )?(?:an? )?(?:ai|(?:large )?language model)\b"
    r"|\bi am (?:just |only )?an? (?:ai|artificial intelligence|(?:large )?language model)\b"
    r"|(?:^|[.!?]\s+)(?:i(?:'|’)?m|i am|we(?:'|’)re|we are)? ?(?:very |really |so )?(?:sorry|afraid)\b[^.!?\n]{0,40}?"
    r"\b(?:i|we)(?: am|(?:'|’)m)? ?"
    r"(?:cannot|can(?:'|’)t|can not|could not|couldn(?:'|’)t|unable|not able|won(?:'|’)t)\b"
    r"|(?:^|[.!?]\s+)i (?:cannot|can(?:'|’)t|can not|am unable to|am not able to|won(?:'|’)t)"
    r" (?:assist|help|comply|fulfil|provide|answer|create|generate|write|do that|engage|access|browse|see|view|open)\b"
    r"|(?:^|[.!?]\s+)(?:sorry|unfortunately),? (?:but )?i (?:cannot|can(?:'|’)t|am unable|am not able"
    r"|do not have|don(?:'|’)t have)\b"
    r"|\bit (?:is|would be) not (?:appropriate|ethical) (?:for me )?to\b"
    r"|\bi do(?: not|n(?:'|’)t) have (?:personal (?:opinions|beliefs|experiences|preferences)"
    r"|access to (?:real-time|the internet))",
    re.IGNORECASE | re.MULTILINE,
)
BOILERPLATE = re.compile(
    r"\b(?:terms (?:of use|of service|and conditions)|privacy policy|cookie policy|all rights reserved"
    r"|we use cookies|this (?:web ?site|site) uses cookies|accept (?:all )?cookies|(?:please )?enable javascript"
    r"|sign up for our (?:free )?newsletter|subscribe to our|click here|read more"
    r"|share (?:this|on) (?:facebook|twitter|x)\b"
    r"|skip to (?:main )?content|log ?in to (?:view|continue|comment)|powered by wordpress|lorem ipsum"
    r"|add to (?:cart|basket)|page not found|404 (?:error|not found))",
    re.IGNORECASE,
)
TEMPLATE = re.compile(
    r"<\|[a-z][a-z0-9_]{1,40}\|>|\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>|</?s>"  # chat templates
    r"|<\s*no\s*_?(?:in|out)put\s*>|\bno(?:in|out)put\b"
    r"|^\W{0,3}(?:###?\s*)?(?:\d{1,2}[.)]\s*)?(?:instructions?|inputs?|outputs?|response|prompt|completion)\s*:\s*$"
    r"|^[^\S\n]*###\s*(?:instruction|input|output|response|system|human|assistant)\b"
    r"|^[^\S\n]*\d{1,2}[.)]\s*(?:instruction|input|output)\s*:"
    r"|\{\{\s*[\w.]+\s*\}\}|\{%\s*\w+|\$\{\w+\}|<(?:your|insert|name of|company)[^<>\n]{0,30}>"
    r"|\[(?:your|insert|enter|add|company|recipient(?:'s)?|sender(?:'s)?)\b[^\[\]\n]{0,30}\]|�",
    re.IGNORECASE | re.MULTILINE,
)


@signal(
    "phrases", ("answer", "text"), source="phrase list of this project, after the filters of ShareGPT sets (Vicuna)"
)
def refusals(answers: Texts, texts: Texts) -> list[float | None]:
    """Phrases with which an assistant declines or speaks of itself as a model, in the answer or else the text."""
    return [_count(REFUSAL, text) for text in said(answers, texts)]


@signal("phrases", ("answer", "text"), source="C4: Raffel et al. 2020, arXiv:1910.10683, section 2.2, widened")
def boilerplate(answers: Texts, texts: Texts) -> list[float | None]:
    """Phrases of web pages that are no content, in the answer or else the text: cookies, terms, newsletters, lorem."""
    return [_count(BOILERPLATE, text) for text in said(answers, texts)]


@signal("places", ("answer", "text"), source="list of this project: markers of known prompt templates")
def template_leftovers(answers: Texts, texts: Texts) -> list[float | None]:
    """Markers and unfilled slots of templates, in the answer or else the text: `[INST]`, `### Input`, `{{name}}`."""
    return [_count(TEMPLATE, text) for text in said(answers, texts)]


def _count(phrases: re.Pattern[str], text: str | None) -> float | None:
    return None if text is None else sum(1 for _ in phrases.finditer(text))
