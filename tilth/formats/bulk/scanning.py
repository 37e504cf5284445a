"""A file as pieces, each with the columns that it was cut into."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

from tilth.formats.bulk.beside import fetched
from tilth.formats.bulk.column import ColumnBlock
from tilth.formats.bulk.surprise import Surprise
from tilth.formats.heap import give_back_columns, keep_freed_memory


class Text(Protocol):
    """A piece of a file."""

    @property
    def whole(self) -> bytes:
        """The whole rows in it; empty where it is something else."""
        ...


_Piece = TypeVar("_Piece", bound=Text)


def scanned(
    scan: Callable[[bytes], ColumnBlock], pieces: Iterable[_Piece]
) -> Iterator[tuple[_Piece, ColumnBlock | Surprise]]:
    """Each piece with its columns, or with the surprise that only the loop over single rows can tell them."""
    keep_freed_memory()
    give_back_columns()
    for piece in fetched(pieces):
        yield piece, _attempt(scan, piece.whole)


def _attempt(scan: Callable[[bytes], ColumnBlock], text: bytes) -> ColumnBlock | Surprise:
    try:
        return scan(text)
    except Surprise as surprise:
        return surprise
