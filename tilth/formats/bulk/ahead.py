"""Work on the next pieces of a file while what became of the last one is written."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from tilth.formats.bulk.surprise import Surprise
from tilth.formats.heap import give_back_columns, keep_freed_memory

_MOST_WORKERS = 4  # more of them wait for the interpreter more than they work
_Piece = TypeVar("_Piece")
_Done = TypeVar("_Done")


def ahead(work: Callable[[_Piece], _Done], pieces: Iterable[_Piece]) -> Iterator[tuple[_Piece, _Done | None]]:
    """Each piece with what was made of it, in order; None where the work met a `Surprise`.

    A few threads are a few pieces ahead, and never more.
    """

    def attempt(piece: _Piece) -> _Done | None:
        try:
            return work(piece)
        except Surprise:
            return None

    keep_freed_memory()
    give_back_columns()
    workers = min(_MOST_WORKERS, os.cpu_count() or 1)
    waiting: deque[tuple[_Piece, Future[_Done | None]]] = deque()
    with ThreadPoolExecutor(workers, "tilth-ahead") as pool:
        try:
            for piece in pieces:
                waiting.append((piece, pool.submit(attempt, piece)))
                if len(waiting) > workers:
                    done, future = waiting.popleft()
                    yield done, future.result()
            while waiting:
                done, future = waiting.popleft()
                yield done, future.result()
        finally:
            for _, future in waiting:
                future.cancel()
