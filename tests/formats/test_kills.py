"""Killed at any rename, fsync or removal, a set of shards or a folder is the old one, the new one, or plainly torn."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.formats.hostile import dumped
from tilth.errors import DataError
from tilth.formats import Dataset, convert, write_rows
from tilth.formats.sharding import Sharding

OLD = [{"text": f"old {number}"} for number in range(6)]
NEW = [{"text": f"new {number}"} for number in range(6)]

# Ends itself without a warning at the n-th of the calls that change what a folder shows.
PROGRAM = """
import os, pathlib, signal, sys
from tilth.formats import Dataset, convert
from tilth.formats.sharding import Sharding
from tilth.formats.folders import publishing

target, format, when = sys.argv[1], sys.argv[2] or None, int(sys.argv[3])
calls = 0

def counted(function):
    def call(*words, **names):
        global calls
        calls += 1
        if calls == when:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*words, **names)
    return call

data = Dataset.open("new.jsonl", dialect="tilth")
for owner, name in ((pathlib.Path, "replace"), (os, "fsync"), (os, "replace"), (publishing, "_exchanged")):
    setattr(owner, name, counted(getattr(owner, name)))
convert(data, target, format=format, overwrite=True, sharding=Sharding(rows=3))
print(calls)
"""


def rows_of(path: Path) -> list[bytes]:
    return dumped(row for batch in Dataset.open(path, dialect="tilth").batches() for row in batch.rows)


def killed_at(when: int, target: Path, format: str) -> bool:
    """Whether the run was killed, and did not come to its end before."""
    words = [sys.executable, "-c", PROGRAM, str(target), format, str(when)]
    return subprocess.run(words, cwd=target.parent, capture_output=True, check=False).returncode == -9


@pytest.mark.slow
def test_a_killed_run_leaves_the_old_folder_or_the_new_one(tmp_path: Path) -> None:
    write_rows(tmp_path / "old.jsonl", OLD)
    write_rows(tmp_path / "new.jsonl", NEW)
    when, seen = 1, set()
    while True:
        convert(Dataset.open(tmp_path / "old.jsonl", dialect="tilth"), tmp_path / "out", format="hf", overwrite=True)
        hidden = [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]
        assert hidden == [], "what a killed run left is swept by the next"
        if not killed_at(when, tmp_path / "out", "hf"):
            break
        found = rows_of(tmp_path / "out")
        assert found in (dumped(OLD), dumped(NEW))
        seen.add(found == dumped(NEW))
        when += 1
    assert when > 6
    assert seen == {True, False}


@pytest.mark.slow
def test_a_killed_run_leaves_the_old_shards_or_the_new_ones_or_a_set_that_lacks_some(tmp_path: Path) -> None:
    write_rows(tmp_path / "old.jsonl", OLD)
    write_rows(tmp_path / "new.jsonl", NEW)
    target = tmp_path / "out-{shard}.jsonl"
    when, torn = 1, 0
    while True:
        convert(
            Dataset.open(tmp_path / "old.jsonl", dialect="tilth"), target, overwrite=True, sharding=Sharding(rows=3)
        )
        assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
        if not killed_at(when, target, ""):
            break
        when += 1
        shards = sorted(tmp_path.glob("out-*"))
        if len(shards) == 2:
            assert rows_of(tmp_path / "out-*.jsonl") in (dumped(OLD), dumped(NEW))
            continue
        torn += 1
        if shards:
            (tmp_path / "alone").mkdir(exist_ok=True)
            for shard in shards:
                shard.rename(tmp_path / "alone" / shard.name)
            with pytest.raises(DataError, match="shards are missing"):
                rows_of(tmp_path / "alone")
            for shard in (tmp_path / "alone").iterdir():
                shard.unlink()
    assert torn >= 3
