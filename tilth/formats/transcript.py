"""The container `transcript`: a conversation in plain text or Markdown, one row a turn.

A turn begins with the label of its speaker (`Mary:`), a time, or both, in the shapes of `turn_lines`; its words go on
to the next such line. A label without a time counts when it is spelled as a name, is a role (`agent`), a numbered
speaker, or comes back; at the beginning of paragraphs where four of five have one; and any does where every line has
one, or where none would count otherwise. Who was taken for a speaker is said aloud. What stands before the first turn
is a row without a speaker. A time that counts from the beginning is `start`, in seconds; a time of day is `time`, as it
is written. Exports of chats, where every message has its date, are read by `chat_log`.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from tilth.errors import DataError
from tilth.formats.block import Block, RowBlock
from tilth.formats.chat_log import is_chat_log, read_chat_log
from tilth.formats.container import PLAIN_WRITING, Format, ReadSettings, Writer, WriteSettings
from tilth.formats.read_only import refuse_writing
from tilth.formats.speaker_notes import speakers_note
from tilth.formats.spool import in_blocks
from tilth.formats.text_document import document_text, whole_document
from tilth.schemas.dialects.turn_lines import TurnStart, seconds, turn_start
from tilth.schemas.dialects.turn_rule import TurnRule

MAX_TRANSCRIPT_BYTES = 4 * 1024 * 1024
"""A day of talk has a third of that."""


class Transcript(Format):
    """Speakers and what they say, as people, meetings and recognisers write it down."""

    name = "transcript"
    suffixes = ()
    is_written = False

    def read(self, source: BinaryIO, settings: ReadSettings) -> Iterator[Block]:
        """Blocks of rows `{"turn", "start", "end", "speaker", "text"}`, with what each turn has of these."""
        raw = whole_document(source, settings, MAX_TRANSCRIPT_BYTES, "--from lines, or a file for each conversation")
        text = document_text(raw.removeprefix(b"\xef\xbb\xbf"), settings)
        if text is None:
            return
        lines = text.replace("\r\n", "\n").split("\n")
        if is_chat_log(lines):
            yield from read_chat_log(lines, settings)
            return
        rule = TurnRule.of(lines)
        if rule is None:
            raise DataError(
                "no line of the transcript begins a turn; expected such as `Mary: Hello` or `[00:01:02] Mary: Hello`",
                where=settings.name,
                fix="--from text",
            )
        speakers: Counter[str] = Counter(
            turn.start.label for turn in _turns(lines, rule) if turn.start is not None and turn.start.label is not None
        )
        if speakers:
            settings.note(speakers_note(speakers, settings))
        turns = (turn for turn in _turns(lines, rule) if turn.words or turn.start)
        number = 1
        for group in in_blocks(turns):
            rows = [turn.row(place) for place, turn in enumerate(group, number)]
            yield RowBlock(rows, [turn.line for turn in group])
            number += len(group)

    def writer(self, sink: BinaryIO, settings: WriteSettings = PLAIN_WRITING) -> Writer:
        """Raises `UsageError`: transcripts are read and not written."""
        refuse_writing("transcript", "--to jsonl, with --to-dialect openai for a conversation to train on")


@dataclass
class _Turn:
    line: int
    start: TurnStart | None = None
    lines: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        return "\n".join(self.lines).strip("\n")

    def row(self, number: int) -> dict[str, Any]:
        row: dict[str, Any] = {"turn": number}
        if self.start is not None and self.start.start is not None:
            began = seconds(self.start.start)
            row |= {"time": self.start.start} if began is None else {"start": began}
            if self.start.end is not None and (ended := seconds(self.start.end)) is not None:
                row["end"] = ended
        if self.start is not None and self.start.label is not None:
            row["speaker"] = self.start.label
        return {**row, "text": self.words}


def _turns(lines: Sequence[str], rule: TurnRule) -> Iterator[_Turn]:
    turn, before = _Turn(1), ""
    for number, line in enumerate(lines, 1):
        start = turn_start(line)
        if start is not None and rule.begins(start, is_paragraph=not before.strip()):
            yield turn
            turn = _Turn(number, start, [start.text] if start.text else [])
        else:
            turn.lines.append(line.rstrip())
        before = line
    yield turn
