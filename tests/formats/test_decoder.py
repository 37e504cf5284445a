"""What a columnar file does to the process that decodes it is one line in the process that reads it."""

import io
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from tests.formats import bombs
from tests.formats.hostile import FIXED_ROWS, block, dumped, read, written
from tests.formats.test_arrow_types import EVERYWHERE, ONLY_IN_ARROW, as_file, as_parquet, as_stream
from tilth.errors import DataError, TilthError
from tilth.formats import Dataset, ReadSettings
from tilth.formats.opening import format_named

ON_LINUX = sys.platform == "linux"
# Runs a command from a process that is small itself: what a child is said to have used at most begins with its parent.
MEASURES = """
import json, resource, subprocess, sys
done = subprocess.run([sys.executable, "-c", sys.argv[1], *sys.argv[2:]], capture_output=True, text=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([done.returncode, done.stderr, used.ru_maxrss, used.ru_utime + used.ru_stime]))
"""
LOOKS = """
import sys
from tilth.cli.border import run
code = run(sys.argv[1:])
here = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(here.split()[1], file=sys.stderr)
sys.exit(code)
"""


def decoders() -> list[int]:
    """The processes that decode for this one."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return [int(pid) for pid in children if b"tilth.decoder" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def pieces(container: str, content: bytes) -> Iterator[int]:
    for each in format_named(container).read(io.BytesIO(content), ReadSettings("file")):
        yield len(each)


def large_file() -> bytes:
    sink = io.BytesIO()
    table = pa.table({"t": ["x" * 1000] * 20_000})
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=1000)
    return sink.getvalue()


@pytest.mark.skipif(not ON_LINUX, reason="memory is limited and measured as Linux does it")
@pytest.mark.parametrize(
    ("name", "content", "answer"),
    [
        ("a.parquet", bombs.parquet_bomb, "stands for about 186 GiB"),
        ("late.parquet", bombs.late_parquet_bomb, "takes more than 256 MiB of memory"),
        ("a.arrow", bombs.arrow_bomb, "stands for about 186 GiB"),
        ("nested.parquet", lambda: bombs.nested_parquet(100_000), "broken Parquet"),
    ],
)
def test_a_bomb_is_refused_in_two_seconds_and_half_a_gigabyte(
    name: str, content: Callable[[], bytes], answer: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content())
    measured = subprocess.run(
        [sys.executable, "-c", MEASURES, LOOKS, "inspect", name],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    code, told, most_kb, seconds = json.loads(measured.stdout)
    *lines, own_kb = told.splitlines()
    assert code == 1
    assert answer in "\n".join(lines)
    assert int(own_kb) + most_kb < 512 * 1024, "its own memory, and the most that any process took"
    assert seconds < 3, "of the processor, most of them for starting up"


def test_a_file_that_is_cut_while_it_is_read_ends_only_its_decoder(tmp_path: Path) -> None:
    path = tmp_path / "a.arrow"
    path.write_bytes(large_file())
    blocks = Dataset.open(path, dialect="tilth").source.blocks(None)
    next(blocks)
    os.truncate(path, 100_000)
    with pytest.raises(DataError, match=r"a\.arrow: broken Arrow IPC: it ends the process that decodes it \(SIGBUS\)"):
        list(blocks)
    assert read("arrow", written("arrow", block(FIXED_ROWS))), "and the next file finds another"


@pytest.mark.skipif(not ON_LINUX, reason="processes are looked up as Linux has them")
def test_a_decoder_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("tilth.formats._decoding.PATIENCE_S", 2)
        steps = pieces("arrow", large_file())
        next(steps)
        stopped = decoders()
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        with pytest.raises(DataError, match="file: broken Arrow IPC: nothing came out of it for"):
            list(steps)
        for pid in set(stopped) & set(decoders()):  # idle ones of other tests, which the next reader would wait for
            os.kill(pid, signal.SIGCONT)
    assert len(read("parquet", written("parquet", block(FIXED_ROWS)))) == len(FIXED_ROWS)


@pytest.mark.skipif(not ON_LINUX, reason="processes are looked up as Linux has them")
def test_a_decoder_that_was_ended_while_idle_is_replaced() -> None:
    content = written("parquet", block(FIXED_ROWS))
    read("parquet", content)
    for pid in decoders():
        os.kill(pid, signal.SIGKILL)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert dumped(read("parquet", content)) == dumped(FIXED_ROWS)


def test_files_can_be_read_side_by_side_and_left_half_way() -> None:
    content = large_file()
    left = pieces("arrow", content)
    next(left)
    first, second = pieces("arrow", content), pieces("arrow", content)
    both = [next(first) + next(second) for _ in range(10)]
    del left
    assert sum(both) + sum(first) + sum(second) == 40_000
    assert sum(pieces("arrow", content)) == 20_000


def test_a_forked_process_has_decoders_of_its_own() -> None:
    content = written("parquet", block(FIXED_ROWS))
    read("parquet", content)
    pid = os.fork()
    if not pid:
        same = dumped(read("parquet", content)) == dumped(FIXED_ROWS)
        os._exit(0 if same else 1)
    assert dumped(read("parquet", content)) == dumped(FIXED_ROWS)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


@pytest.mark.skipif(not ON_LINUX, reason="processes are looked up as Linux has them")
def test_a_decoder_ends_with_its_caller(tmp_path: Path) -> None:
    path = tmp_path / "a.arrow"
    path.write_bytes(large_file())
    program = """
import os, sys
from pathlib import Path
from tilth.formats import Dataset
blocks = Dataset.open(sys.argv[1], dialect="tilth").source.blocks(None)
next(blocks)
print(Path(f"/proc/self/task/{os.getpid()}/children").read_text(), flush=True)
sys.stdin.read()
"""
    caller = subprocess.Popen([sys.executable, "-c", program, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert caller.stdout is not None
    children = [int(pid) for pid in caller.stdout.readline().split()]
    assert children
    caller.kill()
    caller.communicate()
    until = time.monotonic() + 5
    while any(Path(f"/proc/{pid}").exists() for pid in children) and time.monotonic() < until:
        time.sleep(0.02)
    assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]


def test_the_decoder_starts_with_nothing_but_pyarrow() -> None:
    program = """
import sys
from tilth.decoder.__main__ import _WithoutNumpy
sys.meta_path.insert(0, _WithoutNumpy())
import tilth.decoder.arrow, tilth.decoder.parquet
print(*sys.modules)
"""
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert "pyarrow.parquet" in loaded
    assert not {"numpy", "pydantic", "orjson", "pandas", "tilth.errors", "tilth.formats"} & set(loaded)


def mutated(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice([1, 1, 1, 2, 4, 8])):
        place = chance.randrange(len(changed))
        kind = chance.randrange(4)
        if kind == 0:
            changed[place] ^= 1 << chance.randrange(8)
        elif kind == 1:
            changed[place : place + 4] = chance.choice([0, 1, 255, 2**31 - 1, 2**32 - 1]).to_bytes(4, "little")
        elif kind == 2:
            other, size = chance.randrange(len(changed)), chance.randrange(1, 40)
            changed[place : place + size] = changed[other : other + size]
        else:
            del changed[place : place + chance.randrange(1, 20)]
            changed = changed or bytearray(b"x")
    return bytes(changed)


def seeds(container: str) -> list[bytes]:
    small = [row for row in FIXED_ROWS if len(str(row)) < 1000 and "\n" not in row]
    if container == "parquet":
        return [
            written("parquet", block(small)),
            *(as_parquet(pa.table({"x": each})) for each, _ in EVERYWHERE.values()),
        ]
    tables = [pa.table({"x": column}) for column, _ in (*EVERYWHERE.values(), *ONLY_IN_ARROW.values())]
    own = [written(name, block(small)) for name in ("arrow", "arrow-stream", "feather")]
    return [*own, *map(as_file, tables), *map(as_stream, tables)]


@pytest.mark.parametrize("rounds", [400, pytest.param(15_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("container", ["parquet", "arrow"])
def test_what_was_mutated_gives_rows_or_one_line(container: str, rounds: int) -> None:
    chance, originals = random.Random(7), seeds(container)
    for _ in range(rounds):
        content = mutated(chance.choice(originals), chance)
        try:
            dumped(read(container, content))
        except TilthError as refusal:
            assert "\n" not in refusal.what
            assert "it ends the process" not in refusal.what
