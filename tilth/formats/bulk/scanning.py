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
_Seen = TypeVar("_Seen")
_Done = TypeVar("_Done")


def scanned(
    look: Callable[[bytes], _Seen], cut: Callable[[_Seen], ColumnBlock], pieces: Iterable[_Piece]
) -> Iterator[tuple[_Piece, ColumnBlock | Surprise]]:
    """Each piece with its columns, or with the surprise that only the loop over single rows can tell them.

    What a piece is cut by, `look` finds in the thread that fetches the piece.
    """
    keep_freed_memory()
    give_back_columns()
    for piece, seen in fetched((piece, _attempt(look, piece.whole)) for piece in pieces):
        yield piece, seen if isinstance(seen, Surprise) else _attempt(cut, seen)


def _attempt(work: Callable[[_Seen], _Done], material: _Seen) -> _Done | Surprise:
    try:
        return work(material)
    except Surprise as surprise:
        return surprise
