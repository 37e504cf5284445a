"""How a question is drawn: its answers, marked where they stand in the context."""

from typing import Any

from textual.content import Content

from tilth.operation import Fields
from tilth.tui.drawing.page import MARKED, ODD, QUIET, Drawing, Span, blocks, field, label, passage, stack


def draw_qa(record: Fields, limit: int | None) -> Drawing:
    """Question, answers with their offsets, context with each answer marked."""
    answers, context = record["answers"], record.get("context")
    lines = [_answer(answer, context, limit) for answer in answers]
    if not lines:
        lines = [Content.styled("(none)", QUIET)]
    parts = [field("question", record["question"], limit), stack([label("answers"), *lines])]
    if record.get("is_impossible") is not None:
        parts.append(field("is_impossible", record["is_impossible"], limit))
    if context is not None:
        parts.append(stack([label("context"), passage(context, limit, _spans(answers, context))]))
    return Drawing(blocks(parts))


def _answer(answer: dict[str, Any], context: str | None, limit: int | None) -> Content:
    text, start = answer["text"], answer.get("start")
    line = Content.assemble("• ", passage(text, limit))
    if start is None or context is None:
        return line
    found = context[start : start + len(text)] if start >= 0 else ""
    if found == text:
        return Content.assemble(line, (f"  at {start}", QUIET))
    return Content.assemble(line, (f"  not at {start}: the context has ", ODD), passage(found, limit), (" there", ODD))


def _spans(answers: list[dict[str, Any]], context: str) -> list[Span]:
    """Where the answers stand; an answer whose offset is wrong is not marked, and one without offset is looked up."""
    spans: list[Span] = []
    for answer in answers:
        text, start = answer["text"], answer.get("start")
        place = context.find(text) if start is None and text else start
        if place is not None and place >= 0 and context[place : place + len(text)] == text:
            spans.append((place, place + len(text), MARKED[0]))
    return spans
