"""Many threads, one SQLite connection, and one sync to disk for all that they write at the same time.

A commit that survives a power cut costs milliseconds, however little it holds. So a thread that wants to write
leaves its work in a queue and waits for the connection; whoever gets it first does all the work that is queued, in
one transaction, and the others find theirs done. Each returns only when its own work is on disk.
"""

import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass
class _Work(Generic[T]):
    body: Callable[[sqlite3.Connection], T]
    results: list[T] = field(default_factory=list)
    """What the body returned, once the transaction is through."""
    failure: BaseException | None = None
    is_done: bool = False


class GroupCommit:
    """Reads and writes for many threads over one connection."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._turn, self._queueing = threading.Lock(), threading.Lock()
        self._queue: list[_Work[Any]] = []

    def write(self, body: Callable[[sqlite3.Connection], T]) -> T:
        """Run `body` in a transaction, perhaps together with others', and return its result once it is on disk.

        Raises `sqlite3.Error` where the transaction failed: then nothing of the group was written.
        """
        work = _Work(body)
        with self._queueing:
            self._queue.append(work)
        with self._turn:
            if not work.is_done:
                self._commit_all()
        if work.failure is not None:
            raise work.failure
        return work.results[0]

    def read(self, query: str, given: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with self._turn:
            return self._db.execute(query, given).fetchall()

    def close(self) -> None:
        """Close the connection, after whoever is using it."""
        with self._turn:
            self._db.close()

    def _commit_all(self) -> None:
        with self._queueing:
            group, self._queue = self._queue, []
        try:
            # IMMEDIATE takes the write lock before anything is read: no two processes see the same last dollar.
            self._db.execute("BEGIN IMMEDIATE")
            for work in group:
                work.results.append(work.body(self._db))
            self._db.execute("COMMIT")
        except BaseException as failure:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            for work in group:
                work.failure = failure
            if not isinstance(failure, sqlite3.Error):
                raise
        finally:
            for work in group:
                work.is_done = True
