"""The transcript dialect: one conversation a file, a row for each cue or turn."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from tilth.errors import DataError, UsageError
from tilth.schemas.dialects.base import Dialect, Numbered, Row, held, refuse_leftovers, sort_fields
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.dialects.speakers import plain_role, role_in
from tilth.schemas.dialects.transcript_turns import (
    Turn,
    are_notes,
    content_length,
    label_of,
    message_of,
    rows_of,
    turns,
)
from tilth.schemas.envelope import Envelope
from tilth.schemas.identity import Fields
from tilth.schemas.note import with_note, without_note

_NOTE, _CUES, _MAX_ROWS = "transcript", "cues", 1_000_000
_NOBODY = "begins_with_nobody"  # the note that no label stands before the first words
_ASSISTANT = "assistant"  # the note who was named as the assistant
_CUE = frozenset({"id", "start", "end", "settings", "speaker", "text"})
_RECOGNISED = frozenset(  # what Whisper and its kin say of a segment beside its words
    {"seek", "tokens", "temperature", "avg_logprob", "compression_ratio", "no_speech_prob", "words", "confidence"}
    | {"channel"}
)
_TURN = frozenset({"turn", "start", "end", "time", "speaker", "text"})
_WHISPER_CPP = frozenset({"timestamps", "offsets", "text"})


class Transcript(Dialect):
    """Subtitles, meeting notes, calls, podcasts, recognised speech: all rows of a file are one conversation.

        {"start": 0.0, "end": 2.5, "speaker": "Agent", "text": "Hello, how can I help?"}
        {"start": 2.5, "end": 4.0, "speaker": "Mary", "text": "My parcel is late."}

    With speakers it is a chat. Each turn has the label of its speaker as `name`; agent, assistant, bot, AI, host,
    support and their like are the assistant, everybody else the user. Without speakers, or with `--as text`, it is a
    text. Rows of one speaker in a row are one turn; the line breaks of subtitles become spaces. Times, and everything
    else that a row says, are noted in `meta`, so that the same rows are written back.
    """

    name: ClassVar[str] = "transcript"
    summary: ClassVar[str] = "cues or turns with speaker and text (subtitles, meetings, Whisper); one record for a file"
    record_types: ClassVar[tuple[str, ...]] = ("chat", "text")
    needs: ClassVar[tuple[str, ...]] = ("text",)
    unfolds: ClassVar[bool] = True
    way_out: ClassVar[str] = "--dialect transcript"

    def __init__(self, assistant: str | None = None) -> None:
        self.assistant = assistant
        """The label of the only speaker who is the assistant, where somebody said who."""

    def with_assistant(self, name: str) -> "Transcript":
        """The same, with somebody named as the assistant."""
        return type(self)(name)

    def recognise(self, row: Row) -> str | None:
        """The row is a cue or a turn and nothing more: text with times, or with a place among the turns."""
        names = row.keys()
        if not isinstance(row.get("text"), str):
            return None
        if names >= _WHISPER_CPP:
            return "every row is a segment of whisper.cpp"
        if "turn" in names and names <= _TURN:
            return "every row is a turn of a conversation"
        if {"start", "end"} <= names <= _CUE | _RECOGNISED and _is_time(row["start"]) and _is_time(row["end"]):
            return "every row is a cue with its times"
        return None

    def evidence(self, row: Row) -> frozenset[str]:
        """The names that make it a cue or a turn."""
        return frozenset(row.keys() & ({"turn", "start", "end", "speaker", "text", "timestamps"}))

    def settled(self, sample: Sequence[Row], record_type: str | None = None) -> Dialect:
        """With `--as text`, the same rows as a text. Raises `UsageError` for a chat in which nobody is named."""
        if record_type == "chat" and not any(label_of(row) for row in sample):
            raise UsageError("no row of the transcript names its speaker, so it is no chat", fix="--as text")
        return TextTranscript(self.assistant) if record_type == "text" else self

    def unfold(self, rows: Iterable[Numbered], envelope: Envelope | None) -> Iterator[Numbered]:
        """One row that holds all rows of the file."""
        cues: list[Row] = []
        first = 1
        for line, row in rows:
            first = first if cues else line
            cues.append(row)
            if len(cues) > _MAX_ROWS:
                raise DataError(
                    f"a transcript of more than {_MAX_ROWS} rows would be one record",
                    fix="--dialect tilth --as text, for a record of each row",
                )
        if cues:
            yield first, {_CUES: cues}

    def folding(self) -> "Cutting":
        """Takes the row apart again."""
        return Cutting()

    def decode(self, row: Row) -> Fields:
        """A chat where somebody is named, a text where nobody is."""
        cues = row.get(_CUES)
        if not (isinstance(cues, list) and all(isinstance(cue, Mapping) for cue in cues)):
            return sort_fields(row, "text", ("text",))
        said = list(turns(cues))
        return _as_chat(said, self.assistant) if any(turn.label is not None for turn in said) else _as_text(said)

    def encode(self, fields: Fields) -> dict[str, Any]:
        """The rows of the conversation. Raises `LossError` for what no cue and no turn can say."""
        fields = held(self, fields)
        note, fields = without_note(fields, _NOTE)
        refuse_leftovers(self.name, fields, ("messages", "text"))
        left = [name for name in ("meta",) if fields.get(name)] + [
            f"extra.{name}" for name in fields.get("extra") or {}
        ]
        if left:
            raise LossError(self.name, left)
        if fields["type"] == "chat":
            return {_CUES: _chat_rows(fields.get("messages"), note)}
        return {_CUES: _text_rows(fields.get("text"), _noted(note), note.get("speakers"))}


class TextTranscript(Transcript):
    """The same rows as a text: `Mary: My parcel is late.`, a line for each turn."""

    def decode(self, row: Row) -> Fields:
        """A text, with the label of each speaker before the words."""
        fields = super().decode(row)
        return fields if fields["type"] == "text" else _as_text(list(turns(row[_CUES])))

    def settled(self, sample: Sequence[Row], record_type: str | None = None) -> Dialect:
        """Itself."""
        return self


class Cutting:
    """Writes the rows of a conversation; of one only, because nothing between the rows of two would tell them apart."""

    def __init__(self) -> None:
        self._has_one = False

    def add(self, row: Row) -> Iterable[Row]:
        """The rows of the conversation."""
        if self._has_one:
            raise DataError(
                "a transcript is a file for each conversation, and there is more than one to write here",
                fix="--to-dialect openai, with a row for each conversation",
            )
        self._has_one = True
        rows: Iterable[Row] = row.get(_CUES, [row])
        return rows

    def close(self) -> Iterable[Row]:
        """Nothing is outstanding."""
        return ()


def _as_chat(said: list[Turn], assistant: str | None) -> Fields:
    note: dict[str, Any] = {"turns": [turn.notes for turn in said]}
    if assistant is not None:
        note[_ASSISTANT] = assistant
    if said[0].label is None:
        note[_NOBODY] = True
    return with_note({"type": "chat", "messages": [message_of(turn, assistant) for turn in said]}, _NOTE, note)


def _as_text(said: list[Turn]) -> Fields:
    lines = [turn.content if turn.label is None else f"{turn.label}: {turn.content}" for turn in said]
    note: dict[str, Any] = {"turns": [turn.notes for turn in said]}
    if any(turn.label is not None for turn in said):
        note["speakers"] = [turn.label for turn in said]
    return with_note({"type": "text", "text": "\n".join(lines)}, _NOTE, note)


def _noted(note: Mapping[str, Any]) -> list[Any]:
    value = note.get("turns")
    return value if isinstance(value, list) and all(map(are_notes, value)) else []


def _chat_rows(messages: Any, note: Mapping[str, Any]) -> list[dict[str, Any]]:
    notes, named = _noted(note), note.get(_ASSISTANT)
    assistant = named if isinstance(named, str) else None
    if not isinstance(messages, list):
        raise LossError(Transcript.name, ["messages (no list)"])
    is_noted = len(notes) == len(messages)
    lost: list[str] = []
    rows: list[dict[str, Any]] = []
    before: str | None = None
    for index, message in enumerate(messages):
        label, losses = _label(message, assistant, may_be_nobody=note.get(_NOBODY) is True and index == 0)
        lost += [f"messages[{index}]{loss}" for loss in losses]
        if index and label == before and label is not None:
            lost.append("messages (two in a row of one speaker, which would be one)")
        if not lost:
            rows += rows_of(label, message["content"], notes[index] if is_noted else [], index + 1)
        before = label
    if lost:
        raise LossError(Transcript.name, lost)
    return rows


def _label(message: Any, assistant: str | None, *, may_be_nobody: bool) -> tuple[str | None, list[str]]:
    """Who says a message, and what of it a transcript would say in another way."""
    if not isinstance(message, dict):
        return None, [" (no object)"]
    lost = [
        f".{name}" for name, value in message.items() if name not in ("role", "content", "name") and value is not None
    ]
    if not isinstance(message.get("content"), str):
        lost.append(".content (no text)")
    role, name = message.get("role"), message.get("name")
    if name is None and may_be_nobody and role == "user":
        return None, lost
    label = role if name is None else name
    meant = role_in(label, assistant) if isinstance(label, str) and label.strip() else None
    if meant is None or meant != role or (name is None and plain_role(str(label)) is None):
        lost.append(f".role (a speaker called {label} is read as {meant or 'nobody'})")
    return (label if isinstance(label, str) else None), lost


def _text_rows(text: Any, notes: list[Any], speakers: Any) -> list[dict[str, Any]]:
    if not isinstance(text, str):
        raise LossError(Transcript.name, ["text (no text)"])
    labels = speakers if isinstance(speakers, list) and len(speakers) == len(notes) else [None] * len(notes)
    rows: list[dict[str, Any]] = []
    place = 0
    for index, (label, own) in enumerate(zip(labels, notes, strict=True)):
        head = f"{label}: " if isinstance(label, str) else ""
        end = place + len(head) + content_length(own)
        if not text.startswith(head, place) or text[end : end + 1] not in ("\n", "") or end > len(text):
            return rows_of(None, text, [], 1)
        rows += rows_of(label, text[place + len(head) : end], own, index + 1)
        place = end + 1
    return rows if notes and place > len(text) else rows_of(None, text, [], 1)


def _is_time(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
