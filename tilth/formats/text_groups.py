"""Lines of text as their characters, with what is wrong with a line beside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from tilth.formats.container import ReadSettings
from tilth.formats.lines import LineGroup, LongLine, read_lines
from tilth.formats.transcoding import not_utf8

HAS_NUL = "a NUL character: this is no text, or text in another encoding (--encoding utf-16-le is a common one)"
"""The reason for which a text with a NUL is refused."""


@dataclass(frozen=True)
class TextGroup:
    """Consecutive lines without their ends: `\\n`, or `\\r\\n`."""

    lines: LineGroup
    texts: list[str]
    faults: dict[int, str]
    """Why a line, by its place in the group, is no text."""

    def refuse_faults(self, settings: ReadSettings) -> None:
        """Reject every line that is no text."""
        for place, reason in self.faults.items():
            self.refuse(place, reason, settings)

    def refuse(self, place: int, reason: str, settings: ReadSettings) -> None:
        """Reject one line."""
        number, offset = self.lines.first_line + place, self.lines.offset_of(place)
        settings.refuse(number, offset, reason, self.lines.lines[place])


def read_text(source: BinaryIO, settings: ReadSettings) -> Iterator[TextGroup]:
    """All lines in groups. A byte order mark at the start is dropped."""
    for group in read_lines(source, settings.max_line_bytes):
        if isinstance(group, LongLine):
            reason = f"the line is longer than {settings.max_line_bytes} bytes"
            yield TextGroup(LineGroup(group.line, group.byte_offset, [group.start]), [""], {0: reason})
            continue
        whole = b"\n".join(group.lines)
        try:
            texts = whole.decode("utf-8").split("\n")
        except UnicodeDecodeError:
            yield _with_faults(group)
            continue
        yield TextGroup(group, texts, {}) if b"\x00" not in whole else _with_faults(group)


def _with_faults(group: LineGroup) -> TextGroup:
    texts: list[str] = []
    faults: dict[int, str] = {}
    for place, raw in enumerate(group.lines):
        try:
            texts.append(raw.decode("utf-8"))
        except UnicodeDecodeError as failure:
            texts.append("")
            faults[place] = not_utf8(raw, failure.start)
        else:
            if b"\x00" in raw:
                faults[place] = HAS_NUL
    return TextGroup(group, texts, faults)
