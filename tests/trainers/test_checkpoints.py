"""Checkpoints are whole or absent, whatever happens while they are written."""

import json
import random
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tilth.trainers.checkpoints import COMPLETE, KEPT_CHECKPOINTS, complete_checkpoints, save_checkpoint


def write(folder: Path) -> None:
    (folder / "weights").write_bytes(b"w" * 100)
    (folder / "state").write_text("{}")


class KilledError(Exception):
    pass


def test_the_newest_complete_checkpoint_comes_first(tmp_path: Path) -> None:
    for step in (5, 10, 100):
        save_checkpoint(tmp_path, step, write, {"run": "a"})
    assert [found.step for found in complete_checkpoints(tmp_path)] == [100, 10]
    assert complete_checkpoints(tmp_path)[0].facts == {"run": "a"}
    assert len(list(tmp_path.iterdir())) == KEPT_CHECKPOINTS


@pytest.mark.parametrize("damage", ["cut", "changed", "missing", "no marker", "torn marker"])
def test_a_torn_checkpoint_is_passed_over(tmp_path: Path, damage: str) -> None:
    save_checkpoint(tmp_path, 5, write, {})
    newest = save_checkpoint(tmp_path, 10, write, {}).path
    if damage == "cut":
        (newest / "weights").write_bytes(b"w" * 50)
    elif damage == "changed":
        (newest / "weights").write_bytes(b"w" * 99 + b"v")
    elif damage == "missing":
        (newest / "weights").unlink()
    elif damage == "no marker":
        (newest / COMPLETE).unlink()
    else:
        (newest / COMPLETE).write_text((newest / COMPLETE).read_text()[:20])
    assert [found.step for found in complete_checkpoints(tmp_path)] == [5]


def test_a_save_that_is_cut_off_leaves_the_earlier_one_and_no_rest(tmp_path: Path) -> None:
    save_checkpoint(tmp_path, 5, write, {})

    def killed(folder: Path) -> None:
        (folder / "weights").write_bytes(b"half")
        raise KilledError

    with pytest.raises(KilledError):
        save_checkpoint(tmp_path, 10, killed, {})
    assert [found.step for found in complete_checkpoints(tmp_path)] == [5]
    save_checkpoint(tmp_path, 10, write, {})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["step-00000005", "step-00000010"]


def test_a_damaged_newest_checkpoint_does_not_cost_the_good_one_before_it(tmp_path: Path) -> None:
    for step in (5, 10):
        save_checkpoint(tmp_path, step, write, {})
    (tmp_path / "step-00000010" / "weights").unlink()
    save_checkpoint(tmp_path, 15, write, {})
    assert [found.step for found in complete_checkpoints(tmp_path)] == [15, 5]


def test_checkpoints_are_private_and_name_their_files(tmp_path: Path) -> None:
    found = save_checkpoint(tmp_path, 5, write, {})
    assert stat.S_IMODE(found.path.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in found.path.iterdir()} == {0o600}
    assert set(json.loads((found.path / COMPLETE).read_text())["files"]) == {"weights", "state"}


SAVE_FOR_EVER = """
import os, sys
from itertools import count
from pathlib import Path
from tilth.trainers.checkpoints import complete_checkpoints, save_checkpoint
parent = Path(sys.argv[1])
begun = max((found.step for found in complete_checkpoints(parent)), default=0)
for step in count(begun + 1):
    save_checkpoint(parent, step, lambda folder: [(folder / x).write_bytes(os.urandom(300_000)) for x in "abc"], {})
    print(step, flush=True)
"""


@pytest.mark.slow
def test_thirty_kills_lose_no_checkpoint_that_was_reported(tmp_path: Path) -> None:
    chance = random.Random(7)
    for _ in range(30):
        process = subprocess.Popen(
            [sys.executable, "-c", SAVE_FOR_EVER, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        first = int(process.stdout.readline())
        time.sleep(chance.uniform(0, 0.03))
        process.kill()
        reported = [first, *map(int, process.stdout.read().split())]
        process.wait()
        found = complete_checkpoints(tmp_path)
        assert found[0].step >= reported[-1], "what was reported is there and whole"
        assert found[0].step <= reported[-1] + 1
