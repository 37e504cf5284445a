"""The export of a chat, as WhatsApp writes it: each message begins with its date, its time and who sent it.

[12/03/24, 10:15:02] Ana: Hello.          as iPhones write it, media and notices with an invisible mark (U+200E)
12/03/2024, 10:15 - Ana: Hello.           as Android does
[10:15, 12/03/2024] Ana: Hello.           as copied from the browser

The date may be spelled as in any country; it is kept as it is written, because nothing tells the day from the month.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tilth.formats.block import Row, RowBlock
from tilth.formats.container import ReadSettings
from tilth.formats.speaker_notes import speakers_note
from tilth.formats.spool import in_blocks

_MARK = "\u200e"  # invisible: WhatsApp puts it before what it says itself
_MARKS = _MARK + "\u200f\u202a\u202c\ufeff"
_DATE = r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}"
_TIME = r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\s?[AaPp]\.?\s?[Mm]\.?)?"
_WHEN = rf"{_DATE},?\s{_TIME}|{_TIME},\s{_DATE}"
_HEAD = re.compile(rf"(?:\[(?P<within>{_WHEN})\]|(?P<before>{_WHEN})\s[-–])\s(?P<rest>.*)")
# What a notice quotes may hold a colon: Ana created group "Trip: Rome".
_SENT = re.compile(r"(?P<sender>[^:\"“„«]{1,60}):(?:\s(?P<text>.*))?")
_MEDIA = re.compile(
    r"(?:<[^<>\n]+\s[^<>\n]+>"  # <Media omitted>, in the language of the phone
    rf"|{_MARK}?(?:IMG|VID|AUD|PTT|STK|DOC)-\d{{8}}-WA\d+\.\w+(?: \([^()\n]+\))?"
    rf"|{_MARK}[^\n]+\.\w{{2,5}} \([^()\n]+\))(?:\n|$)"
)
_ADDED = re.compile(rf"\s*(?:{_MARK}<[^<>\n]*>|<This message was edited>)\s*$")
_NOTICES = frozenset({"this message was deleted", "you deleted this message", "missed voice call", "missed video call"})
_SHOWN = 5


@dataclass
class Message:
    """What one line of the export begins, with the lines that go on with it."""

    line: int
    when: str
    sender: str | None
    """None for a notice of the program."""
    lines: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        """What the sender wrote: nothing for media without a caption and for notices."""
        if self.sender is None:
            return ""
        text = _ADDED.sub("", "\n".join(self.lines).strip())
        if (media := _MEDIA.match(text)) is not None:
            text = text[media.end() :]
        return "" if text.startswith(_MARK) or text.rstrip(".").casefold() in _NOTICES else text


def is_chat_log(lines: Sequence[str]) -> bool:
    """Whether the first line with something in it begins a message with its date, and somebody sent one."""
    first = next((line for line in lines if line.strip()), "")
    return _begun(first, 1) is not None and any(message.sender is not None for message in messages(lines))


def messages(lines: Sequence[str]) -> Iterator[Message]:
    """All messages and notices."""
    message: Message | None = None
    for number, line in enumerate(lines, 1):
        begun = _begun(line, number)
        if begun is not None:
            if message is not None:
                yield message
            message = begun
        elif message is not None:
            message.lines.append(line.rstrip())
    if message is not None:
        yield message


def read_chat_log(lines: Sequence[str], settings: ReadSettings) -> Iterator[RowBlock]:
    """Blocks of rows `{"turn", "time", "speaker", "text"}`; how many lines say nothing in words is noted."""
    senders: Counter[str] = Counter()
    silent: list[int] = []
    for message in messages(lines):
        if message.words and message.sender is not None:
            senders[message.sender] += 1
        else:
            silent.append(message.line)
    settings.note(speakers_note(senders, settings))
    if silent:
        more = ", ..." if len(silent) > _SHOWN else ""
        places = ", ".join(map(str, silent[:_SHOWN])) + more
        settings.note(f"left out: {len(silent)} notices of the program and media without words (line {places})")
    number = 1
    for group in in_blocks(message for message in messages(lines) if message.words):
        rows: list[Row] = [
            {"turn": place, "time": message.when, "speaker": message.sender, "text": message.words}
            for place, message in enumerate(group, number)
        ]
        yield RowBlock(rows, [message.line for message in group])
        number += len(group)


def _begun(line: str, number: int) -> Message | None:
    """The message that a line begins, or None where it goes on with another one."""
    head = _HEAD.fullmatch(line.lstrip(_MARKS).rstrip())
    if head is None:
        return None
    when = " ".join((head["within"] or head["before"]).split())
    sent = _SENT.fullmatch(head["rest"])
    sender = sent["sender"].strip(_MARKS + "~ \t\u202f\u00a0") if sent is not None else ""
    if sent is None or not sender:
        return Message(number, when, None, [head["rest"]])
    return Message(number, when, sender, [sent["text"] or ""])
