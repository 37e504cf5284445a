"""Opening a database of a stranger: for reading only, without waiting, and without running anything of its own."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import monotonic
from typing import BinaryIO
from urllib.parse import quote

from tilth.errors import DataError
from tilth.formats.container import ReadSettings

PATIENCE_S = 10.0
"""How long a query may take from one row to the next; a table gives millions in that time."""
_STEPS = 100_000  # of SQLite's machine between two looks at the clock: about a millisecond
_CACHE_KIB = 8 * 1024
_WAL_MODE_AT, _APPLICATION_AT = 18, 68
_WAL_MODE = b"\x02\x02"
_HEADER_BYTES = 100
_JOURNAL, _LEDGER = 0x544C5448, 0x54494C54  # what Tilth writes itself, by the mark in the header
_JOURNAL_SUFFIX = ".review.sqlite"
_NEVER = frozenset({sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH})
_NO_FUNCTIONS = frozenset({"load_extension", "fts3_tokenizer", "writefile", "readfile", "edit"})
_PRAGMAS = frozenset({"table_list", "page_size", "data_version"})  # the latter two: what full-text tables look up


class Patience:
    """Ends a query that gives no row for too long."""

    def __init__(self) -> None:
        self._until = 0.0
        self.is_over = False
        self.interruption: BaseException | None = None
        """What ended the query from outside, such as Ctrl-C: SQLite does not hand it on."""
        self.renew()

    def renew(self) -> None:
        """Start to wait anew: a row has come."""
        self._until = monotonic() + PATIENCE_S

    def checks(self) -> Iterator[int]:
        """What SQLite asks from time to time: other than 0 when the query is to end.

        A generator, because a signal that has come in the meantime is raised where Python code goes on: here inside of
        the `try`, in a function before it, where SQLite would drop it.
        """
        while True:
            try:
                self.is_over = monotonic() > self._until
                yield int(self.is_over)
            except GeneratorExit:
                return
            except BaseException as interruption:
                self.interruption = interruption
                yield 1


@contextmanager
def database(source: BinaryIO, settings: ReadSettings) -> Iterator[tuple[sqlite3.Connection, Patience]]:
    """The database in a stream, open for reading. Raises `DataError` for one of Tilth's own, and for a live log."""
    header = source.read(_HEADER_BYTES)
    source.seek(0)
    _refuse_own(header, settings.name)
    with _as_path(source, settings.name) as path:
        is_wal = header[_WAL_MODE_AT : _WAL_MODE_AT + 2] == _WAL_MODE
        if is_wal:
            _refuse_live_log(path, settings.name)
        # Without a log nothing can be missing from the file; opened as usual, SQLite would make an empty one beside it.
        way = "mode=ro&immutable=1" if is_wal else "mode=ro"
        with closing(sqlite3.connect(f"file:{quote(os.fsencode(path))}?{way}", uri=True)) as connection:
            patience = Patience()
            _make_safe(connection, patience, settings.max_line_bytes)
            yield connection, patience


def _make_safe(connection: sqlite3.Connection, patience: Patience, max_value_bytes: int) -> None:
    connection.isolation_level = None
    connection.text_factory = _text
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, max_value_bytes)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    for pragma in ("trusted_schema=OFF", "query_only=ON", "cell_size_check=ON", f"cache_size=-{_CACHE_KIB}"):
        connection.execute(f"PRAGMA {pragma}")
    connection.set_authorizer(_authorize)
    connection.set_progress_handler(patience.checks().__next__, _STEPS)


def _authorize(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    """Whether a statement may do this; that it may not write is said by the way in which the file is opened."""
    if action == sqlite3.SQLITE_FUNCTION:
        return sqlite3.SQLITE_DENY if second in _NO_FUNCTIONS else sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_PRAGMA and first not in _PRAGMAS:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_DENY if action in _NEVER else sqlite3.SQLITE_OK


class BrokenText(bytes):
    """The bytes of a text that is no UTF-8."""


def _text(raw: bytes) -> str | BrokenText:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return BrokenText(raw)


def _refuse_own(header: bytes, name: str) -> None:
    application = int.from_bytes(header[_APPLICATION_AT : _APPLICATION_AT + 4], "big")
    if application == _JOURNAL:
        about = name.removesuffix(_JOURNAL_SUFFIX) if name.endswith(_JOURNAL_SUFFIX) else "FILE"
        raise DataError("this is a journal of decisions, and no data set", where=name, fix=f"tilth review {about}")
    if application == _LEDGER:
        raise DataError("this is a ledger of paid calls, and no data set", where=name, fix=f"tilth ledger {name}")


def _refuse_live_log(path: Path, name: str) -> None:
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size:
        raise DataError(
            f"changes that are not yet in the file lie beside it, in {log.name}",
            where=name,
            fix=f"sqlite3 {path.name} \"VACUUM INTO 'copy.db'\", and read copy.db",
        )


@contextmanager
def _as_path(source: BinaryIO, name: str) -> Iterator[Path]:
    """The path of an open file, which SQLite asks for: its own, or the one of a copy where it has none."""
    path = Path(name)
    try:
        is_there = os.path.samestat(os.fstat(source.fileno()), path.stat())
    except (OSError, ValueError):
        is_there = False
    if is_there:
        yield path.absolute()
        return
    with tempfile.NamedTemporaryFile(prefix="tilth-", suffix=".sqlite") as copy:
        shutil.copyfileobj(source, copy, 1 << 20)
        copy.flush()
        yield Path(copy.name)
