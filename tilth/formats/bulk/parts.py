"""Writing a container whose columns have to be known first, before they are known.

The first rows tell a layout, and the file is begun in it. Nearly always it holds for all rows, and the file is done
with the last of them. Where a later row does not fit in, what was written is laid by as it is, another part is begun in
a layout that has room for both, and in the end all parts are read back and written in the last of the layouts. So the
bytes that come out depend on the rows alone.
"""

import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import BinaryIO, Generic, TypeVar, cast

from tilth.formats.block import Block
from tilth.formats.bulk.column import ColumnBlock
from tilth.formats.bulk.rows import as_columns
from tilth.formats.columns import Columns
from tilth.formats.container import Writer

_CHUNK_BYTES = 1 << 20
Layout = TypeVar("Layout")


class Part(ABC, Generic[Layout]):
    """Rows of one layout, on their way into a file."""

    def __init__(self, layout: Layout, file: BinaryIO) -> None:
        self.layout, self.file = layout, file

    @abstractmethod
    def append(self, block: ColumnBlock) -> None:
        """Write the rows of a block, for which the layout has room."""

    @abstractmethod
    def finish(self) -> None:
        """Write what is outstanding."""

    @abstractmethod
    def blocks(self) -> Iterator[Block]:
        """The rows again, when the part is finished."""

    def abandon(self) -> None:
        """Let go of everything: the part will not be finished."""


class PartsWriter(Writer, Generic[Layout]):
    """Writes rows in the layout that the rows so far need."""

    def __init__(self, output: BinaryIO | None) -> None:
        self.columns = Columns()
        """What was seen of all rows."""
        self.part: Part[Layout] | None = None
        """The part under way."""
        self.earlier: list[Part[Layout]] = []
        """Those that are laid by."""
        self._output = output if output is not None and _can_be_taken_back(output) else None

    @abstractmethod
    def layout(self) -> Layout:
        """The layout that has room for all rows that were seen."""

    def is_same(self, one: Layout, other: Layout) -> bool:
        """Whether two layouts are the same."""
        return one == other

    @abstractmethod
    def part_in_output(self, layout: Layout, output: BinaryIO) -> Part[Layout]:
        """The file itself, begun."""

    @abstractmethod
    def part_aside(self, layout: Layout, file: BinaryIO) -> Part[Layout]:
        """Rows to be laid by, in whatever form is read back soonest."""

    @abstractmethod
    def write_parts(self, layout: Layout, parts: Sequence[Part[Layout]]) -> None:
        """Write all rows into the output, which is empty, in a layout with room for them."""

    def write(self, block: Block) -> None:
        """Append the rows of a block."""
        columns = as_columns(block)
        self.columns.see_columns(columns.shapes, columns.columns, len(columns))
        self.begun(self.layout()).append(columns)

    def begun(self, layout: Layout) -> Part[Layout]:
        """The part for rows of a layout: the one under way where it has the same, and another one where not."""
        if self.part is not None and self.is_same(self.part.layout, layout):
            return self.part
        if self.part is not None:
            self.earlier.append(self.laid_by())
        if self._output is not None and not self.earlier:
            self.part = self.part_in_output(layout, self._output)
        else:
            self.part = self.part_aside(layout, _new_file())
        return self.part

    def laid_by(self) -> Part[Layout]:
        """The part under way, finished, with nothing of it left in the output."""
        part, self.part = self.part, None
        if part is None:
            raise ValueError("no part was begun")
        part.finish()
        if part.file is self._output:
            part.file = _new_file()
            self._output.seek(0)
            shutil.copyfileobj(self._output, part.file, _CHUNK_BYTES)
            self._output.seek(0)
            self._output.truncate()
        return part

    def close(self) -> None:
        """Complete the file."""
        if self.part is None:
            return
        if self.part.file is self._output:
            self.part.finish()
        else:
            layout = self.part.layout
            self.earlier.append(self.laid_by())
            self.write_parts(layout, self.earlier)

    def abort(self) -> None:
        """Let go of what is under way."""
        if self.part is not None:
            self.part.abandon()


def _can_be_taken_back(output: BinaryIO) -> bool:
    """Whether what is written into a stream can be read again and removed: it is an empty file, and no pipe."""
    return output.seekable() and output.readable() and output.tell() == 0


def _new_file() -> BinaryIO:
    # It lives as long as it is used, and has no name to be left behind.
    return cast(BinaryIO, tempfile.TemporaryFile(prefix="tilth-"))
