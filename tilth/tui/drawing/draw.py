"""Any row as a drawing: the drawing of its record type when the record is sound, field by field when it is not."""

from collections.abc import Callable
from dataclasses import replace

from pydantic import ValidationError
from textual.content import Content

from tilth.errors import TilthError
from tilth.operation import Fields
from tilth.review.rows import Seen
from tilth.schemas import parts, record_type
from tilth.schemas.safe_text import safe_text
from tilth.tui.drawing.classification import draw_classification
from tilth.tui.drawing.conversation import draw_chat
from tilth.tui.drawing.instruction import draw_instruction
from tilth.tui.drawing.ner import draw_ner
from tilth.tui.drawing.page import ODD, Drawing, blocks
from tilth.tui.drawing.plain import draw_fields, draw_unreadable
from tilth.tui.drawing.preference import draw_preference
from tilth.tui.drawing.provenance import draw_provenance
from tilth.tui.drawing.qa import draw_qa

_DRAWN: dict[str, Callable[[Fields, int | None], Drawing]] = {
    "instruction": draw_instruction,
    "chat": draw_chat,
    "preference": draw_preference,
    "qa": draw_qa,
    "ner": draw_ner,
    "classification": draw_classification,
}
_SUMMARY_CHARACTERS = 200  # more than the widest list shows


def draw_row(seen: Seen, limit: int | None, *, is_open: bool) -> Drawing:
    """A row as the file holds it: its record, or why there is none."""
    if seen.record is None:
        return draw_unreadable(seen.raw, seen.problem, limit)
    return draw(seen.record, limit, is_open=is_open)


def draw(record: Fields, limit: int | None, *, is_open: bool) -> Drawing:
    """A record, with `meta` and `extra` folded unless `is_open`; each text is cut after `limit` characters."""
    problems = problems_of(record)
    drawing = draw_fields(record, limit) if problems else _drawn_by_type(record, limit)
    top = blocks([*(Content.styled(safe_text(f"! {problem}"), ODD) for problem in problems), drawing.top])
    carried = draw_provenance(record, limit, is_open=is_open)
    return replace(drawing, top=top, bottom=blocks([drawing.bottom, carried]))


def problems_of(record: Fields) -> list[str]:
    """Why a record is not what its type says, one sentence each; empty for a sound record."""
    try:
        known = record_type(str(record.get("type")))
        known.model_validate(record)
    except ValidationError as failure:
        return [
            f"{'.'.join(map(str, each['loc'])) or known.name()}: {each['msg'].lower()}" for each in failure.errors()
        ]
    except TilthError as failure:
        return [failure.what]
    return []


def summary_line(seen: Seen) -> str:
    """One safe line that tells a row from its neighbours: the beginning of its text."""
    if seen.record is None:
        return "(cannot be read)"
    text = parts(seen.record).text or next((value for value in seen.record.values() if isinstance(value, str)), "")
    return safe_text(text[:_SUMMARY_CHARACTERS], one_line=True)


def _drawn_by_type(record: Fields, limit: int | None) -> Drawing:
    return _DRAWN.get(str(record.get("type")), draw_fields)(record, limit)
