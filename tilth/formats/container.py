"""What a format is: a container of rows with a strict streaming reader and a writer that rows are pushed into."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, ClassVar, Literal

from tilth.errors import DataError
from tilth.formats.block import Block
from tilth.formats.sharding import Sharding
from tilth.schemas.envelope import Envelope

BLOCK_ROWS = 4096
"""Rows handed on together: large enough for columns to pay, small enough for memory to stay flat."""

FIRST_ROWS = 128
"""Rows of the very first block of a file: most who open one see by a hundred rows what it is, and read no further."""

BLOCK_BYTES = 4 * 1024 * 1024
"""Bytes of a file after which a block ends, however few rows it has: long rows must not add up."""

_NAMED_OPTION = re.compile(r"--(?:encoding|from|header-row) \S+")
"""What the reason of a bad row may name already as the way out."""


Held = Literal["objects", "columns", "lines", "openai", "sharegpt"]
"""How rows are held on their way: as objects, for everybody who wants to see them; as columns of texts, for a writer
that joins them; as the bytes of their lines, for one that copies these; or, by the name of their dialect, as objects
without those that are surely conversations as they should be, for somebody who looks for others."""


@dataclass(frozen=True)
class Reject:
    """A row that could not be read, kept with everything needed to find and to mend it."""

    file: str
    line: int
    byte_offset: int | None
    reason: str
    raw: str


@dataclass(frozen=True)
class ReadSettings:
    """How a file is to be read; the same for every format."""

    name: str
    """The file's name for messages."""
    encoding: str = "utf-8"
    reject: Callable[[Reject], None] | None = None
    """Where a bad row goes; without it a bad row raises `DataError` and the reading stops."""
    max_depth: int = 128
    max_line_bytes: int = 64 * 1024 * 1024
    delimiter: str | None = None
    """What stands between cells, where the user says so."""
    table: str | None = None
    """Which table is read, in a container that has several."""
    header_row: int | None = None
    """Which row of a sheet names the columns, by the number that a spreadsheet shows; the first with something in it
    where nobody says so."""
    assistant: str | None = None
    """Who of the speakers in a transcript is the assistant, where the user says so."""
    held: Held = "objects"
    """How rows should come, where that makes a difference."""
    is_known_good: bool = False
    """Whether every row of the file was read before and could be: then none is parsed to see that."""
    note: Callable[[str], None] = lambda _: None
    """Takes what was detected rather than told, in words for people; the same thing may be noted in every pass."""

    def refuse(self, line: int, byte_offset: int | None, reason: str, raw: bytes) -> None:
        """Reject a bad row when the caller takes rejects, raise `DataError` at its place when it does not."""
        if self.reject is None:
            ways = [*_NAMED_OPTION.findall(reason), "--on-error reject, to set such rows aside and go on"]
            raise DataError(reason, where=f"{self.name}:{line}", fix="; or ".join(ways))
        self.reject(Reject(self.name, line, byte_offset, reason, raw.decode("utf-8", errors="backslashreplace")))


@dataclass(frozen=True)
class WriteSettings:
    """How a file is to be written; the same for every format, and each takes of it what it has a use for."""

    envelope: Envelope | None = None
    """What to put around the rows."""
    spreadsheet_safe: bool = False
    """Whether no cell may look like a formula to a spreadsheet."""
    allow_loss: Collection[str] = ()
    """Fields of rows that may be left out, in a container that has no place for them."""
    sharding: Sharding | None = None
    """When a file is full, for an output of several."""
    splits: Mapping[str, str] = field(default_factory=dict)
    """Which split the rows of an input belong to, by its name, for an output that keeps them apart."""
    note: Callable[[str], None] = lambda _: None
    """Takes what people should know about what was written, in words for them."""


PLAIN_WRITING = WriteSettings()


class Writer(ABC):
    """Takes blocks and writes them in one container; `close` completes the file."""

    @abstractmethod
    def write(self, block: Block) -> None:
        """Append the rows of a block."""

    @abstractmethod
    def close(self) -> None:
        """Write what is outstanding. The sink itself stays open: it is the caller's."""

    def abort(self) -> None:  # noqa: B027 most writers hold on to nothing
        """Let go of what is under way, where a failure keeps the file from being completed."""


class Format(ABC):
    """One container. Stateless: one instance serves all files."""

    name: ClassVar[str]
    """The name on the command line."""
    suffixes: ClassVar[tuple[str, ...]]
    """Endings of file names that mean this format, with their dot."""
    magic: ClassVar[bytes] = b""
    """What every file of this format begins with."""
    contents: ClassVar[str] = ""
    """What `tilth.formats.magic` calls files of this format, where that is not its name."""
    needs_seek: ClassVar[bool] = False
    """Whether a reader has to jump about in the file; such a stream is spooled where it cannot."""
    takes: ClassVar[Held] = "objects"
    """How the writer likes rows best that nobody else asks for."""

    is_written: ClassVar[bool] = True
    """Whether there is a writer at all."""

    @abstractmethod
    def read(self, source: BinaryIO, settings: ReadSettings) -> Iterator[Block]:
        """The rows of an open, uncompressed stream. A bad row is rejected where the settings allow it.

        Raises `DataError` at the first bad row when they do not.
        """

    def envelope(self, source: BinaryIO, settings: ReadSettings) -> Envelope | None:
        """What stands around the rows, in a format that can have something there; reads as much as it takes."""
        return None

    @abstractmethod
    def writer(self, sink: BinaryIO, settings: WriteSettings = PLAIN_WRITING) -> Writer:
        """A writer into an open binary stream (compression and atomic replacement are around it, not in it)."""
