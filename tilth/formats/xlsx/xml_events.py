"""Events out of an XML part: only of the elements that are asked for, with nothing expanded and nothing kept."""

from collections.abc import Collection, Iterator
from typing import Protocol
from xml.parsers.expat import ParserCreate

_CHUNK_BYTES = 1 << 16
# One tag, comment or instruction is held by the parser until it ends.
_MAX_TAG_BYTES = 1 << 20
_NAMESPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
    "http://schemas.openxmlformats.org/package/2006/relationships",
)


class BrokenWorkbook(Exception):  # noqa: N818 it is worded as an error where it is caught
    """What is wrong with a file as a workbook, in words for people."""


class Stream(Protocol):
    """What can be read piece by piece."""

    def read(self, size: int) -> bytes:
        """The next bytes; none at the end."""
        ...


class Handler(Protocol):
    """Who is told of the elements, by their names without a namespace."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        ...

    def end(self, name: str) -> None:
        """An element ends."""
        ...

    def text(self, text: str) -> None:
        """Characters between tags."""
        ...


def feed(stream: Stream, names: Collection[str], handler: Handler) -> Iterator[None]:
    """Tell the handler of every element with one of these names; pauses after each piece that was read.

    Raises `BrokenWorkbook` for a document type (where entities are declared) and for a tag of more than a mebibyte.
    """
    known = {f"{namespace} {name}": name for namespace in _NAMESPACES for name in names}
    parser = ParserCreate(None, " ")
    parser.buffer_text = True

    def start(full: str, attributes: dict[str, str]) -> None:
        if (name := known.get(full)) is not None:
            handler.start(name, attributes)

    def end(full: str) -> None:
        if (name := known.get(full)) is not None:
            handler.end(name)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = handler.text, _refuse_document_type
    given = 0
    while chunk := stream.read(_CHUNK_BYTES):
        given += len(chunk)
        parser.Parse(chunk, False)
        if given - parser.CurrentByteIndex > _MAX_TAG_BYTES:
            raise BrokenWorkbook("an XML tag in it is longer than a workbook has any")
        yield
    parser.Parse(b"", True)
    yield


def elements(stream: Stream, names: Collection[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """The elements with one of these names, as they begin, and an empty name where one ends."""
    handler = _Listing()
    for _ in feed(stream, names, handler):
        yield from handler.found
        handler.found.clear()


class _Listing:
    def __init__(self) -> None:
        self.found: list[tuple[str, dict[str, str]]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.found.append((name, attributes))

    def end(self, name: str) -> None:
        self.found.append(("", {}))

    def text(self, text: str) -> None:
        """Not asked for."""


def _refuse_document_type(*_: object) -> None:
    raise BrokenWorkbook("its XML declares a document type, which a workbook has no use for and a bomb has")
