"""The containers `srt` and `vtt`: subtitles and captions, one row a cue.

`start` and `end` are seconds. A `speaker` is what a voice tag says (`<v Mary>`), or a label before the words (`MARY:`,
`- Mary:`, `>> Mary:`) that is a role, a numbered speaker, in capitals, or comes back; a cue in which several speak is a
row for each. Tags of style (`<i> <b> <u> <s> <c> <font> <lang> <ruby> <rt>`, times inside of a cue, `{\\an8}`) are left
out, and so are cues without words, the counters of SRT, and the notes, styles and regions of VTT; everything else in
angle brackets is text. In VTT `&amp;` and its like are the characters they mean. `id` and `settings` of a cue are kept.
Lines of a text end with `\\n`. Cues that overlap or are out of order stay where they are, and are said aloud.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import BinaryIO, ClassVar

from tilth.formats.block import Block, RowBlock
from tilth.formats.container import PLAIN_WRITING, Format, ReadSettings, Writer, WriteSettings
from tilth.formats.read_only import refuse_writing
from tilth.formats.speaker_notes import speakers_note
from tilth.formats.spool import in_blocks
from tilth.formats.subtitle_cues import Cue, cues
from tilth.formats.subtitle_voices import Voices
from tilth.formats.text_document import document_text, whole_document

MAX_SUBTITLE_BYTES = 16 * 1024 * 1024
"""Subtitles of a whole day, with a time on every word, take less."""


class Srt(Format):
    """SubRip subtitles."""

    name: ClassVar[str] = "srt"
    suffixes: ClassVar[tuple[str, ...]] = (".srt",)
    is_written = False
    has_header: ClassVar[bool] = False

    def read(self, source: BinaryIO, settings: ReadSettings) -> Iterator[Block]:
        """Blocks of rows `{"id", "start", "end", "settings", "speaker", "text"}`, with what each cue has of these."""
        raw = whole_document(source, settings, MAX_SUBTITLE_BYTES, "--from lines, or a file for each recording")
        text = document_text(raw.removeprefix(b"\xef\xbb\xbf"), settings)
        if text is None:
            return
        found = list(cues(text, settings, is_vtt=self.has_header))
        voices = Voices(found, is_vtt=self.has_header)
        spoken = [(cue.line, row) for cue in found for row in voices.rows(cue)]
        _note_order(found, settings)
        if silent := len(found) - len({line for line, _ in spoken}):
            settings.note(f"left out: {silent} of {len(found)} cues, which have no words")
        if speakers := Counter(row["speaker"] for _, row in spoken if "speaker" in row):
            settings.note(speakers_note(speakers, settings))
        for group in in_blocks(spoken):
            yield RowBlock([row for _, row in group], [line for line, _ in group])

    def writer(self, sink: BinaryIO, settings: WriteSettings = PLAIN_WRITING) -> Writer:
        """Raises `UsageError`: subtitles are read and not written."""
        refuse_writing(self.name, "--to jsonl, which holds the cues as they are read")


class Vtt(Srt):
    """WebVTT captions, as browsers, Zoom, Teams and YouTube write them."""

    name: ClassVar[str] = "vtt"
    suffixes: ClassVar[tuple[str, ...]] = (".vtt",)
    is_written = False
    has_header: ClassVar[bool] = True


def _note_order(found: list[Cue], settings: ReadSettings) -> None:
    pairs = list(pairwise(found))
    early = sum(later.start < earlier.start for earlier, later in pairs)
    overlapping = sum(earlier.start <= later.start < earlier.end for earlier, later in pairs)
    if early:
        settings.note(f"out of order: {early} of {len(found)} cues, which begin before the one above them")
    if overlapping:
        settings.note(f"overlapping: {overlapping} of {len(found)} cues, which begin before the one above them ends")
