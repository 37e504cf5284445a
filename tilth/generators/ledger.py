"""The paid-call ledger: an account book of every call to a model, from before it is sent.

An attempt is booked at its worst-case cost *before* it goes out, and settled when its reply is on disk. What was
booked and never settled (the power went, the process was killed) may have been billed, so it stays in the balance.
Events are only ever added; each carries the balance after it, so the last row says what has been spent.

    reserved   about to be sent, at the worst-case cost
    answered   the endpoint did its work: the whole body, at the cost it reports
    failed     no answer: why, and what of the cost may have been billed all the same

An answer is found by the key of its request. A failure is not an answer, and is asked again.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Self, TypeVar
from uuid import uuid4

from tilth.errors import DataError, TilthError, UsageError
from tilth.generators.group_commit import GroupCommit
from tilth.generators.price import usd
from tilth.generators.reply import Usage
from tilth.generators.request import Request
from tilth.schemas.exact_json import dump_json, load_json

T = TypeVar("T")

_APPLICATION_ID = 0x54494C54  # "TILT": `file` and we recognise a ledger by it
_VERSION = 1
_BUSY_TIMEOUT_MS = 30_000
_SCHEMA = (
    """CREATE TABLE event (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        at REAL NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('reserved', 'answered', 'failed')),
        attempt TEXT NOT NULL,
        key TEXT NOT NULL,
        request BLOB,
        http_status INTEGER,
        outcome TEXT,
        body BLOB,
        prompt_tokens INTEGER,
        completion_tokens INTEGER,
        change_nano INTEGER NOT NULL,
        balance_nano INTEGER NOT NULL,
        UNIQUE (attempt, kind)
    )""",
    "CREATE INDEX answered ON event (key) WHERE kind = 'answered'",
    "CREATE TRIGGER no_update BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'a ledger is only added to'); END",
    "CREATE TRIGGER no_delete BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'a ledger is only added to'); END",
)
_INSERT = """INSERT INTO event VALUES (
    NULL, :at, :kind, :attempt, :key, :request, :http_status, :outcome, :body, :prompt_tokens, :completion_tokens,
    :change_nano, :balance_nano)"""
_OPTIONAL = dict.fromkeys(("request", "http_status", "outcome", "body", "prompt_tokens", "completion_tokens"))


class BudgetSpentError(TilthError):
    """The next call could cost more than is left under the limit. Nothing was booked and nothing sent."""


@dataclass(frozen=True)
class Attempt:
    """A booked attempt, to be settled once with `answered` or `failed`."""

    number: str
    request: Request
    worst_nano: int


class Answer(NamedTuple):
    """A committed answer with the request that it answers."""

    request: Request
    body: bytes


class Ledger:
    """An account book in one SQLite file, safe to share between threads and processes."""

    def __init__(self, path: Path) -> None:
        """Open the ledger at `path`, or begin one there. Raises `DataError` for a file that is no ledger."""
        self.path = path
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # before SQLite creates it readable by all
        except OSError as failure:
            raise UsageError(f"the ledger cannot be opened: {failure.strerror}", where=str(path)) from failure
        db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            _set_up(db, path)
        except sqlite3.Error as failure:
            db.close()
            raise DataError(f"the ledger cannot be opened: {failure}", where=str(path)) from failure
        except TilthError:
            db.close()
            raise
        self._commits = GroupCommit(db)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file. Everything that was booked is on disk already."""
        self._commits.close()

    def answer(self, key: str) -> bytes | None:
        """The body of the committed answer to the request with that key."""
        rows = self._read("SELECT body FROM event WHERE key = ? AND kind = 'answered' LIMIT 1", (key,))
        return bytes(rows[0][0]) if rows else None

    def reserve(self, request: Request, worst_nano: int, limit_nano: int | None = None) -> Attempt:
        """Book one attempt. Raises `BudgetSpentError` when it does not fit under the limit."""
        attempts = self.reserve_all([(request, worst_nano)], limit_nano)
        if attempts:
            return attempts[0]
        raise BudgetSpentError(
            f"the next call may cost ${usd(worst_nano):.6f}, and ${usd(self.balance_nano()):.6f} of the limit of "
            f"${usd(limit_nano or 0):.6f} is spent or in flight",
            where=str(self.path),
        )

    def reserve_all(self, wanted: Sequence[tuple[Request, int]], limit_nano: int | None = None) -> list[Attempt]:
        """Book attempts at their worst-case cost, in order, up to the first that does not fit; on disk on return.

        One fits when the balance, with everything that is in flight here or in another process, stays within the
        limit.
        """
        attempts = [(Attempt(uuid4().hex, request, worst), dump_json(request.content())) for request, worst in wanted]

        def book(db: sqlite3.Connection) -> list[Attempt]:
            booked = []
            for attempt, request in attempts:
                if limit_nano is not None and _balance(db) + attempt.worst_nano > limit_nano:
                    break
                _add(db, attempt, "reserved", change_nano=attempt.worst_nano, request=request)
                booked.append(attempt)
            return booked

        return self._write(book)

    def answered(
        self, attempt: Attempt, body: bytes, outcome: str, cost_nano: int, *, usage: Usage | None = None
    ) -> None:
        """Settle an attempt with its answer; on disk when this returns, and only then may the answer be used."""
        change = cost_nano - attempt.worst_nano
        settled = {"http_status": 200, "outcome": outcome, "body": body}
        if usage is not None:
            settled |= {"prompt_tokens": usage.prompt_tokens, "completion_tokens": usage.completion_tokens}
        self._write(lambda db: _add(db, attempt, "answered", change_nano=change, **settled))

    def failed(self, attempt: Attempt, reason: str, cost_nano: int, *, http_status: int | None, body: bytes) -> None:
        """Settle an attempt without an answer. The body is kept as evidence and never served as an answer."""
        change = cost_nano - attempt.worst_nano
        settled = {"http_status": http_status, "outcome": reason, "body": body}
        self._write(lambda db: _add(db, attempt, "failed", change_nano=change, **settled))

    def balance_nano(self) -> int:
        """All that this ledger has spent, with what is reserved and unsettled at its worst."""
        rows = self._read("SELECT balance_nano FROM event ORDER BY number DESC LIMIT 1")
        return int(rows[0][0]) if rows else 0

    def answers(self) -> Iterator[Answer]:
        """Every committed answer in the order in which the answers came in."""
        query = """SELECT a.number, r.request, a.body FROM event a
                   JOIN event r ON r.attempt = a.attempt AND r.kind = 'reserved'
                   WHERE a.kind = 'answered' AND a.number > ? ORDER BY a.number LIMIT 200"""
        last = 0
        while rows := self._read(query, (last,)):
            last = rows[-1][0]
            for _, request, body in rows:
                yield Answer(Request.from_content(load_json(bytes(request))), bytes(body))

    def tally(self) -> list[tuple[str, str, int, int]]:
        """Settled events counted: kind, outcome, how many, and their cost in billionths of a dollar."""
        query = """SELECT s.kind, s.outcome, count(*), sum(r.change_nano + s.change_nano) FROM event s
                   JOIN event r ON r.attempt = s.attempt AND r.kind = 'reserved'
                   WHERE s.kind != 'reserved' GROUP BY s.kind, s.outcome ORDER BY s.kind, s.outcome"""
        return [(str(kind), str(outcome), int(n), int(cost)) for kind, outcome, n, cost in self._read(query)]

    def tokens(self) -> Usage:
        """Tokens of all committed answers, as their endpoints counted them."""
        query = "SELECT sum(prompt_tokens), sum(completion_tokens) FROM event WHERE kind = 'answered'"
        ((prompt, completion),) = self._read(query)
        return Usage(int(prompt or 0), int(completion or 0))

    def attempts(self) -> int:
        """How many attempts were booked."""
        return int(self._read("SELECT count(*) FROM event WHERE kind = 'reserved'")[0][0])

    def _write(self, body: Callable[[sqlite3.Connection], T]) -> T:
        try:
            return self._commits.write(body)
        except sqlite3.Error as failure:
            raise self._broken(failure) from failure

    def _read(self, query: str, given: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._commits.read(query, given)
        except sqlite3.Error as failure:
            raise self._broken(failure) from failure

    def _broken(self, failure: sqlite3.Error) -> TilthError:
        return TilthError(f"the ledger cannot be used: {failure}", where=str(self.path))


def _set_up(db: sqlite3.Connection, path: Path) -> None:
    db.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
    # No WAL: in SQLite before 3.51.3 it can lose commits of two connections. EXTRA also syncs the folder, without
    # which a power cut can bring a finished transaction's journal back and undo it.
    db.execute("PRAGMA journal_mode = DELETE")
    db.execute("PRAGMA synchronous = EXTRA")
    db.execute("PRAGMA fullfsync = 1")  # macOS, where fsync alone leaves the data in the drive
    db.execute("BEGIN IMMEDIATE")
    (application,) = db.execute("PRAGMA application_id").fetchone()
    (version,) = db.execute("PRAGMA user_version").fetchone()
    (tables,) = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables and (application, version) != (_APPLICATION_ID, _VERSION):
        raise DataError("this is a SQLite file, and no ledger that this version reads", where=str(path))
    if not tables:
        for statement in _SCHEMA:
            db.execute(statement)
        db.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {_VERSION}")
    db.execute("COMMIT")


def _balance(db: sqlite3.Connection) -> int:
    row = db.execute("SELECT balance_nano FROM event ORDER BY number DESC LIMIT 1").fetchone()
    return 0 if row is None else int(row[0])


def _add(db: sqlite3.Connection, attempt: Attempt, kind: str, *, change_nano: int, **columns: Any) -> None:
    values = {
        "at": time.time(),
        "kind": kind,
        "attempt": attempt.number,
        "key": attempt.request.key,
        "change_nano": change_nano,
        "balance_nano": _balance(db) + change_nano,
    }
    db.execute(_INSERT, {**_OPTIONAL, **values, **columns})
