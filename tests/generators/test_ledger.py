"""The account book: what is on disk before it counts, what is never paid twice, and what it refuses."""

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tilth.errors import DataError, TilthError, UsageError
from tilth.generators import BudgetSpentError, Ledger, Request, export_answers, ledger_summary, read_answers


def request(number: int = 1) -> Request:
    return Request("m", ({"role": "user", "content": f"question {number}"},), {"max_tokens": 10})


def pay(ledger: Ledger, number: int, cost: int = 5, worst: int = 10) -> None:
    ledger.answered(ledger.reserve(request(number), worst), b'{"choices": []}', "ok", cost)


def test_key_is_the_whole_request_and_nothing_else() -> None:
    keys = {
        request(1).key,
        request(2).key,
        Request("other", request(1).messages, {"max_tokens": 10}).key,
        Request("m", request(1).messages, {"max_tokens": 11}).key,
        Request("m", request(1).messages, {"max_tokens": 10}, schema={"type": "object"}).key,
        Request("m", request(1).messages, {"max_tokens": 10}, sample=1).key,
    }
    assert len(keys) == 6
    assert Request("m", ({"content": "question 1", "role": "user"},), {"max_tokens": 10}).key == request(1).key
    assert Request.from_content(request(1).content()).key == request(1).key
    # The key of a request does not change between versions: recorded answers depend on it.
    assert request(1).key == "a4c99e4e4936483d23335cab4caebf81048ed0734b39d1816c989fc52d305645"


def test_answer_is_found_by_another_connection_and_a_failure_is_not(folder: Path) -> None:
    with Ledger(folder / "l.sqlite") as ledger:
        pay(ledger, 1)
        ledger.failed(ledger.reserve(request(2), 10), "cut", 10, http_status=None, body=b"half")
        with Ledger(folder / "l.sqlite") as other:
            assert other.answer(request(1).key) == b'{"choices": []}'
            assert other.answer(request(2).key) is None


def test_balance_holds_what_was_paid_and_the_worst_of_what_is_open(folder: Path) -> None:
    with Ledger(folder / "l.sqlite") as ledger:
        pay(ledger, 1, cost=4)
        ledger.failed(ledger.reserve(request(2), 10), "http-500", 0, http_status=500, body=b"")
        ledger.reserve(request(3), 10)
    with Ledger(folder / "l.sqlite") as ledger:
        assert ledger.balance_nano() == 14
    summary = ledger_summary(folder / "l.sqlite")
    assert summary["attempts"] == 3 == sum(summary["answered"].values()) + sum(summary["failed"].values()) + 1
    assert (summary["unsettled"], summary["unsettled_usd"]) == (1, 10 / 1e9)


def test_what_could_pass_the_limit_is_not_booked(folder: Path) -> None:
    with Ledger(folder / "l.sqlite") as ledger:
        pay(ledger, 1, cost=8)
        ledger.reserve(request(2), 12, limit_nano=20)
        with pytest.raises(BudgetSpentError):
            ledger.reserve(request(3), 1, limit_nano=20)
        assert (ledger.attempts(), ledger.balance_nano()) == (2, 20)


def test_threads_never_pass_the_limit_together(folder: Path) -> None:
    refused = []

    def spend(ledger: Ledger) -> None:
        for number in range(20):
            try:
                ledger.reserve(request(number), 7, limit_nano=100)
            except BudgetSpentError:
                refused.append(number)

    with Ledger(folder / "l.sqlite") as ledger:
        threads = [threading.Thread(target=spend, args=(ledger,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert ledger.balance_nano() == 98 and len(refused) == 80 - 14


_SPENDER = """
import sys
from pathlib import Path
from tilth.generators import BudgetSpentError, Ledger, Request
with Ledger(Path(sys.argv[1])) as ledger:
    for number in range(30):
        request = Request("m", ({"role": "user", "content": f"{sys.argv[2]} {number}"},), {"max_tokens": 10})
        try:
            attempt = ledger.reserve(request, 10, limit_nano=500)
        except BudgetSpentError:
            break
        ledger.answered(attempt, b"{}", "ok", 9)
"""


@pytest.mark.slow
def test_processes_never_pass_the_limit_together(folder: Path) -> None:
    path = folder / "l.sqlite"
    spenders = [subprocess.Popen([sys.executable, "-c", _SPENDER, str(path), str(n)]) for n in range(4)]
    assert [spender.wait(60) for spender in spenders] == [0, 0, 0, 0]
    with Ledger(path) as ledger:
        assert 490 < ledger.balance_nano() <= 500
        assert len(list(ledger.answers())) == ledger.balance_nano() // 9


def test_events_cannot_be_changed_or_removed(folder: Path) -> None:
    with Ledger(folder / "l.sqlite") as ledger:
        pay(ledger, 1)
    db = sqlite3.connect(folder / "l.sqlite")
    for statement in ("UPDATE event SET change_nano = 0", "DELETE FROM event"):
        with pytest.raises(sqlite3.IntegrityError, match="only added to"):
            db.execute(statement)


def test_commits_are_made_to_last(folder: Path) -> None:
    with Ledger(folder / "l.sqlite") as ledger:
        pay(ledger, 1)
        assert {path.name for path in folder.iterdir()} == {"l.sqlite"}  # no WAL beside it
    assert (folder / "l.sqlite").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "content", [b"not a database, but long enough to look like one" * 40, b"SQLite format 3\0" + b"x" * 500]
)
def test_other_file_is_refused_and_left_alone(content: bytes, folder: Path) -> None:
    path = folder / "notes.txt"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"notes\.txt"):
        Ledger(path)
    assert path.read_bytes() == content


def test_other_sqlite_file_is_refused(folder: Path) -> None:
    db = sqlite3.connect(folder / "other.sqlite")
    db.execute("CREATE TABLE mine (x)")
    db.commit()
    with pytest.raises(DataError, match="no ledger"):
        Ledger(folder / "other.sqlite")


def test_path_that_cannot_be_a_ledger_is_a_users_mistake(folder: Path) -> None:
    (folder / "file").write_text("x")
    for path in (folder, folder / "file" / "l.sqlite"):
        with pytest.raises(UsageError):
            Ledger(path)
    for missing in (ledger_summary, lambda path: export_answers(path, folder / "out.jsonl")):
        with pytest.raises(UsageError, match="no such ledger"):
            missing(folder / "none.sqlite")
    assert sorted(path.name for path in folder.iterdir()) == ["file"]


@pytest.mark.skipif(os.geteuid() != 0 or not Path("/dev/full").exists(), reason="needs a small file system")
def test_full_disk_stops_with_the_ledgers_name(folder: Path) -> None:
    script = """
import resource, signal, sys
from pathlib import Path
from tilth.errors import TilthError
from tilth.generators import Ledger, Request
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
ledger = Ledger(Path(sys.argv[1]))
request = Request("m", ({"role": "user", "content": "x" * 50_000},), {"max_tokens": 10})
attempt = ledger.reserve(request, 10)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    ledger.answered(attempt, b"y" * 200_000, "ok", 5)
except TilthError as error:
    print(error)
    sys.exit(1)
"""
    run = subprocess.run([sys.executable, "-c", script, str(folder / "l.sqlite")], capture_output=True, text=True)
    assert run.returncode == 1 and "l.sqlite: the ledger cannot be used" in run.stdout
    with Ledger(folder / "l.sqlite") as ledger:
        assert (ledger.attempts(), ledger.balance_nano(), list(ledger.answers())) == (1, 10, [])


_ONE_CALL = """
import sys
from pathlib import Path
from tilth.generators import Ledger, Request
with Ledger(Path(sys.argv[1])) as ledger:
    request = Request("m", ({"role": "user", "content": "question 1"},), {"max_tokens": 10})
    attempt = ledger.reserve(request, 10)
    print("reserved", flush=True)
    ledger.answered(attempt, b'{"choices": []}' * 500, "ok", 4)
    print("answered", flush=True)
"""


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace kills at a chosen system call")
def test_killed_at_every_sync_of_a_call_the_ledger_holds_what_it_acknowledged(folder: Path) -> None:
    points = 0
    for calls in ("fsync,fdatasync", "unlink"):
        for when in range(1, 100):
            path = folder / f"{calls}{when}.sqlite"
            inject = ["strace", "-f", "-o", "/dev/null", "-e", f"trace={calls}", "-e"]
            inject += [f"inject={calls}:signal=SIGKILL:when={when}", sys.executable, "-c", _ONE_CALL, str(path)]
            run = subprocess.run(inject, capture_output=True, text=True)
            if run.returncode == 0:
                break
            points += 1
            said = run.stdout.split()
            with Ledger(path) as ledger:
                assert ledger.attempts() >= said.count("reserved")
                assert len(list(ledger.answers())) >= said.count("answered")
                assert ledger.balance_nano() == (4 if ledger.answer(request(1).key) else 10 * ledger.attempts())
    assert points > 10


def test_answers_survive_export_and_import(folder: Path) -> None:
    with Ledger(folder / "l.sqlite") as ledger:
        ledger.answered(ledger.reserve(request(1), 1), '{"choices": [{"text": "\\u2028 é 10"}]}'.encode(), "ok", 1)
        pay(ledger, 2)
    assert export_answers(folder / "l.sqlite", folder / "a.jsonl") == 2
    answers = read_answers(folder / "a.jsonl")
    assert set(answers) == {request(1).key, request(2).key}
    assert answers[request(1).key] == '{"choices":[{"text":"\u2028 é 10"}]}'.encode()


def test_export_replaces_no_file_that_was_not_given_up_and_never_the_ledger(folder: Path) -> None:
    with Ledger(folder / "l.sqlite") as ledger:
        pay(ledger, 1)
    (folder / "seeds.jsonl").write_text("precious")
    with pytest.raises(UsageError, match="the output exists"):
        export_answers(folder / "l.sqlite", folder / "seeds.jsonl")
    assert (folder / "seeds.jsonl").read_text() == "precious"
    (folder / "link.jsonl").symlink_to("l.sqlite")
    for itself in ("l.sqlite", "link.jsonl"):
        with pytest.raises(UsageError, match="the output is the input"):
            export_answers(folder / "l.sqlite", folder / itself, overwrite=True)
    assert ledger_summary(folder / "l.sqlite")["attempts"] == 1
    assert export_answers(folder / "l.sqlite", folder / "seeds.jsonl", overwrite=True) == 1


def test_recorded_answer_under_another_question_is_refused_with_its_line(folder: Path) -> None:
    with Ledger(folder / "l.sqlite") as ledger:
        pay(ledger, 1)
        pay(ledger, 2)
    export_answers(folder / "l.sqlite", folder / "a.jsonl")
    text = (folder / "a.jsonl").read_text()
    (folder / "a.jsonl").write_text(text.replace("question 2", "question 3"))
    with pytest.raises(DataError, match=r"a\.jsonl:2: the key does not belong"):
        read_answers(folder / "a.jsonl")
    (folder / "a.jsonl").write_text(text + '{"key": "half a li')
    with pytest.raises(DataError, match=r"a\.jsonl:3: this line is no recorded answer"):
        read_answers(folder / "a.jsonl")
    with pytest.raises(TilthError):
        read_answers(folder / "none.jsonl")
