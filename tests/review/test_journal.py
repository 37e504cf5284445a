"""A decision that was acknowledged is in the journal, once, whatever happens around it."""

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tilth.errors import DataError, TilthError, UsageError
from tilth.review import Journal, RecordKey, Standings, journal_path
from tilth.review.local_disk import network_filesystem

KEY = RecordKey("a" * 32, 0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "support.jsonl.review.sqlite"


def test_the_journal_lies_beside_the_file() -> None:
    assert journal_path(Path("data/support.jsonl")) == Path("data/support.jsonl.review.sqlite")


def test_events_come_back_in_order_and_whole(path: Path) -> None:
    edit = {"type": "text", "text": "lone \ud800 and \x1b and 10**25", "meta": {"n": 10**25}}
    with Journal(path) as journal:
        journal.append("note", KEY, 3, "ada", note="why?")
        written = journal.append("edit", KEY, 3, "ada", before={"type": "text", "text": "x"}, after=edit)
    with Journal(path) as journal:
        note, read = journal.events()
    assert (note.number, note.note, note.action) == (1, "why?", "note")
    assert read == written
    assert read.after == edit


def test_only_the_owner_can_read_it(path: Path) -> None:
    old = os.umask(0)
    try:
        Journal(path).close()
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_is_durable_by_its_own_settings(path: Path) -> None:
    with Journal(path) as journal:
        read = journal._database.execute
        assert read("PRAGMA journal_mode").fetchone() == ("delete",)
        assert read("PRAGMA synchronous").fetchone() == (3,)  # EXTRA


def test_events_cannot_be_changed_or_deleted(path: Path) -> None:
    with Journal(path) as journal:
        journal.append("accept", KEY, 0, "ada")
    database = sqlite3.connect(path)
    for statement in ("DELETE FROM events", "UPDATE events SET action = 'reject'"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            database.execute(statement)
    database.close()


def test_undo_takes_back_the_last_event_that_counts(path: Path) -> None:
    other = RecordKey("b" * 32, 0)
    with Journal(path) as journal:
        journal.append("accept", KEY, 0, "ada")
        journal.append("reject", other, 1, "ada")
        journal.append("reject", KEY, 0, "bob")
        undone = [journal.undo("ada"), journal.undo("ada"), journal.undo("ada")]
        standings = Standings(journal.events())
    assert [event and event.row for event in undone] == [1, 0, None]
    assert standings.of(KEY, "ada").status == standings.of(other, "ada").status == "undecided"
    assert standings.of(KEY, "bob").status == "rejected"


def test_a_place_is_kept_with_the_decision(path: Path) -> None:
    with Journal(path) as journal:
        assert journal.place("ada") is None
        journal.append("accept", KEY, 0, "ada", place=(1, "next"))
        assert journal.place("ada") == (1, "next")
        journal.remember_place("ada", 7, "there")
        assert journal.place("ada") == (7, "there")


def test_a_failed_commit_is_said_and_leaves_nothing(path: Path) -> None:
    with Journal(path) as journal:
        journal.append("accept", KEY, 0, "ada")
        journal._database.execute("PRAGMA max_page_count = 1")
        with pytest.raises(TilthError, match="did not take it"):
            for _ in range(50):
                journal.append("edit", KEY, 0, "ada", after={"type": "text", "text": "x" * 100_000})
        journal._database.execute("PRAGMA max_page_count = 1000000")
        before = len(list(journal.events()))
        assert journal.append("reject", KEY, 0, "ada").number == before + 1


@pytest.mark.parametrize("content", [b"not a database at all" * 100, b"SQLite format 3\x00" + b"\xff" * 4000])
def test_another_file_is_refused_and_stays_as_it_is(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(DataError, match="is not a review journal"):
        Journal(path)
    assert path.read_bytes() == content


def test_another_programs_database_is_refused(path: Path) -> None:
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE bills (amount)")
    database.commit()
    database.close()
    with pytest.raises(DataError, match="another program"):
        Journal(path)


@pytest.mark.parametrize("name", ["missing/x.sqlite", "."])
def test_an_impossible_path_is_one_clear_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        Journal(tmp_path / name)


def test_a_journal_to_read_must_exist(path: Path) -> None:
    with pytest.raises(UsageError, match="there is no journal"):
        Journal(path, create=False)
    assert not path.exists()


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\x1b[31m"])
def test_an_annotator_has_a_printable_name(path: Path, name: str) -> None:
    with Journal(path) as journal, pytest.raises(UsageError, match="annotator"):
        journal.append("accept", KEY, 0, name)


def test_a_network_filesystem_is_told_from_a_local_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert network_filesystem(tmp_path) is None
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"1 1 8:1 / / rw - ext4 /dev/sda rw\n2 1 0:9 / {tmp_path}/my\\040share rw - nfs4 host:/x rw\n")
    monkeypatch.setattr("tilth.review.local_disk._MOUNTS", mounts)
    share = tmp_path / "my share" / "data"
    share.mkdir(parents=True)
    assert network_filesystem(share) == "nfs4"
    with pytest.raises(UsageError, match="network filesystem"):
        Journal(share / "x.sqlite")
    Journal(share / "x.sqlite", allow_network=True).close()


DECIDE = """
import sys
from tilth.review import Journal, RecordKey
path, name, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
with Journal(path) as journal:
    for place in range(count):
        event = journal.append("accept", RecordKey(f"{place:032x}", 0), place, name)
        print(event.number, flush=True)
"""


def test_eight_processes_on_one_journal_lose_and_double_nothing(path: Path) -> None:
    each = 40
    running = [
        subprocess.Popen(
            [sys.executable, "-c", DECIDE, path, f"annotator {n}", str(each)], stdout=subprocess.PIPE, text=True
        )
        for n in range(8)
    ]
    said = sorted(int(number) for process in running for number in process.communicate(timeout=120)[0].split())
    with Journal(path) as journal:
        events = list(journal.events())
        assert journal._database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert said == [event.number for event in events] == list(range(1, 8 * each + 1))
    assert len({(event.annotator, event.key) for event in events}) == 8 * each


def test_a_killed_writer_loses_nothing_that_it_said(path: Path) -> None:
    for _ in range(5):
        process = subprocess.Popen(
            [sys.executable, "-c", DECIDE, path, "ada", "100000"], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        said = [int(process.stdout.readline()) for _ in range(10)]
        process.kill()
        said += [int(line) for line in process.communicate()[0].splitlines() if line]
        with Journal(path) as journal:
            numbers = [event.number for event in journal.events()]
            assert journal._database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert numbers == list(range(1, len(numbers) + 1))
        assert said[-1] <= numbers[-1] <= said[-1] + 1
