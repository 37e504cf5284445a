"""Tasks about what is not there: a page behind a link, a picture, a file, code, a text; or a picture to draw."""

import re

from tilth.curate.flaws.flaw import Asked
from tilth.curate.signals.phrases import REFUSAL

_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"')\]]+", re.IGNORECASE)
_READS_IT = re.compile(
    r"\b(?:summar\w+|describ\w+|classif\w+|categori\w+|analy[sz]\w+|headline|review|outline|main (?:points?|idea)"
    r"|explain"
    r"|translat\w+|read|content|article|story|paragraph|page|web ?site|photo|picture|image|painting|video|colou?ri\w+"
    r"|caption|sentiment|tone|topic|paraphras\w+|rewrit\w+)\b",
    re.IGNORECASE,
)
_ABOUT_THE_URL = re.compile(
    r"\b(?:domain|protocol|shorten|pars\w+|html|hyperlink|valid\w*|button|sub ?domain|encod\w+|query string|anchor|cite"
    r"|citation|reference|bibliograph\w+|code|script|regex)\b",
    re.IGNORECASE,
)
_NO_ACCESS = re.compile(
    r"\b(?:(?:cannot|can(?:'|’)t|unable to|not able to|do(?:n(?:'|’)t| not) have access to|without access)\b.{0,60}"
    r"\b(?:access|open|browse|view|see|link|url|page|internet|image|picture|file)|provide (?:me )?(?:with )?the\b"
    r"|(?:please|could you) (?:share|provide|paste|give))",
    re.IGNORECASE,
)
_WORDS_BESIDE_A_LINK = 4  # "Link to article:" is no content; a sentence is

_SEEN = r"(?:picture|image|photo(?:graph)?|figure|painting|drawing|video|audio(?: clip)?|recording|screenshot|map)"
_FILE = rf"(?:{_SEEN}|file|document|attachment|pdf|spreadsheet|chart|graph|diagram)"
_HOLDER = re.compile(
    rf"[<\[]\s*(?:(?:insert|attached?|see|an?|the)\s+)*{_FILE}s?"
    r"(?:\s+(?:is\s+)?(?:attached|here|below|above|file|\d+))*\s*[>\]]"
    rf"|\battached (?:{_FILE}|text|data|table)s?\b|\b{_FILE}s? (?:is |are )?attached\b",
    re.IGNORECASE,
)
_TAGS = re.compile(r"\b(?:html|tags?|elements?|markdown|xml)\b|</", re.IGNORECASE)
_POINTS = r"\b(?:this|these|(?:the|that) (?:following|given|above|below|attached|provided)|(?:following|given))"
_POINTS_AT_SEEN = re.compile(
    rf"{_POINTS} (?:[\w-]+ ){{0,3}}?{_SEEN}s?\b(?! (?:format|file format|editor|processing))", re.IGNORECASE
)
_POINTS_AT_CODE = re.compile(
    rf"{_POINTS} (?:[\w+#.-]+ ){{0,3}}?"
    r"(?:code|function|program|script|snippet|code block|query|stack trace|source code)\b",
    re.IGNORECASE,
)
_POINTS_AT_TEXT = re.compile(
    r"\b(?:(?:the|these|this) (?:following|given|above|below|provided)|following|given) (?:[\w-]+ ){0,3}?"
    r"(?:article|text|paragraph|sentence|passage|story|poem|e-?mail|letter|essay|list|data ?set|data|table|words"
    r"|numbers|quote|review|tweet|phrase|items?|statements?|questions?|dialogue|conversation|speech|document)\b\W*\Z",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"[{};=]|\w\(|</|=>|->|\b(?:def|select|print|return|import|var|let|const|public|class)\b.*[\s(]", re.IGNORECASE
)
_SHOWS = re.compile(r"[:\n\"“'`]\s*\S")

_DRAWN = (
    r"(?:logo|image|picture|graphic|drawing|illustration|poster|photo(?:graph)?|painting|icon|infographic|pie chart"
    r"|bar chart|bar graph|line graph|sketch|animation|meme|comic strip|collage)"
)
_DRAWS = re.compile(
    r"^\W*(?:please |can you |could you |you (?:need|have) to )?"
    r"(?:create|design|generate|make|produce|render|build|come up with)\b (?:me )?(?:(?:an?|the|some|\d+) )?"
    rf"(?:(?!for\b|of\b|about\b|to\b|that\b)[\w-]+,? ){{0,4}}?{_DRAWN}s?\b"
    r"(?! (?:prompt|description|caption|idea|concept|slogan|text)s?)"
    r"|^\W*(?:please )?(?:draw|paint|sketch)\b (?!(?:an? |the |some |your )?(?:conclusion|inference|comparison|parallel"
    r"|connection|distinction|analog|attention|lesson|insight|line between))",
    re.IGNORECASE,
)
_TEXT_FOR_IT = re.compile(r"```|<svg|\|\s*-{2,}|^[^\S\n]*[|+*#/\\_-]{3,}", re.IGNORECASE | re.MULTILINE)


def unseen_link(asked: Asked) -> str | None:
    """The material is a link alone, the task is about what lies behind it, and the answer tells of it."""
    material = asked.given if asked.given.strip() else asked.instruction
    link = _URL.search(material)
    if link is None or _declines(asked.answer):
        return None
    if asked.given.strip() and len(_URL.sub(" ", material).split()) > _WORDS_BESIDE_A_LINK:
        return None
    task = _URL.sub(" ", asked.instruction)
    if not _READS_IT.search(task) or _ABOUT_THE_URL.search(task):
        return None
    return f"the task is about what lies behind {link.group()[:60]}, and nothing of it is there"


def missing_attachment(asked: Asked) -> str | None:
    """A stand-in for a picture or file, or words that point at one, with nothing beside them."""
    if _declines(asked.answer):
        return None
    if (holder := _HOLDER.search(asked.prompt)) is not None and not _TAGS.search(asked.prompt):
        return f"{holder.group()!r} stands for something that is not there"
    pointed = _POINTS_AT_SEEN.search(asked.instruction)
    if pointed is not None and not asked.given.strip() and not _shown_after(asked.instruction, pointed.end()):
        return f"{pointed.group()!r} is not there"
    return None


def missing_code(asked: Asked) -> str | None:
    """Words that point at code, in a prompt that has none."""
    pointed = _POINTS_AT_CODE.search(asked.instruction)
    if pointed is None or asked.given.strip() or _declines(asked.answer):
        return None
    rest = asked.instruction[: pointed.start()] + asked.instruction[pointed.end() :]
    return None if _CODE.search(rest) or _SHOWS.search(rest) else f"{pointed.group()!r} is not there"


def missing_input(asked: Asked) -> str | None:
    """Words at the end of the instruction that point at a text or a list, with nothing after them."""
    last = asked.instruction.strip().rstrip(".:!?")
    pointed = _POINTS_AT_TEXT.search(last)
    if pointed is None or asked.given.strip() or _declines(asked.answer) or "\n" in last or _SHOWS.search(last):
        return None
    return f"{pointed.group().strip()!r} is not there"


def asks_for_image(asked: Asked) -> str | None:
    """A picture is asked for, and the answer neither declines nor draws with characters or code."""
    found = _DRAWS.search(asked.instruction)
    if found is None or _declines(asked.answer) or _TEXT_FOR_IT.search(asked.answer):
        return None
    return f"a text cannot {found.group().strip()[:60]!r}"


def _declines(answer: str) -> bool:
    return REFUSAL.search(answer) is not None or _NO_ACCESS.search(answer) is not None


def _shown_after(instruction: str, end: int) -> bool:
    """Whether the instruction goes on with what it points at: after a colon, in quotes, on the next line."""
    return _SHOWS.search(instruction[end:]) is not None
