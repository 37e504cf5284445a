"""A conversion that is killed, or refused by the disk, at every single write, sync, rename and removal it makes."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

STRACE = shutil.which("strace")
CALLS = ("write", "fsync", "rename", "unlink")
OUTPUTS = [
    "out.jsonl",
    "out.jsonl.zst",
    "out.json.gz",
    "out.csv",
    "out.csv.xz",
    "out.yaml.bz2",
    "out.parquet",
    "out.arrow.gz",
]

pytestmark = [pytest.mark.slow, pytest.mark.skipif(STRACE is None, reason="strace is not at hand")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with an input whose output takes several writes, and nothing else."""
    rows = ({"id": f"{n:05}", "text": f"{n * 7919 % 10_007} " * 300} for n in range(900))
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tmp_path


def convert(folder: Path, output: str, *before: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "tilth", "convert", "in.jsonl", "-o", output, "--overwrite", "--quiet"]
    return subprocess.run([*before, *words], cwd=folder, capture_output=True, text=True, timeout=60)


def traced(*inject: str) -> list[str]:
    return [str(STRACE), "-f", "-qq", "-e", f"trace={','.join(CALLS)}", *inject]


def calls_of(folder: Path, output: str) -> list[tuple[str, int]]:
    """Each call that changes the disk, with its number among the calls of its name in one thread.

    That is how strace counts when it injects, so a number means the first thread that comes to it.
    """
    log = folder.parent / "trace"
    assert convert(folder, output, *traced("-o", str(log))).returncode == 0
    seen: dict[tuple[str, str], int] = {}
    found: dict[tuple[str, int], None] = {}
    for line in log.read_text().splitlines():
        if call := re.match(r"(\d+) +(\w+)\((\d*)", line):
            thread, name, file = call.groups()
            seen[thread, name] = seen.get((thread, name), 0) + 1
            if name in CALLS and not (name == "write" and file in ("1", "2")):
                found[name, seen[thread, name]] = None
    log.unlink()
    return list(found)


def strays(folder: Path, output: str) -> list[str]:
    known = {"in.jsonl", output, f"{output}.manifest.json"}
    return sorted(entry.name for entry in folder.iterdir() if entry.name not in known)


def points(folder: Path, output: str) -> Iterator[tuple[str, int]]:
    found = calls_of(folder, output)
    assert {name for name, _ in found} >= {"write", "fsync", "rename"}
    yield from found


@pytest.mark.parametrize("output", OUTPUTS)
def test_a_kill_at_any_call_leaves_the_old_file_or_the_new_one(output: str, folder: Path) -> None:
    points_of_death = list(points(folder, output))
    new = (folder / output).read_bytes()
    for name, number in points_of_death:
        (folder / output).write_bytes(b"old")
        died = convert(folder, output, *traced("-e", f"inject={name}:signal=SIGKILL:when={number}"))
        assert died.returncode != 0, (name, number)
        assert (folder / output).read_bytes() in (b"old", new), (name, number)
        assert len(strays(folder, output)) <= 2  # the next run sweeps what the killed one left
    assert convert(folder, output).returncode == 0
    assert (folder / output).read_bytes() == new
    assert strays(folder, output) == []


@pytest.mark.parametrize("output", OUTPUTS[::6])
@pytest.mark.parametrize("errno", ["ENOSPC", "EIO", "EDQUOT"])
def test_a_disk_that_fails_at_any_call_is_one_line_and_the_old_file(output: str, errno: str, folder: Path) -> None:
    failing = [point for point in points(folder, output) if point[0] in ("write", "fsync", "rename")]
    new = (folder / output).read_bytes()
    for name, number in failing:
        (folder / output).write_bytes(b"old")
        failed = convert(folder, output, *traced("-o", "/dev/null", "-e", f"inject={name}:error={errno}:when={number}"))
        assert failed.returncode == 1, (name, number, failed.stderr)
        lines = failed.stderr.strip().splitlines()
        assert len(lines) == 1, (name, number, failed.stderr)
        assert lines[0].startswith("error: ")
        assert output in lines[0]
        assert (folder / output).read_bytes() in (b"old", new), (name, number)
        assert strays(folder, output) == [], (name, number)
    assert convert(folder, output).returncode == 0
    assert (folder / output).read_bytes() == new


def test_too_many_open_files_is_one_line(folder: Path) -> None:
    for most in range(4, 24):
        (folder / "out.parquet").write_bytes(b"old")
        failed = convert(folder, "out.parquet", "prlimit", f"--nofile={most}:{most}")
        if failed.returncode == 0:
            return
        assert (folder / "out.parquet").read_bytes() == b"old"
        if "tilth" in failed.stderr and "error: " in failed.stderr:  # below that Python itself cannot start
            assert "Traceback" not in failed.stderr
            assert len(failed.stderr.strip().splitlines()) <= 2
    pytest.fail("no limit let it through")
