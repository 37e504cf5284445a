"""The texts that cells share, by number: in memory while they are small, in an unnamed file when they are large."""

import os
import re
import tempfile
from array import array
from typing import BinaryIO, cast

from tilth.formats.xlsx.xml_events import BrokenWorkbook, Stream, feed

_MEMORY_BYTES = 32 * 1024 * 1024
_MAX_TEXTS = 1 << 25
_MAX_BYTES = (1 << 32) - 1
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


class SharedStrings:
    """Texts in the order of the file. Close it, or its file stays until the end of the program."""

    def __init__(self) -> None:
        self._ends = array("I")
        self._memory = bytearray()
        self._file: BinaryIO | None = None
        self._bytes = 0

    @staticmethod
    def of(stream: Stream, max_text_bytes: int) -> "SharedStrings":
        """All texts of the part. Raises `BrokenWorkbook` for one that is longer than allowed."""
        strings = SharedStrings()
        handler = _TextHandler(strings, max_text_bytes)
        for _ in feed(stream, ("si", "t", "rPh"), handler):
            pass
        strings.flush()
        return strings

    def __getitem__(self, index: int) -> str:
        if not 0 <= index < len(self._ends):
            raise IndexError(index)
        begin, end = self._ends[index - 1] if index else 0, self._ends[index]
        if self._file is None:
            return self._memory[begin:end].decode("utf-8", errors="surrogatepass")
        return os.pread(self._file.fileno(), end - begin, begin).decode("utf-8", errors="surrogatepass")

    def close(self) -> None:
        """Let go of the file, if there is one."""
        if self._file is not None:
            self._file.close()

    def append(self, text: str) -> None:
        """Lay by one more text."""
        raw = text.encode("utf-8", errors="surrogatepass")
        self._bytes += len(raw)
        if self._bytes > _MAX_BYTES or len(self._ends) == _MAX_TEXTS:
            raise BrokenWorkbook("it holds more text than can be read from a workbook")
        self._memory += raw
        if len(self._memory) > _MEMORY_BYTES and self._file is None:
            self._file = cast(BinaryIO, tempfile.TemporaryFile(prefix="tilth-", buffering=0))  # noqa: SIM115
        self._ends.append(self._bytes)
        if self._file is not None and len(self._memory) > 1 << 20:
            self.flush()

    def flush(self) -> None:
        """Bring what is outstanding to the file, if there is one."""
        if self._file is not None:
            while self._memory:
                del self._memory[: self._file.write(self._memory)]


class TextRuns:
    """Characters of one text, gathered run by run: what is read aloud beside it (phonetic runs) is left out."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._parts: list[str] = []
        self._size = 0

    def add(self, text: str) -> None:
        """Append a run. Raises `BrokenWorkbook` when the text grows past what is allowed."""
        self._parts.append(text)
        self._size += len(text)
        if self._size > self._max_bytes:
            raise BrokenWorkbook(f"a cell holds more than {self._max_bytes} characters")

    def take(self) -> str:
        """The whole text, with `_x000D_` and its like decoded; the next one begins."""
        text = "".join(self._parts)
        self._parts.clear()
        self._size = 0
        return unescaped(text) if "_x" in text else text


def unescaped(text: str) -> str:
    """A text with its `_xHHHH_` decoded: how workbooks write what XML cannot, and an underscore that would look so."""
    plain = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    # Halves of a pair, each escaped on its own, become the character they are; a half alone stays one.
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


class _TextHandler:
    def __init__(self, strings: SharedStrings, max_text_bytes: int) -> None:
        self._strings, self._runs = strings, TextRuns(max_text_bytes)
        self._in_text = self._in_phonetic = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "t":
            self._in_text = not self._in_phonetic
        elif name == "rPh":
            self._in_phonetic = True

    def end(self, name: str) -> None:
        if name == "t":
            self._in_text = False
        elif name == "rPh":
            self._in_phonetic = False
        elif name == "si":
            self._strings.append(self._runs.take())

    def text(self, text: str) -> None:
        if self._in_text:
            self._runs.add(text)
