"""What lies beside an output tells of that output, and an output that cannot be is refused before any work."""

import errno
import json
import os
import stat
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tilth.cli import border

ROWS = [{"instruction": f"Name plant number {n}.", "output": f"Plant {n} is a fern of kind {n * 7}."} for n in range(8)]


def run(words: str) -> int:
    return border.run(words.split())


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    lines = [json.dumps(row) + "\n" for row in ROWS]
    (tmp_path / "clean.jsonl").write_text("".join(lines))
    (tmp_path / "twice.jsonl").write_text("".join(lines + lines))
    return tmp_path


def test_an_output_that_is_replaced_takes_its_old_evidence_along(here: Path) -> None:
    assert run("dedup twice.jsonl -o out.jsonl --quiet") == 0
    assert (here / "out.jsonl.set-aside.jsonl").exists()
    assert run("dedup clean.jsonl -o out.jsonl --overwrite --quiet") == 0
    assert not (here / "out.jsonl.set-aside.jsonl").exists()
    assert run("dedup twice.jsonl -o out.jsonl --overwrite --quiet") == 0
    assert run("convert clean.jsonl -o out.jsonl --overwrite --quiet") == 0
    assert not (here / "out.jsonl.set-aside.jsonl").exists()


def test_a_split_that_is_replaced_leaves_no_part_of_the_old_one(here: Path) -> None:
    assert run("split clean.jsonl -o sets --test 2 --validation 2 --quiet") == 0
    assert (here / "sets" / "test.jsonl").exists()
    assert run("split clean.jsonl -o sets --test 0 --validation 2 --overwrite --quiet") == 0
    assert sorted(path.name for path in (here / "sets").glob("*.jsonl")) == ["train.jsonl", "validation.jsonl"]


@pytest.mark.parametrize(
    "words",
    ["dedup {} -o out.jsonl", "split {} -o out --test 2 --validation 2", "render {} -o out.jsonl --template alpaca"],
)
def test_what_one_command_writes_is_old_or_new_together(
    words: str, here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    unused = [{"instruction": "Hi", "output": ""}, {"instruction": "Hi", "output": ""}]
    for name, rows in (("old.jsonl", [*ROWS[:6], *unused]), ("new.jsonl", [*ROWS, *unused])):
        (here / name).write_text("".join(json.dumps(row) + "\n" for row in rows))

    def left() -> dict[str, bytes]:
        found = (path for path in here.rglob("*") if path.is_file() and path.name not in ("old.jsonl", "new.jsonl"))
        return {str(path): path.read_bytes() for path in found if "manifest" not in path.name}

    assert run(f"{words.format('new.jsonl')} --quiet") in (0, 3)
    new = left()
    assert run(f"{words.format('old.jsonl')} --quiet --overwrite") in (0, 3)
    old, real, left_to_go = left(), os.fsync, [0]

    def fsync(handle: int) -> None:
        left_to_go[0] -= stat.S_ISREG(os.fstat(handle).st_mode)
        if left_to_go[0] == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    failed = 0
    while True:
        left_to_go[0] = failed + 1
        capsys.readouterr()
        if run(f"{words.format('new.jsonl')} --quiet --overwrite") != 1:
            break
        failed += 1
        assert capsys.readouterr().err.count("\n") == 1
        assert left() in (old, new)
        left_to_go[0] = 0
        assert run(f"{words.format('old.jsonl')} --quiet --overwrite") in (0, 3)
    assert failed >= 3, "two files and their manifest"
    assert left() == new


def test_a_folder_for_parts_that_cannot_be_written_is_not_left_behind(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fsync(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fsync)
    assert run("split clean.jsonl -o sets --quiet") == 1
    assert not (here / "sets").exists()


def test_a_folder_may_bear_a_version(here: Path) -> None:
    assert run("split clean.jsonl -o sets-v1.0 --test 2 --validation 2 --quiet") == 0
    assert (here / "sets-v1.0" / "test.jsonl").exists()


@pytest.mark.parametrize("kind", ["set-aside", "changes", "rejects"])
@pytest.mark.parametrize("command", ["dedup", "convert"])
def test_evidence_of_another_output_is_not_replaced_unasked(
    command: str, kind: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / f"out.jsonl.{kind}.jsonl").write_text("kept")
    assert run(f"{command} twice.jsonl -o out.jsonl") == 2
    assert f"out.jsonl.{kind}.jsonl: the output exists" in capsys.readouterr().err
    assert not (here / "out.jsonl").exists()
    assert (here / f"out.jsonl.{kind}.jsonl").read_text() == "kept"


def test_an_output_that_exists_is_refused_before_anything_is_asked_of_a_model(here: Path) -> None:
    asked: list[str] = []

    class Counting(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            self.send_error(400)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Counting)
    Thread(target=server.serve_forever, daemon=True).start()
    endpoint = f"http://127.0.0.1:{server.server_port}/v1"
    words = f"generate self-instruct clean.jsonl -o twice.jsonl --model m --attempts 1 --endpoint {endpoint}"
    assert run(words) == 2
    server.shutdown()
    assert asked == []


def test_a_name_without_a_suffix_can_be_a_file_when_the_container_is_named(here: Path) -> None:
    assert run("dedup twice.jsonl -o unique --to jsonl --quiet") == 0
    assert len((here / "unique").read_text().splitlines()) == len(ROWS)
    assert len((here / "unique.set-aside.jsonl").read_text().splitlines()) == len(ROWS)
