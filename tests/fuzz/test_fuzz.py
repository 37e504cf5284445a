"""No input brings a reader down: no traceback, no signal, no hang, no swollen memory."""

import os
import re
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import pytest

from tests.fuzz.__main__ import HEADER
from tests.fuzz.readers import readers

CORPUS = Path(__file__).parent / "corpus"
INPUTS = int(os.environ.get("TILTH_FUZZ_INPUTS", "30000"))
ONE_READER = ("arrow", "arrow-stream", "feather")
"""Three names of one reader, which share its inputs."""
PATIENCE_S = 10.0
MOST_MB = 512
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
    slot, seed = tmp_path / "slot", int(time.time()) // 86_400  # other inputs every day, the same within one
    inputs = INPUTS // len(ONE_READER) if name in ONE_READER else INPUTS
    words = [
        sys.executable,
        "-m",
        "tests.fuzz",
        name,
        "--inputs",
        str(inputs),
        "--seed",
        str(seed),
        "--slot",
        str(slot),
    ]
    output = tmp_path / "output"
    with output.open("wb") as sink, subprocess.Popen(words, stdout=sink, stderr=sink) as run:
        said = _watched(run, slot)
    if run.returncode != 0 or said:
        kept = _kept(slot, name, tmp_path)
        pytest.fail(f"{name}: {said or run.returncode}; the input is {kept}\n{output.read_text()[-3000:]}")
    peak = re.search(r"peak (\d+) MB", output.read_text())
    assert peak is not None
    assert int(peak[1]) <= MOST_MB


def _watched(run: subprocess.Popen[bytes], slot: Path) -> str:
    """Wait for the end; what was wrong when the run had to be ended."""
    number, since = -1, time.monotonic()
    while run.poll() is None:
        time.sleep(0.2)
        now = _number(slot)
        if now != number or now == 0:
            number, since = now, time.monotonic()
        elif time.monotonic() - since > PATIENCE_S:
            run.kill()
            return f"input {number} was not read within {PATIENCE_S:.0f} s"
    return ""


def _number(slot: Path) -> int:
    try:
        return int(HEADER.unpack(slot.read_bytes()[: HEADER.size])[0])
    except (OSError, ValueError):
        return 0
    except Exception:  # the slot is there before it is filled
        return 0


def _kept(slot: Path, name: str, folder: Path) -> Path:
    """The input that failed, in a file to be moved into the corpus."""
    content = slot.read_bytes()
    length = int(HEADER.unpack(content[: HEADER.size])[1])
    failed = content[HEADER.size : HEADER.size + length]
    path = folder / f"{sha256(failed).hexdigest()[:16]}.bin"
    path.write_bytes(failed)
    return path
