"""Characters that libyaml reads as YAML 1.1 has them, or not at all, and the stand-ins under which it takes them.

It breaks lines at three characters that are text in YAML 1.2, and gives up at a byte that is not UTF-8 and at control
characters, wherever they stand. So each of these is handed to it as a character that nobody uses, and is taken out of
the values again, or is the reason why one row is refused.
"""

import codecs
import re

from tilth.formats.strict_json import StrictJsonError
from tilth.formats.transcoding import not_utf8

_LINE_BREAKS = {"\x85": "\U0001fffe", "\u2028": "\U0001ffff", "\u2029": "\U0002fffe"}
_FAULT = "\U0002ffff"
_ALLOWED = (
    "\t\n\r -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd"
    "\U00010000-\U0001fffd\U00020000-\U0002fffd\U00030000-\U0010ffff"
)
_STRANGE = re.compile(f"[^{_ALLOWED}]")
_NOT_UTF8 = re.compile("[\udc80-\udcff]")  # what such a byte is decoded to
_MEANT = str.maketrans({stand_in: character for character, stand_in in _LINE_BREAKS.items()})


class FaultyTextError(StrictJsonError):
    """A text with something in it that is no character, or none that YAML has."""


class Intake:
    """Bytes made such that libyaml takes them all for what they are in YAML 1.2, or for a fault."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self.has_stand_ins = False
        """Whether texts that come out have to be looked at with `meant`."""

    def take(self, chunk: bytes, *, is_last: bool) -> bytes:
        """The next bytes; a character that is cut in two waits for its end."""
        text = self._decoder.decode(chunk, final=is_last)
        if _STRANGE.search(text):
            self.has_stand_ins = True
            text = _STRANGE.sub(lambda found: _LINE_BREAKS.get(found[0], _FAULT), text)
        return text.encode("utf-8")


def meant(text: str) -> str:
    """A text as it was before the stand-ins. Raises `FaultyTextError` when one stands for a fault."""
    if _FAULT in text:
        raise FaultyTextError("a byte or a character that YAML does not have")
    return text.translate(_MEANT)


def fault_in(raw: bytes, first_line: int) -> str | None:
    """What is wrong with the characters of some lines, with the line if it is not the first; None if nothing is."""
    for number, line in enumerate(re.split(rb"\r\n|\r|\n", raw), first_line):
        text = line.decode("utf-8", errors="surrogateescape")
        for found in _STRANGE.finditer(text):
            where = "" if number == first_line else f"line {number}, "
            if _NOT_UTF8.match(found[0]):
                return where + not_utf8(line, len(text[: found.start()].encode("utf-8", "surrogateescape")))
            if found[0] not in _LINE_BREAKS:
                what = f"the character U+{ord(found[0]):04X}, which YAML has only as an escape in double quotes"
                return f"{where}column {found.start() + 1}: {what}"
    return None
