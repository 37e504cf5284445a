"""The journal's SQLite file: how it is made, opened and made durable."""

import os
import sqlite3
from pathlib import Path

from tilth.errors import DataError, TilthError, UsageError
from tilth.review.local_disk import network_filesystem

_APPLICATION_ID = 0x544C5448  # "TLTH": `file` and we ourselves tell a journal from any other database
_VERSION = 1
_BUSY_MS = 15_000  # how long a commit waits for other annotators' commits before it gives up

_SCHEMA = """
CREATE TABLE events (
  number     INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid       TEXT NOT NULL UNIQUE,
  record     TEXT NOT NULL,
  occurrence INTEGER NOT NULL,
  row        INTEGER NOT NULL,
  annotator  TEXT NOT NULL,
  time       TEXT NOT NULL,
  action     TEXT NOT NULL CHECK (action IN ('accept', 'reject', 'edit', 'skip', 'note', 'undo')),
  before     TEXT,
  after      TEXT,
  note       TEXT,
  undoes     TEXT UNIQUE REFERENCES events (uuid)
);
CREATE TRIGGER events_stay BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER events_keep BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TABLE places (annotator TEXT PRIMARY KEY, row INTEGER NOT NULL, record TEXT NOT NULL);
"""


def open_database(path: Path, *, create: bool, allow_network: bool) -> sqlite3.Connection:
    """A connection whose commits are on the disk when they return.

    Raises `UsageError` for a path that cannot hold a journal and `DataError` for a file that is something else.
    """
    if not allow_network and (kind := network_filesystem(path.parent)):
        raise UsageError(
            f"{path} lies on {kind}, a network filesystem that may lose decisions",
            fix="--journal with a path on a local disk",
        )
    if create:
        _touch(path)
    elif not path.is_file():
        raise UsageError(f"there is no journal {path}", fix="tilth review FILE makes one")
    database = sqlite3.connect(path, timeout=_BUSY_MS / 1000, isolation_level=None, check_same_thread=False)
    try:
        _prepare(database, path)
    except sqlite3.OperationalError as failure:
        database.close()
        raise TilthError(f"the journal {path} does not open: {failure}") from failure
    except sqlite3.DatabaseError as failure:
        database.close()
        raise DataError(f"{path} is not a review journal ({failure})", fix="--journal with another path") from failure
    except BaseException:
        database.close()
        raise
    return database


def _touch(path: Path) -> None:
    """Make the file for its owner alone; SQLite gives its rollback journal the same mode."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
    except OSError as failure:
        raise UsageError(
            f"the journal {path} cannot be written: {failure.strerror}", fix="--journal with a path you may write"
        ) from failure


def _prepare(database: sqlite3.Connection, path: Path) -> None:
    # A rollback journal, because the write-ahead log of SQLite before 3.51.3 can lose commits when two processes
    # write. EXTRA also syncs the folder after the commit: without it a power cut can undo one.
    database.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    database.execute("PRAGMA trusted_schema = OFF")
    database.execute("PRAGMA journal_mode = DELETE")
    database.execute("PRAGMA synchronous = EXTRA")
    database.execute("PRAGMA fullfsync = ON")
    if _read(database, "user_version") == 0:
        _make(database, path)
    if _read(database, "application_id") != _APPLICATION_ID:
        raise DataError(f"{path} is a database of another program", fix="--journal with another path")
    if _read(database, "user_version") != _VERSION:
        raise DataError(f"{path} was written by a newer Tilth", fix="pip install --upgrade tilth")


def _make(database: sqlite3.Connection, path: Path) -> None:
    """The tables, in one transaction: a journal that was killed while it was made is empty, never half."""
    database.execute("BEGIN IMMEDIATE")
    try:
        if _read(database, "user_version") == 0:  # another process may have been faster
            if database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                raise DataError(f"{path} is a database of another program", fix="--journal with another path")
            for statement in _statements():
                database.execute(statement)
            database.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
            database.execute(f"PRAGMA user_version = {_VERSION}")
        database.execute("COMMIT")
    except BaseException:
        database.execute("ROLLBACK")
        raise


def _statements() -> list[str]:
    return [f"CREATE {statement}" for statement in _SCHEMA.strip().split("CREATE ")[1:]]


def _read(database: sqlite3.Connection, pragma: str) -> int:
    return int(database.execute(f"PRAGMA {pragma}").fetchone()[0])
