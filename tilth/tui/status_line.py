"""The two lines that say where one is and what is on the disk."""

from textual.content import Content

from tilth.review.event import Event
from tilth.review.session import Session
from tilth.schemas.safe_text import safe_text
from tilth.tui.drawing.page import BAD, GOOD, ODD, QUIET
from tilth.tui.record_list import MARKS

_STYLES = {"accepted": GOOD, "rejected": BAD, "edited": ODD, "skipped": QUIET, "undecided": QUIET}


def heading(session: Session, row: int, place: str, filtered: str) -> Content:
    """Row, record type, how the record stands, note, other annotators, file: the most useful first."""
    seen, standing = session.seen(row), session.standing(row)
    kind = "unreadable" if seen.record is None else str(seen.record.get("type"))
    parts = [
        Content.styled(f"row {place}", "bold"),
        Content(safe_text(kind, one_line=True)),
        Content.styled(f"{MARKS[standing.status]} {standing.status}", _STYLES[standing.status]),
    ]
    if filtered:
        parts.append(Content.styled(safe_text(filtered, one_line=True), ODD))
    if standing.note:
        parts.append(Content(f"note: {safe_text(standing.note, one_line=True)}"))
    for name, left in session.others(row).items():
        parts.append(Content.styled(safe_text(f"{name}: {left.status}", one_line=True), ODD))
    parts.append(Content.styled(safe_text(session.path.name, one_line=True), QUIET))
    return Content("  ").join(parts)


def counts(session: Session) -> Content:
    """How many records are accepted, rejected, edited, skipped, and left."""
    shown = session.counts
    parts = [
        Content.styled(f"{MARKS[status]}{shown[status]:,}", _STYLES[status])
        for status in ("accepted", "rejected", "edited", "skipped")
    ]
    return Content(" ").join([*parts, Content(f"{shown['undecided']:,} left")])


def acknowledgement(event: Event) -> Content:
    """What is on the disk: shown only after the commit, with the event's number in the journal."""
    return Content.styled(f"#{event.number} {event.action} row {event.row + 1}", GOOD)
