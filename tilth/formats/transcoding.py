"""Text in another encoding than UTF-8, made UTF-8 on the way in; and naming the encoding that a text would fit."""

import codecs
import io
from typing import BinaryIO, cast

from tilth.errors import DataError, UsageError
from tilth.formats.encodings import likely_encoding
from tilth.schemas.safe_text import safe_text

_CHUNK_BYTES = 1 << 20


def transcoded(source: BinaryIO, encoding: str, name: str) -> BinaryIO:
    """The stream as UTF-8. Raises `UsageError` for an encoding that nobody knows."""
    try:
        codec = codecs.lookup(encoding)
    except LookupError as failure:
        raise UsageError(f"no encoding is called {encoding}", fix="--encoding windows-1252") from failure
    if codec.name == "utf-8":
        return source
    return cast(BinaryIO, _Transcoder(source, codec, name))


def not_utf8(raw: bytes, place: int) -> str:
    """What to tell people about the byte at `place` of a line: that it is not UTF-8, and what it would read as."""
    encoding, text = likely_encoding(raw, place)
    found = f"byte {place + 1} of the line, 0x{raw[place]:02x}, is not UTF-8"
    return f'{found}; with --encoding {encoding} it reads "{safe_text(text, one_line=True)}"'


class _Transcoder(io.RawIOBase):
    def __init__(self, source: BinaryIO, codec: codecs.CodecInfo, name: str) -> None:
        self._source, self._codec, self._name = source, codec, name
        self._decoder = codec.incrementaldecoder("strict")
        self._ready = bytearray()
        self._offset = 0
        self._is_done = False

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        while not self._is_done and (size < 0 or len(self._ready) < size):
            chunk = self._source.read(_CHUNK_BYTES)
            self._is_done = not chunk
            self._ready += self._decoded(chunk)
            self._offset += len(chunk)
        count = len(self._ready) if size < 0 else size
        taken = bytes(self._ready[:count])
        del self._ready[:count]
        return taken

    def _decoded(self, chunk: bytes) -> bytes:
        try:
            return self._decoder.decode(chunk, final=not chunk).encode("utf-8")
        except UnicodeError as failure:
            start = failure.start if isinstance(failure, UnicodeDecodeError) else 0
            reason = f"the bytes near offset {self._offset + start} are not {self._codec.name}"
            raise DataError(reason, where=self._name) from failure
