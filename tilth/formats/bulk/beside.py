"""Reading, unpacking and writing while a block is worked on.

Only what runs outside of the interpreter is handed to another thread here. Scanning blocks in several (see `ahead`) was
tried: an array operation lasts microseconds, and with a lock to be taken back after each of them two threads took
longer than one, and half as much processor time again.
"""

import io
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, TypeVar, cast

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_WORTH_BYTES = 4 << 20  # a file that is smaller is not worth a thread
_Item = TypeVar("_Item")


def fetched(items: Iterable[_Item]) -> Iterator[_Item]:
    """The items in order; while somebody works on one, a thread fetches the next, and no more than that."""
    source = iter(items)

    def fetch() -> list[_Item]:
        return list(islice(source, 1))

    with ThreadPoolExecutor(1, "tilth-beside") as pool:
        under_way = pool.submit(fetch)
        while found := under_way.result():
            under_way = pool.submit(fetch)
            yield found[0]


@contextmanager
def behind(sink: BinaryIO) -> Iterator[BinaryIO]:
    """A stream into which a thread writes what is given, while the next is made; in `sink` when the block ends."""
    with _Behind(sink) as stream:
        yield cast(BinaryIO, stream)
        stream.settle()


def write_made(stream: BinaryIO, make: "Callable[[], ReadableBuffer]") -> None:
    """Write bytes into a stream; into one that is written behind, they are made there as well.

    Worth it where making them is a single long step outside of the interpreter.
    """
    if isinstance(stream, _Behind):
        stream.write_made(make)
    else:
        stream.write(make())


class _Behind(io.RawIOBase):
    """Such a stream."""

    def __init__(self, sink: BinaryIO) -> None:
        self._sink = sink
        self._pool = ThreadPoolExecutor(1, "tilth-behind")
        self._under_way: Future[int] | None = None
        self._given = 0

    def writable(self) -> bool:
        """Whether it can be written: always."""
        return True

    def readable(self) -> bool:
        """Whether it can be read: as far as the stream itself can."""
        return self._sink.readable()

    def seekable(self) -> bool:
        """Whether it can be gone through in any order: as far as the stream itself can."""
        return self._sink.seekable()

    def write(self, data: "ReadableBuffer", /) -> int:
        """Have bytes written, when those before them are. Raises what came of those."""
        content = data if isinstance(data, bytes) else bytes(data)  # the caller may use his memory for something else
        self.write_made(lambda: content)
        return len(content)

    def write_made(self, make: "Callable[[], ReadableBuffer]") -> None:
        """Have bytes made and written, when those before them are. Raises what came of those."""
        self.settle()
        if self._given < _WORTH_BYTES:
            self._given += self._sink.write(make())
        else:
            self._under_way = self._pool.submit(lambda: self._sink.write(make()))

    def settle(self) -> None:
        """Wait until everything is written, and raise what came of it."""
        under_way, self._under_way = self._under_way, None
        if under_way is not None:
            under_way.result()

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a place in the stream."""
        self.settle()
        return self._sink.seek(offset, whence)

    def tell(self) -> int:
        """The place in the stream."""
        self.settle()
        return self._sink.tell()

    def read(self, size: int = -1, /) -> bytes:
        """Bytes from the stream."""
        self.settle()
        return self._sink.read(size)

    def truncate(self, size: int | None = None, /) -> int:
        """Cut the stream off."""
        self.settle()
        return self._sink.truncate(size)

    def close(self) -> None:
        """Let go of the thread; the stream itself stays open."""
        self._pool.shutdown()
        super().close()
