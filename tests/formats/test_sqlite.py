"""Databases: every stored value exact, one table that is meant, and nothing of the file's own that runs."""

import gzip
import io
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.formats.hostile import dumped, texts
from tilth.errors import DataError, TilthError, UsageError
from tilth.formats import Dataset, ReadSettings, Reject, open_output
from tilth.formats.opening import format_named
from tilth.formats.sqlite import opening
from tilth.generators.ledger import Ledger
from tilth.review.journal import Journal, journal_path


def made(path: Path, *statements: str, rows: list[tuple[Any, ...]] | None = None) -> Path:
    """A database that these statements make; `rows` go into its table `t`."""
    with closing(sqlite3.connect(path)) as database:
        for statement in statements:
            database.execute(statement)
        if rows:
            database.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(rows[0]))})", rows)
        database.commit()
    return path


def read(path: Path, rejects: list[Reject] | None = None, **how: Any) -> list[Any]:
    reading = ReadSettings(str(path), reject=None if rejects is None else rejects.append, **how)
    with path.open("rb") as source:
        return [row for block in format_named("sqlite").read(source, reading) for row in block.rows]


values = st.none() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False) | texts


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(values, values), min_size=1, max_size=8))
def test_values_come_out_as_they_are_stored(rows: list[tuple[Any, ...]]) -> None:
    with TemporaryDirectory() as folder:
        path = made(Path(folder) / "x.db", "CREATE TABLE t (a, b)", rows=rows)
        assert dumped(read(path)) == dumped([{"a": a, "b": b} for a, b in rows])


def test_rows_come_in_the_order_of_their_rowid_whatever_index_there_is(tmp_path: Path) -> None:
    rows = [(9, "a"), (3, "b"), (5, "0")]
    path = made(
        tmp_path / "x.db", "CREATE TABLE t (id INTEGER PRIMARY KEY, x)", "CREATE INDEX i ON t (x, id)", rows=rows
    )
    assert read(path) == [{"id": 3, "x": "b"}, {"id": 5, "x": "0"}, {"id": 9, "x": "a"}]
    path = made(tmp_path / "y.db", "CREATE TABLE t (id TEXT PRIMARY KEY, x) WITHOUT ROWID", rows=[("b", 1), ("a", 2)])
    assert read(path) == [{"id": "a", "x": 2}, {"id": "b", "x": 1}]


def test_names_of_tables_and_columns_can_be_anything(tmp_path: Path) -> None:
    name = 'a "quoted"; DROP TABLE t--'
    quoted = name.replace('"', '""')
    path = made(tmp_path / "x.db", f'CREATE TABLE "{quoted}" ("x y", "", "select")')
    made(path, f'INSERT INTO "{quoted}" VALUES (1, 2, 3)')
    assert read(path) == [{"x y": 1, "": 2, "select": 3}]
    assert read(path, table=name) == read(path)


def test_the_only_table_with_rows_is_read_and_of_several_the_one_that_is_named(tmp_path: Path) -> None:
    path = made(tmp_path / "x.db", "CREATE TABLE t (x)", "CREATE TABLE empty (x)", rows=[(1,)])
    assert read(path) == [{"x": 1}]
    made(path, "INSERT INTO empty VALUES (2)", "CREATE VIEW both AS SELECT x FROM t UNION SELECT x FROM empty")
    with pytest.raises(UsageError, match="2 tables with rows: empty, t; and views: both\n  try  --table empty"):
        read(path)
    with pytest.raises(UsageError, match="no table is called Both; there is both, empty, t\n  try  --table both"):
        read(path, table="Both")
    assert read(path, table="both") == [{"x": 1}, {"x": 2}]
    with pytest.raises(DataError, match="no table of the database holds a row"):
        read(made(tmp_path / "empty.db", "CREATE TABLE t (x)"))


def test_what_json_does_not_have_is_rejected_by_its_column(tmp_path: Path) -> None:
    path = made(tmp_path / "x.db", "CREATE TABLE t (id, body)", rows=[(1, b"\x00\xff"), (2, float("inf")), (3, "x")])
    made(path, "INSERT INTO t VALUES (4, CAST(x'ff41' AS TEXT))", "INSERT INTO t VALUES (5, 9e999 - 9e999)")
    rejects: list[Reject] = []
    assert read(path, rejects) == [{"id": 3, "body": "x"}, {"id": 5, "body": None}]
    assert [(reject.line, reject.reason) for reject in rejects] == [
        (1, "the column body holds 2 bytes (a BLOB), and a row holds no bytes"),
        (2, "the column body holds an infinity, and JSON has none"),
        (4, "the column body holds text that is not UTF-8"),
    ]
    assert rejects[0].raw == '{"id":1,"body":"b\'\\\\x00\\\\xff\'"}'
    with pytest.raises(DataError, match=r"x\.db:1: the column body holds 2 bytes"):
        read(path)


def test_generated_columns_and_full_text_tables_are_read(tmp_path: Path) -> None:
    path = made(tmp_path / "x.db", "CREATE TABLE t (a, b AS (a + 1))", "INSERT INTO t VALUES (1)")
    assert read(path) == [{"a": 1, "b": 2}]
    path = made(tmp_path / "y.db", "CREATE VIRTUAL TABLE t USING fts5 (text)", rows=[("hello",), ("there",)])
    assert read(path) == [{"text": "hello"}, {"text": "there"}]


def test_a_utf16_database_is_the_same(tmp_path: Path) -> None:
    path = made(tmp_path / "x.db", "PRAGMA encoding = 'UTF-16'", "CREATE TABLE t (x)", rows=[("é\U0001f33e",)])
    assert read(path) == [{"x": "é\U0001f33e"}]


def test_a_query_that_gives_no_row_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "PATIENCE_S", 0.2)
    endless = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT max(n) AS m FROM c"
    path = made(tmp_path / "x.db", f"CREATE VIEW v AS {endless}")
    with pytest.raises(DataError, match=r"gives no row for 0\.2 seconds, and was ended"):
        read(path, table="v")


def test_a_query_can_be_interrupted(tmp_path: Path) -> None:
    endless = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT max(n) AS m FROM c"
    path = made(tmp_path / "x.db", f"CREATE VIEW v AS {endless}")
    program = f"""
from tests.formats.test_sqlite import Path, read
import signal
signal.signal(signal.SIGALRM, signal.default_int_handler)
signal.setitimer(signal.ITIMER_REAL, 0.2, 0.1)
try:
    read(Path({str(path)!r}), table="v")
except KeyboardInterrupt:
    print("interrupted")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=9)
    assert done.stdout == "interrupted\n", done.stderr


def test_patience_is_for_the_query_and_not_for_the_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "PATIENCE_S", 0.05)
    monkeypatch.setattr(opening, "_STEPS", 10)
    path = made(tmp_path / "x.db", "CREATE TABLE t (x)", rows=[(n,) for n in range(10_000)])
    with path.open("rb") as source:
        blocks = format_named("sqlite").read(source, ReadSettings(str(path)))
        counts = []
        for block in blocks:
            counts.append(len(block))
            until = opening.monotonic() + 0.1
            while opening.monotonic() < until:
                pass
    assert counts == [4096, 4096, 1808]


@pytest.mark.parametrize(
    "view",
    [
        "SELECT load_extension('evil') AS x",
        "SELECT fts3_tokenizer('simple') AS x",
        "SELECT * FROM pragma_database_list",
        "SELECT zeroblob(1000000000) AS x",
    ],
)
def test_a_view_that_reaches_out_or_asks_for_memory_is_refused(tmp_path: Path, view: str) -> None:
    path = made(tmp_path / "x.db", f"CREATE VIEW v AS {view}")
    with pytest.raises(DataError) as refusal:
        read(path, table="v")
    assert "\n" not in refusal.value.what


def test_a_value_longer_than_a_line_may_be_is_refused(tmp_path: Path) -> None:
    path = made(tmp_path / "x.db", "CREATE TABLE t (x)", rows=[("x" * 5000,)])
    with pytest.raises(DataError, match="a value is longer than 4096 bytes"):
        read(path, max_line_bytes=4096)


def test_a_log_with_changes_is_refused_and_an_idle_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "app.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE t (x)")
        database.execute("INSERT INTO t VALUES (1)")
        database.commit()
        with pytest.raises(
            DataError, match=r"lie beside it, in app\.db-wal\n  try  sqlite3 app\.db \"VACUUM INTO 'copy\.db'"
        ):
            read(path)
        database.execute(f"VACUUM INTO '{tmp_path / 'copy.db'}'")
        assert read(tmp_path / "copy.db") == [{"x": 1}]
    assert read(path) == [{"x": 1}]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["app.db", "copy.db"]


def test_a_change_that_was_cut_short_is_named(tmp_path: Path) -> None:
    path = made(tmp_path / "app.db", "CREATE TABLE t (x)", rows=[("old" * 500,)] * 50)
    torn = tmp_path / "torn.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA cache_size = 2")
        database.execute("UPDATE t SET x = 'new'")
        shutil.copy(path, torn)
        shutil.copy(f"{path}-journal", f"{torn}-journal")
        database.rollback()
    with pytest.raises(DataError, match=r"a change to this database was cut short, and torn\.db-journal says"):
        read(torn)


def test_reading_writes_nothing_beside_a_database(tmp_path: Path) -> None:
    path = made(tmp_path / "x.db", "CREATE TABLE t (x)", rows=[(1,)])
    path.chmod(0o400)
    before = path.read_bytes()
    assert read(path) == [{"x": 1}]
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["x.db"]


def test_a_packed_database_and_one_under_any_name_are_read(tmp_path: Path) -> None:
    path = made(tmp_path / "odd ?#%20 é.db", "CREATE TABLE t (text)", rows=[("x",)])
    packed = tmp_path / "x.sqlite.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    for name in (path, packed):
        assert [row for batch in Dataset.open(name).batches() for row in batch.rows] == [{"text": "x"}]
    stream = io.BytesIO(path.read_bytes())
    blocks = format_named("sqlite").read(stream, ReadSettings("<stdin>"))
    assert [row for block in blocks for row in block.rows] == [{"text": "x"}]


def test_own_databases_say_which_command_opens_them(tmp_path: Path) -> None:
    source = tmp_path / "support.jsonl"
    Journal(journal_path(source)).close()
    with pytest.raises(DataError, match=f"a journal of decisions, and no data set\n  try  tilth review {source}"):
        Dataset.open(journal_path(source))
    ledger = tmp_path / "calls.sqlite"
    Ledger(ledger).close()
    with pytest.raises(DataError, match=f"a ledger of paid calls, and no data set\n  try  tilth ledger {ledger}"):
        Dataset.open(ledger)


def test_a_database_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"sqlite is read and not written\n  try  -o NAME\.parquet"):
        open_output(tmp_path / "out.db")
    assert not list(tmp_path.iterdir())


def test_what_is_no_database_says_so(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.write_text('{"a": 1}\n')
    with pytest.raises(DataError, match="this is not sqlite, whatever its name says"):
        Dataset.open(path)
    jsonl = tmp_path / "x.jsonl"
    shutil.copy(made(tmp_path / "y.db", "CREATE TABLE t (x)", rows=[(1,)]), jsonl)
    with pytest.raises(DataError, match="this is an SQLite database, not jsonl\n  try  --from sqlite"):
        Dataset.open(jsonl)


class Whole(bytes):
    """A file that a failing test does not print."""

    def __repr__(self) -> str:
        return f"<{len(self)} bytes>"


def test_a_schema_that_is_no_text_is_refused_in_one_line(whole: bytes) -> None:
    damaged = whole.replace(b"CREATE VIEW v", b"CREATE VIEW\x80v")
    with pytest.raises(DataError, match="the database cannot be read: its schema is damaged"):
        list(format_named("sqlite").read(io.BytesIO(damaged), ReadSettings("x.db")))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[bytes]:
    rows = [(n, f"text {n}" * 20, n / 7) for n in range(60)]
    path = tmp_path_factory.mktemp("whole") / "x.db"
    made(
        path,
        "PRAGMA page_size = 1024",
        "CREATE TABLE t (a PRIMARY KEY, b, c)",
        "CREATE VIEW v AS SELECT a FROM t",
        rows=rows,
    )
    yield Whole(path.read_bytes())


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damaged_bytes_are_rows_or_one_line(whole: bytes, data: st.DataObject) -> None:
    content = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 8))] = data.draw(st.binary(max_size=8))
    stream = format_named("sqlite").read(io.BytesIO(bytes(content)), ReadSettings("x.db", reject=lambda _: None))
    try:
        for _ in stream:
            pass
    except TilthError as refusal:
        assert "\n" not in refusal.what
