"""No input brings a reader down: no traceback, no signal, no hang, no swollen memory."""

import os
import re
import sys
import time
from pathlib import Path

import pytest

from tests.fuzz.readers import readers
from tests.fuzz.watching import outcome

CORPUS = Path(__file__).parent / "corpus"
INPUTS = int(os.environ.get("TILTH_FUZZ_INPUTS", "30000"))
ONE_READER = ("arrow", "arrow-stream", "feather")
"""Three names of one reader, which share its inputs."""
READERS = sorted(readers())


@pytest.mark.parametrize("path", sorted(CORPUS.rglob("*.bin")), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_ever_failed_is_read_or_refused(path: Path) -> None:
    readers()[path.parent.name].read(path.read_bytes())


@pytest.mark.parametrize("name", READERS)
def test_every_seed_is_a_good_file(name: str) -> None:
    assert readers()[name].seeds
    for seed in readers()[name].seeds:
        readers()[name].read(seed)


@pytest.mark.slow
@pytest.mark.parametrize("name", READERS)
def test_a_reader_survives_every_input(name: str, tmp_path: Path) -> None:
    seed = int(time.time()) // 86_400  # other inputs every day, the same within one
    inputs = INPUTS // len(ONE_READER) if name in ONE_READER else INPUTS
    words = [sys.executable, "-m", "tests.fuzz", name, "--inputs", str(inputs), "--seed", str(seed), "--slot"]
    wrong = outcome(words, tmp_path)
    assert not wrong, f"{name}: {wrong}"


READS_ONE = """
import sys
from pathlib import Path
from tests.fuzz.__main__ import HEADER
Path(sys.argv[1]).write_bytes(HEADER.pack(7, 3) + b"abcdef")
"""


@pytest.mark.parametrize(
    ("then", "wrong"),
    [
        ("raise KeyError('of ours')", "exit 1; the input is .*KeyError: 'of ours'"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "exit -11; the input is "),
        ("import time; time.sleep(60)", "input 7 was not read within 1 s; the input is "),
        ("print('peak 600 MB')", "more memory than 512 MB"),
        ("pass", "more memory than 512 MB"),  # one that does not tell its memory might have taken all
    ],
)
def test_whatever_brings_a_reader_down_is_seen_and_its_input_kept(then: str, wrong: str, tmp_path: Path) -> None:
    said = outcome([sys.executable, "-c", READS_ONE + then], tmp_path, patience_s=1)
    assert re.match(wrong, said, re.DOTALL)
    assert [path.read_bytes() for path in tmp_path.glob("*.bin")] == ([b"abc"] if "the input is" in wrong else [])


def test_one_that_reads_all_is_well(tmp_path: Path) -> None:
    assert outcome([sys.executable, "-c", READS_ONE + "print('x: 7 inputs, peak 90 MB')"], tmp_path) == ""
