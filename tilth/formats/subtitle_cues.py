"""Cues out of the text of an SRT or VTT file, also of one that was put together carelessly."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tilth.errors import DataError
from tilth.formats.container import ReadSettings

_LINE_ENDS = re.compile("\r\n|\n|\r")
_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[,.:](\d{1,3}))?"
_TIMING = re.compile(rf"[ \t]*{_TIME}[ \t]*-{{1,2}}>[ \t]*{_TIME}(?:[ \t]+(.*))?")
_ARROW = "->"
_COUNTER = re.compile(r"[ \t]*\d+[ \t]*")
_HEADER = re.compile(r"WEBVTT(?:[ \t].*)?")
_ASIDE = re.compile(r"(?:NOTE|STYLE|REGION)(?:[ \t].*)?")


@dataclass(slots=True)
class Cue:
    """What is shown from one time to another."""

    line: int
    start: float
    end: float
    settings: str = ""
    id: str = ""
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The lines that are shown, with their tags."""
        return "\n".join(self.lines).strip("\n")


def cues(text: str, settings: ReadSettings, *, is_vtt: bool) -> Iterator[Cue]:
    """The cues in the order of the file. One whose times make no sense is rejected, with its words.

    In SRT a cue goes on to the next line of times: blank lines may be missing, and may stand inside. In VTT it ends at
    a blank line, and a block without times is a note, a style or a region.
    """
    lines = _LINE_ENDS.split(text)
    place = _after_header(lines, settings) if is_vtt else 0
    begins = [number for number in range(place, len(lines)) if _ARROW in lines[number] and _is_timing(lines[number])]
    if not begins:
        expected = "00:00:01.000 --> 00:00:02.000"
        raise DataError(f"no cue has a line of times such as {expected}", where=settings.name, fix="--from text")
    asides = _Asides(lines, settings, is_vtt=is_vtt)
    asides.pass_over(place, _first_line(lines, begins[0], place))
    for begin, after in zip(begins, [*begins[1:], len(lines)], strict=True):
        last = after if after == len(lines) else _first_line(lines, after, begin + 1)
        end = _payload_end(lines, begin + 1, last) if is_vtt else last
        cue = _cue(lines, begin, end, settings, is_vtt=is_vtt)
        if cue is not None:
            yield cue
        asides.pass_over(end, last)


def _after_header(lines: list[str], settings: ReadSettings) -> int:
    if not _HEADER.fullmatch(lines[0]):
        raise DataError("the first line is not WEBVTT", where=f"{settings.name}:1", fix="--from srt")
    place = 1
    while place < len(lines) and lines[place].strip() and _ARROW not in lines[place]:
        place += 1
    return place


def _is_timing(line: str) -> bool:
    """Whether a line means to be one of times: two times, or what is left of them around an arrow."""
    before, _, after = line.partition(_ARROW)
    return _TIMING.fullmatch(line) is not None or (before.rstrip("- \t")[-1:].isdigit() and after.strip()[:1].isdigit())


def _first_line(lines: list[str], timing: int, floor: int) -> int:
    """Where the cue of a line of times begins: at the identifier or the counter in the line before, if there is one."""
    before = timing - 1
    if before < floor or not lines[before].strip():
        return timing
    is_alone = before == floor or not lines[before - 1].strip()
    return before if _COUNTER.fullmatch(lines[before]) or is_alone else timing


def _payload_end(lines: list[str], begin: int, end: int) -> int:
    return next((place for place in range(begin, end) if not lines[place].strip()), end)


def _cue(lines: list[str], timing: int, end: int, settings: ReadSettings, *, is_vtt: bool) -> Cue | None:
    found = _TIMING.fullmatch(lines[timing])
    reason = "a line of times that are none"
    if found is not None:
        start, stop = _seconds(found.groups()[:4]), _seconds(found.groups()[4:8])
        if start <= stop:
            cue = Cue(timing + 1, start, stop, (found[9] or "").strip(), lines=lines[timing + 1 : end])
            before = lines[timing - 1].strip() if timing else ""
            if is_vtt and before and _ARROW not in before and _first_line(lines, timing, 1) < timing:
                cue.id = before
            return cue
        reason = f"a cue that ends before it begins ({start:g} s to {stop:g} s)"
    settings.refuse(timing + 1, None, reason, "\n".join(lines[timing:end]).encode("utf-8"))
    return None


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, whole, fraction = (part or "" for part in parts)
    milliseconds = int(fraction.ljust(3, "0")) if fraction else 0
    return ((int(hours or 0) * 60 + int(minutes)) * 60_000 + int(whole) * 1000 + milliseconds) / 1000


class _Asides:
    """What stands between cues."""

    def __init__(self, lines: list[str], settings: ReadSettings, *, is_vtt: bool) -> None:
        self._lines, self._settings, self._is_vtt = lines, settings, is_vtt

    def pass_over(self, begin: int, end: int) -> None:
        """Reject the blocks of these lines that are no note, style or region: words that have no time."""
        place = begin
        while place < end:
            last = _payload_end(self._lines, place, end)
            block = self._lines[place:last]
            if block and not (self._is_vtt and _ASIDE.fullmatch(block[0])):
                self._settings.refuse(
                    place + 1, None, "words without a line of times", "\n".join(block).encode("utf-8")
                )
            place = last + 1
