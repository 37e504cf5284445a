"""JSON: one document with all rows, as a list or as the one list of objects in an object.

What stands around such a list (the version of a SQuAD file) is its envelope. The document is read piece by piece, so a
file may be larger than memory. A file that is JSON Lines under this name is read as that.
"""

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from tilth.formats.block import Block, LineBlock
from tilth.formats.container import PLAIN_WRITING, Format, ReadSettings, Writer, WriteSettings
from tilth.formats.jsonl import JsonlWriter
from tilth.schemas import dump_json
from tilth.schemas.envelope import Envelope


class Json(Format):
    """A list of objects, an object with one, or a single object."""

    name = "json"
    suffixes = (".json",)

    def read(self, source: BinaryIO, settings: ReadSettings) -> Iterator[Block]:
        """Blocks of rows; line numbers are those at which a row begins."""
        from tilth.formats._json_document_reading import read_blocks

        return read_blocks(source, settings)

    def envelope(self, source: BinaryIO, settings: ReadSettings) -> Envelope | None:
        """What stands around the rows, where they are the list of an object; goes through the document for it."""
        from tilth.formats._json_document_reading import envelope_of

        return envelope_of(source, settings)

    def writer(self, sink: BinaryIO, settings: WriteSettings = PLAIN_WRITING) -> Writer:
        """A writer of one list, a row a line, inside of the envelope if there is one."""
        if settings.envelope is not None and not settings.envelope.key:
            return JsonlWriter(sink)  # one object is a line of JSON and a JSON document alike
        return JsonWriter(sink, settings.envelope)


class JsonWriter(Writer):
    """Writes rows as lines of a list, as they come; the bytes of a line that was read are copied."""

    def __init__(self, sink: BinaryIO, envelope: Envelope | None) -> None:
        self._sink, self._envelope = sink, envelope
        self._has_rows = False

    def write(self, block: Block) -> None:
        """Append the rows of a block."""
        raw = block.raw if isinstance(block, LineBlock) else [dump_json(row) for row in block.rows]
        if raw:
            self._sink.write(b",\n" if self._has_rows else self._opening() + b"[\n")
            self._sink.write(b",\n".join(raw))
            self._has_rows = True

    def close(self) -> None:
        """Close the list, and the object that it lies in."""
        self._sink.write(b"\n]" if self._has_rows else self._opening() + b"[]")
        if self._envelope is not None:
            self._sink.write(b"".join(b",\n" + member for member in _members(self._envelope.after)) + b"}")
        self._sink.write(b"\n")

    def _opening(self) -> bytes:
        if self._envelope is None:
            return b""
        return b"{" + b"".join(member + b",\n" for member in _members(self._envelope.before)) + _key(self._envelope.key)


def _members(values: Mapping[str, Any]) -> list[bytes]:
    return [_key(name) + dump_json(value) for name, value in values.items()]


def _key(name: str) -> bytes:
    return dump_json(name) + b": "
