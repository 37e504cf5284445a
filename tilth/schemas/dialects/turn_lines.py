"""The lines with which people and programs begin a turn of a transcript.

Mary: Hello.                       AGENT: Hello.            **Mary:** Hello.
[00:01:02] Mary: Hello.            (1:02) Mary: Hello.      00:01:02 Mary: Hello.
Mary (00:12): Hello.               Mary [10:02 AM]: Hello.
Mary Smith  0:12                   Mary (Agent) 0:12        00:00:12 Speaker 1        and the words below it
[00:00.000 --> 00:05.000] Hello.   as Whisper prints it
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from tilth.schemas.dialects.speakers import is_known_label

_MAX_LABEL, _MAX_LABEL_WORDS, _HEAD = 60, 6, 240
_TIME = r"(?P<{0}>\d{{1,3}}:\d{{2}}(?::\d{{2}})?(?:[.,]\d{{1,3}})?(?:\s?[AaPp]\.?[Mm]\.?)?)"
_AT = r"[\[(]?" + _TIME.format("start") + r"[\])]?"
_IN_BRACKETS = r"[\[(]" + _TIME.format("start") + r"[\])]"
_RANGE = r"[\[(]?" + _TIME.format("start") + r"\s*(?:-->|–|-)\s*" + _TIME.format("end") + r"[\])]?"
_LABEL = r"(?P<label>[^:\[\]{}<>\"]{1,60}?)"
_SHAPES = [
    re.compile(rf"{_RANGE}\s*[-–|]?\s*{_LABEL}:(?:\s+(?P<text>.*))?"),
    re.compile(rf"{_RANGE}\s+(?P<text>.*)"),
    re.compile(rf"{_AT}\s*[-–|]?\s*{_LABEL}:(?:\s+(?P<text>.*))?"),
    re.compile(rf"{_LABEL}\s*{_IN_BRACKETS}\s*:\s*(?P<text>.*)"),
    re.compile(rf"{_LABEL}\s*[-–|,·]?\s+{_AT}"),
    re.compile(rf"{_AT}\s*[-–|]?\s+{_LABEL}"),
    re.compile(rf"{_IN_BRACKETS}\s+(?P<text>.*)"),
    re.compile(rf"{_LABEL}:(?:\s+(?P<text>.*))?"),
]
_BOLD = re.compile(r"(\*\*|__)(?P<inner>.{1,80}?)\1(?P<rest>.*)")
_SENTENCE = re.compile(r"[!?;,]|//|\.(?:\s|$)")
_TITLES = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Prof|St|Jr|Sr|[A-Z])\.")
_NUMBERED = re.compile(r"(?:#?(?:speaker|person|spk|sprecher|participant)[ _]?\d{1,3}#?)", re.IGNORECASE)
_PARTICLES = frozenset(
    {"al", "bin", "da", "de", "del", "den", "der", "di", "du", "el", "la", "le", "ten", "van", "von"}
)
_HEADINGS = frozenset(
    {"action items", "address", "agenda", "attendees", "date", "duration", "email", "location", "meeting", "note"}
    | {"notes", "participants", "phone", "present", "ps", "re", "recording", "remember", "subject", "summary", "time"}
    | {"title", "topic", "topics", "transcript", "warning"}
)


@dataclass(frozen=True, slots=True)
class TurnStart:
    """What the first line of a turn says."""

    label: str | None
    start: str | None
    end: str | None
    text: str

    @property
    def is_timed(self) -> bool:
        """Whether a time says that this is a turn."""
        return self.start is not None


def turn_start(line: str) -> TurnStart | None:
    """What a line says as the first one of a turn, or None when it has no such shape."""
    line = line.strip()
    head = line[:_HEAD]  # a long line costs no more than a short one
    if ":" not in head:
        return None
    if (bold := _BOLD.fullmatch(head)) is not None:
        head = bold["inner"] + bold["rest"]
    for shape in _SHAPES:
        found = shape.fullmatch(head)
        if found is None or (len(line) > _HEAD and "text" not in shape.groupindex):
            continue
        groups = found.groupdict()
        label = groups["label"].strip(" \t-–|,·") if "label" in groups else None
        if label is None or is_label(label):
            text = (groups.get("text") or "") + line[_HEAD:]
            return TurnStart(label, groups.get("start"), groups.get("end"), text.strip())
    return None


def is_label(text: str) -> bool:
    """Whether a text could be the name of a speaker: short, and no sentence."""
    if not text or len(text) > _MAX_LABEL or len(text.split()) > _MAX_LABEL_WORDS:
        return False
    if _NUMBERED.fullmatch(text) or is_known_label(text):
        return True
    first = text.lstrip("#*(@")[:1]
    # A word in small letters may be a label, a sentence is none.
    begins_as_name = first.isalpha() and (not first.islower() or text.isalnum())
    return begins_as_name and _SENTENCE.search(_TITLES.sub("", text)) is None


def seconds(time: str) -> float | None:
    """The seconds that a time counts; None for a time of day (`10:02 AM`)."""
    if time[-1] in "mM.":
        return None
    whole, _, fraction = time.replace(",", ".").partition(".")
    total = 0
    for part in whole.split(":"):
        total = total * 60 + int(part)
    return (total * 1000 + int(fraction.ljust(3, "0") or 0)) / 1000


def sure_labels(starts: Iterable[TurnStart]) -> Collection[str]:
    """The labels that are speakers beyond doubt: those with a time, known ones, and any that comes back."""
    counts: Counter[str] = Counter()
    sure: set[str] = set()
    for start in starts:
        if start.label is None:
            continue
        counts[start.label] += 1
        if start.is_timed or is_known_label(start.label) or _NUMBERED.fullmatch(start.label):
            sure.add(start.label)
    return sure | {label for label, count in counts.items() if count > 1 and label.casefold() not in _HEADINGS}


def is_name(label: str) -> bool:
    """Whether a label is spelled as a name and is no heading that notes of a meeting have: `Mary`, `Dr. van Loon`."""
    words = _TITLES.sub("", label).split()
    return label.casefold() not in _HEADINGS and all(
        word[:1].isupper() or word in _PARTICLES or not word[:1].isalpha() for word in words
    )


def looks_like_transcript(lines: Sequence[str]) -> bool:
    """Whether at least a third of the lines begin a turn beyond doubt, and more than one does."""
    filled = [line for line in lines if line.strip()]
    starts = [start for line in filled if (start := turn_start(line)) is not None]
    sure = sure_labels(starts)
    count = sum(start.label in sure or (start.label is None and start.is_timed) for start in starts)
    return count > 1 and count * 3 >= len(filled)
