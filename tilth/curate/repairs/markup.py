"""Texts that still carry the HTML of the page that they were taken from."""

import re
from html import unescape

from tilth.curate.repairs.prose import prose
from tilth.curate.text_edits import Edit

_BREAKS = dict.fromkeys(("br", "hr", "tr"), "\n")
_BLOCKS = frozenset(
    ("p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "header", "footer", "ul", "ol", "dl",
     "table", "blockquote", "pre", "figure", "main", "aside")
)  # fmt: skip
_INLINE = frozenset(
    ("a", "abbr", "b", "big", "caption", "center", "cite", "code", "col", "colgroup", "dd", "del", "dfn", "dt", "em",
     "figcaption", "font", "i", "img", "ins", "kbd", "li", "mark", "nav", "nobr", "q", "s", "small", "span", "strike",
     "strong", "sub", "sup", "tbody", "td", "tfoot", "th", "thead", "time", "tt", "u", "wbr")
)  # fmt: skip
_KNOWN = _BLOCKS | _INLINE | _BREAKS.keys()
_TAG = re.compile(r"<(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9:-]*)(?P<rest>\s[^<>]{0,2000}|/)?>|<!--[^<>]{0,2000}-->")
_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,30}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_TEMPLATE = re.compile(r"\{\{|<%|<\?|<!DOCTYPE", re.IGNORECASE)
_ABOUT = re.compile(
    r"\b(?:x?html\d?|xml|svg|css|jsx|tsx|markup|tags?|dom|javascript|react|angular|vue|bootstrap|web ?(?:page|site)s?"
    r"|web ?dev\w*|hyperlinks?|entit(?:y|ies)|escap\w+|encod\w+|decod\w+|templates?|scrap\w+|pars(?:e|er|ing))\b",
    re.IGNORECASE,
)


def is_about_markup(text: str) -> bool:
    """Whether the words of a record, without its tags, speak of markup: then tags in it are its subject."""
    return _ABOUT.search(_TAG.sub(" ", text)) is not None


def markup_edits(text: str) -> list[Edit]:
    """Tags out, with line breaks and dashes where blocks and items were, and entities as what they stand for.

    Only where every tag outside of code is one that formats text, and one of them closes or breaks a line: a text
    with `<T>`, `<think>`, `<script>` or `<input>` in it is a program or something else's grammar.
    """
    pieces = list(prose(text, indented_is_code=False))
    tags = [found for start, end in pieces for found in _TAG.finditer(text, start, end)]
    within = {place for tag in tags for place in range(*tag.span())}
    entities = [found for start, end in pieces for found in _ENTITY.finditer(text, start, end)]
    if _TEMPLATE.search(text) or not _are_formatting(tags):
        return []
    edits = [Edit(*tag.span(), _instead(tag, text)) for tag in tags]
    is_shown_code = any(_is_tag_start(text, entity) for entity in entities)  # &lt;b&gt; shows a tag and is none
    for entity in entities:
        new = unescape(entity.group()).replace("\u00a0", " ")
        is_needed = (new in "<>" and is_shown_code) or (new == "&" and _ENTITY.match("&" + text[entity.end() :]))
        if entity.start() not in within and new != entity.group() and new.isprintable() and not is_needed:
            edits.append(Edit(*entity.span(), new))
    return sorted(edits)


def _are_formatting(tags: list[re.Match[str]]) -> bool:
    named = [tag for tag in tags if tag["name"]]
    names = {tag["name"].lower() for tag in named}
    ends = any(tag["close"] or tag["name"].lower() in ("br", "hr", "img", "p") for tag in named)
    return names <= _KNOWN and (ends or not tags)


def _instead(tag: re.Match[str], text: str) -> str:
    name = (tag["name"] or "").lower()
    if name in _BREAKS:
        new = "\n" if name != "tr" or tag["close"] else ""
    elif name == "li":
        new = "\n" if tag["close"] else "- "
    elif name in ("td", "th"):
        new = "\t" if tag["close"] else ""
    else:
        new = "\n\n" if name in _BLOCKS and tag["close"] else ""
    after = text[tag.end() : tag.end() + len(new)]
    return new[: len(new) - (len(after) - len(after.lstrip("\n")))] if "\n" in new else new


def _is_tag_start(text: str, entity: re.Match[str]) -> bool:
    return unescape(entity.group()) == "<" and re.match(r"[A-Za-z/!]", text[entity.end() :]) is not None
