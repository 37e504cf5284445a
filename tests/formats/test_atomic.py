"""A file is what it was or what it shall be: after a kill, a full disk, a mistake."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tilth.errors import TilthError, UsageError
from tilth.formats import RowBlock, open_output, refuse_same_file, replacing, write_rows

ROWS = [{"text": "x" * 1000, "number": number} for number in range(400)]


def others(path: Path) -> list[str]:
    return sorted(entry.name for entry in path.parent.iterdir() if entry != path)


def test_the_target_appears_whole_and_with_the_usual_mode(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    umask = os.umask(0o027)
    try:
        with replacing(path) as temporary:
            temporary.write_text("new")
            assert not path.exists()
            assert temporary.stat().st_mode & 0o777 == 0o600
        assert path.read_text() == "new"
        assert path.stat().st_mode & 0o777 == 0o640
    finally:
        os.umask(umask)
    assert others(path) == []


def test_a_file_that_is_replaced_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("old")
    path.chmod(0o600)
    with replacing(path) as temporary:
        temporary.write_text("new")
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_an_exception_leaves_the_old_file_and_nothing_else(failure: type[BaseException], tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("old")
    with pytest.raises(failure), replacing(path) as temporary:
        temporary.write_text("half")
        raise failure
    assert path.read_text() == "old"
    assert others(path) == []


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "real" / "a.jsonl")
    write_rows(tmp_path / "link.jsonl", [{"a": 1}])
    assert (tmp_path / "link.jsonl").is_symlink()
    assert (tmp_path / "real" / "a.jsonl").read_bytes() == b'{"a":1}\n'


def test_a_killed_run_leaves_the_old_file_and_its_remains_are_swept_by_the_next(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("old")
    script = f"""
import time
from tilth.formats import RowBlock, open_output
with open_output({str(path)!r}, overwrite=True) as output:
    output.write(RowBlock([{{"text": "x" * 3_000_000}}], [1]))
    print("written", flush=True)
    time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == b"written\n"
        with replacing(path):  # while the other run lives, what it writes is left alone
            assert len(others(path)) == 2
        assert len(others(path)) == 1
        run.kill()
    path.write_text("old")
    assert len(others(path)) == 1
    write_rows(path, [{"a": 1}], overwrite=True)
    assert path.read_bytes() == b'{"a":1}\n'
    assert others(path) == []


@pytest.mark.parametrize("suffix", ["jsonl", "jsonl.gz", "jsonl.zst", "csv", "yaml", "parquet"])
def test_a_disk_that_takes_no_more_is_one_line_and_the_old_file_stays(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{suffix}"
    path.write_text("old")
    script = f"""
import os, resource, sys
from tilth.errors import TilthError
from tilth.formats import write_rows
rows = [{{"text": os.urandom(500).hex()}} for _ in range(2000)]
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    write_rows({str(path)!r}, rows, overwrite=True)
except TilthError as failure:
    sys.exit(str(failure))
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert run.stderr.splitlines() == [f"{path}: cannot be written: file too large; nothing was changed"]
    assert path.read_text() == "old"
    assert others(path) == []


def test_a_failed_fsync_is_no_success(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("old")

    def fail(_: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(TilthError, match="input/output error"):
        write_rows(path, [{"a": 1}], overwrite=True)
    assert path.read_text() == "old"
    assert others(path) == []


def test_outputs_that_cannot_be_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    old, link, pipe = tmp_path / "a.jsonl", tmp_path / "b.jsonl", tmp_path / "p.jsonl"
    old.write_text("old")
    link.hardlink_to(old)
    os.mkfifo(pipe)
    for path, inputs, answer in [
        (old, [], "the output exists"),
        (old, [old], "the output is the input"),
        (link, [old], "the output is the input"),
        (tmp_path / ".." / tmp_path.name / "a.jsonl", [old], "the output is the input"),
        (tmp_path / "folder.jsonl", [], "this is a folder"),
        (tmp_path / "nowhere" / "a.jsonl", [], "there is no such folder"),
        (pipe, [], "this is a device or a pipe"),
        (tmp_path / "a.docx", [], "its suffix .docx belongs to no format"),
        (tmp_path / "a", [], "it has no suffix"),
    ]:
        (tmp_path / "folder.jsonl").mkdir(exist_ok=True)
        with pytest.raises(UsageError, match=answer):
            open_output(path, inputs=inputs)
    assert old.read_text() == "old"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a.jsonl", "b.jsonl", "folder.jsonl", "p.jsonl"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_to_is_one_line(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(TilthError, match="the folder cannot be written to"):
        write_rows(tmp_path / "a.jsonl", ROWS)


def test_a_file_that_appears_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with pytest.raises(UsageError, match="the output exists"), replacing(path, overwrite=False) as temporary:
        temporary.write_text("mine")
        path.write_text("theirs")
    assert path.read_text() == "theirs"
    assert others(path) == []


def test_an_output_that_is_no_input_passes(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    refuse_same_file(tmp_path / "b", [tmp_path / "a", tmp_path / "gone"])


def test_equal_rows_compress_to_equal_bytes(tmp_path: Path) -> None:
    write_rows(tmp_path / "a.jsonl.gz", ROWS)
    time.sleep(1.1)  # the gzip header has room for a time in seconds
    write_rows(tmp_path / "b.jsonl.gz", ROWS)
    assert (tmp_path / "a.jsonl.gz").read_bytes() == (tmp_path / "b.jsonl.gz").read_bytes()


def test_an_output_can_be_given_up(tmp_path: Path) -> None:
    output = open_output(tmp_path / "a.csv")
    output.write(RowBlock(ROWS, range(1, len(ROWS) + 1)))
    output.abort()
    assert list(tmp_path.iterdir()) == []
