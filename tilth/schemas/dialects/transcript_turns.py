"""Cues and turns of a transcript as what one speaker says at a time, and what of them is no words, noted beside it.

A note holds a row with its `text` spelled as a pattern: a number stands for so many characters of what is said, a text
for characters between them that are not said (the white space around a cue, the line breaks of a screen).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from tilth.schemas.dialects.speakers import plain_role, role_in

Row = Mapping[str, Any]
Note = dict[str, Any]

_BREAKS = re.compile(r"(^\s+|\s+$|[^\S\n]*\n\s*)")
_VERBATIM = "is"  # the key of a note on a row that says nothing in words


@dataclass
class Turn:
    """What one speaker says until another one does."""

    label: str | None
    said: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    between: str = " "

    @property
    def content(self) -> str:
        """The words."""
        return self.between.join(self.said)


def turns(rows: Iterable[Row]) -> Iterator[Turn]:
    """The rows of one speaker after the other; a row that names nobody goes on with whoever speaks."""
    current: Turn | None = None
    for row in rows:
        label = label_of(row)
        if current is None or (label is not None and label != current.label):
            if current is not None:
                yield current
            current = Turn(label)
        _add(current, row)
    if current is not None:
        yield current


def label_of(row: Row) -> str | None:
    """The label of who speaks, where the row names somebody by a text or a number."""
    speaker = row.get("speaker")
    if isinstance(speaker, str) and speaker.strip():
        return speaker
    return str(speaker) if isinstance(speaker, int) and not isinstance(speaker, bool) else None


def message_of(turn: Turn, assistant: str | None) -> dict[str, Any]:
    """The message that a turn is, in a conversation of which somebody may have said who the assistant is."""
    if turn.label is None:
        return {"role": "user", "content": turn.content}
    role = role_in(turn.label, assistant)
    if plain_role(turn.label) == role:
        return {"role": role, "content": turn.content}
    return {"role": role, "content": turn.content, "name": turn.label}


def rows_of(label: str | None, content: str, notes: Sequence[Note], number: int) -> list[dict[str, Any]]:
    """The rows that a turn was, or one with the words that it has become."""
    if not notes:
        row: dict[str, Any] = {"turn": number}
        return [{**row, **({} if label is None else {"speaker": label}), "text": content}]
    spelled = [note for note in notes if _VERBATIM not in note]
    lengths = [[part for part in note["text"] if isinstance(part, int)] for note in spelled]
    pieces = _cut(content, [length for each in lengths for length in each])
    if pieces is None:
        edited = {**spelled[0], "text": [len(content)]} if spelled else {"text": [len(content)]}
        if spelled and "end" in spelled[-1]:
            edited["end"] = spelled[-1]["end"]
        return [_row(edited, label, iter([content]))]
    words = iter(pieces)
    return [dict(note[_VERBATIM]) if _VERBATIM in note else _row(note, label, words) for note in notes]


def content_length(notes: Sequence[Note]) -> int:
    """How many characters were said in a turn with these notes."""
    parts = [part for note in notes if _VERBATIM not in note for part in note["text"] if isinstance(part, int)]
    return sum(parts) + max(0, len(parts) - 1)


def are_notes(value: Any) -> bool:
    """Whether a value is a list of notes, as `Turn` leaves them."""
    return isinstance(value, list) and all(isinstance(note, dict) and _is_note(note) for note in value)


def _is_note(note: Note) -> bool:
    if note.keys() == {_VERBATIM}:
        return isinstance(note[_VERBATIM], dict)
    parts, speaker = note.get("text"), note.get("speaker", True)
    if not (speaker is True or (isinstance(speaker, list) and len(speaker) == 1)):
        return False
    return isinstance(parts, list) and all(isinstance(part, str) or type(part) is int for part in parts)


def _add(turn: Turn, row: Row) -> None:
    text = row.get("text")
    if not isinstance(text, str):
        turn.notes.append({_VERBATIM: dict(row)})
        return
    # A turn that was written down has lines of its own; those of a cue are the width of a screen.
    is_written = "turn" in row
    pieces = [text] if is_written else [piece for piece in _BREAKS.split(text) if piece]
    if is_written:
        turn.between = "\n"
    is_said = [is_written or _BREAKS.fullmatch(piece) is None for piece in pieces]
    turn.said.extend(piece for piece, said in zip(pieces, is_said, strict=True) if said)
    note = {**row, "text": [len(piece) if said else piece for piece, said in zip(pieces, is_said, strict=True)]}
    if "speaker" in row:
        # True stands for what the message is named, also when that has changed since.
        note["speaker"] = True if isinstance(row["speaker"], str) and label_of(row) else [row["speaker"]]
    turn.notes.append(note)


def _cut(content: str, lengths: Sequence[int]) -> list[str] | None:
    """The content in pieces of these lengths with one white space between them, or None when it is not made of them."""
    begins = list(accumulate((length + 1 for length in lengths), initial=0))[:-1]
    if sum(lengths) + max(0, len(lengths) - 1) != len(content):
        return None
    if any(content[begin - 1] not in " \n" for begin in begins[1:]):
        return None
    return [content[begin : begin + length] for begin, length in zip(begins, lengths, strict=True)]


def _row(note: Note, label: str | None, words: Iterator[str]) -> dict[str, Any]:
    row = dict(note)
    row["text"] = "".join(next(words, "") if isinstance(part, int) else part for part in note["text"])
    if "speaker" in row:
        row["speaker"] = label if row["speaker"] is True else row["speaker"][0]
    return row
