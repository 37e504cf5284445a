"""How named entities are drawn: the text with its spans marked, and the spans listed."""

from typing import Any

from textual.content import Content

from tilth.operation import Fields
from tilth.tui.drawing.page import MARKED, ODD, QUIET, Drawing, blocks, field, label, passage, stack

_BESIDE = ("relations", "labels", "tokens")


def draw_ner(record: Fields, limit: int | None) -> Drawing:
    """The text with a colour per label; below it every span, so that overlaps and wrong offsets show too."""
    text, entities = record["text"], record["entities"]
    names = sorted({entity["label"] for entity in entities})
    styles = {name: MARKED[place % len(MARKED)] for place, name in enumerate(names)}
    spans = [(entity["start"], entity["end"], styles[entity["label"]]) for entity in entities]
    lines = [_entity(entity, text, styles[entity["label"]], limit) for entity in entities]
    parts = [
        stack([label("text"), passage(text, limit, spans)]),
        stack([label("entities"), *(lines or [Content.styled("(none)", QUIET)])]),
    ]
    parts += [field(name, record[name], limit) for name in _BESIDE if record.get(name) is not None]
    return Drawing(blocks(parts))


def _entity(entity: dict[str, Any], text: str, style: str, limit: int | None) -> Content:
    start, end = entity["start"], entity["end"]
    name = passage(entity["label"], limit).stylize(style)
    if not 0 <= start < end <= len(text):
        return Content.assemble(name, (f"  {start}–{end} is outside the text (0–{len(text)})", ODD))
    return Content.assemble(name, (f"  {start}–{end}  ", QUIET), passage(text[start:end], limit))
