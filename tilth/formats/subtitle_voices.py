"""Who says what in a cue: by voice tags, and by labels before the words."""

import html
import re
from collections.abc import Iterator, Sequence
from typing import Any

from tilth.formats.subtitle_cues import Cue
from tilth.schemas.dialects.speakers import is_known_label
from tilth.schemas.dialects.turn_lines import TurnStart, sure_labels, turn_start

_STYLE = re.compile(
    r"</?(?:i|b|u|s|c|v|font|lang|ruby|rt)(?:[.\s][^<>]{0,500})?>|<\d{1,4}:[\d:.,]{1,20}>|\{\\[^{}]{0,200}\}",
    re.IGNORECASE,
)
_VOICE = re.compile(r"<v(?:\.[^<>\s]{1,200})?\s+([^<>]{1,500})>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_MARKS = re.compile(r"\s*(?:>>+|-|–|—)\s*")


class Voices:
    """Rows of cues, by labels that are known from all of them."""

    def __init__(self, cues: Sequence[Cue], *, is_vtt: bool) -> None:
        self._is_vtt = is_vtt
        starts = (start for cue in cues for line in cue.lines if (start := _label_start(line)) is not None)
        # A word in small letters that comes back is a word, here where lines are cut anywhere.
        self._labels = {label for label in sure_labels(starts) if not label[:1].islower() or is_known_label(label)}

    def rows(self, cue: Cue) -> Iterator[dict[str, Any]]:
        """A row for each speaker of a cue; none for a cue without words."""
        for speaker, text in self._spoken(cue.text):
            row: dict[str, Any] = {"id": cue.id} if cue.id else {}
            row |= {"start": cue.start, "end": cue.end}
            if cue.settings:
                row["settings"] = cue.settings
            if speaker is not None:
                row["speaker"] = speaker
            yield {**row, "text": text}

    def _spoken(self, text: str) -> Iterator[tuple[str | None, str]]:
        pieces = _VOICE.split(text)  # words, then a speaker and words, and so on
        yield from self._labelled(self._plain(pieces[0]))
        for speaker, words in zip(pieces[1::2], pieces[2::2], strict=True):
            if plain := self._plain(words).strip():
                yield self._characters(speaker).strip(), plain

    def _labelled(self, text: str) -> Iterator[tuple[str | None, str]]:
        """The words of each label, and before them those of nobody."""
        speaker: str | None = None
        lines: list[str] = []
        for line in text.split("\n"):
            start = _label_start(line)
            if start is None or start.label not in self._labels:
                lines.append(line)
                continue
            if words := "\n".join(lines).strip():
                yield speaker, words
            speaker, lines = start.label, [start.text]
        if words := "\n".join(lines).strip():
            yield speaker, words

    def _plain(self, text: str) -> str:
        return self._characters(_STYLE.sub("", text))

    def _characters(self, text: str) -> str:
        return _ENTITY.sub(lambda found: html.unescape(found[0]), text) if self._is_vtt else text


def _label_start(line: str) -> TurnStart | None:
    """What a line of a cue says as the first one of a speaker: a label without a time."""
    if ":" not in line:
        return None
    plain = _STYLE.sub("", line)
    marks = _MARKS.match(plain)
    start = turn_start(plain[marks.end() :] if marks else plain)
    return start if start is not None and start.label is not None and not start.is_timed else None
