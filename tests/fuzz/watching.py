"""Watching a process that reads one input after the other: whether it came to its end, and what stopped it."""

import re
import subprocess
import time
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from tests.fuzz.__main__ import HEADER

PATIENCE_S = 10.0
_EVERY_S = 0.2
MOST_MB = 512


def outcome(words: Sequence[str], folder: Path, patience_s: float = PATIENCE_S) -> str:
    """What went wrong in a command that tells its progress in the slot that it is given last; nothing when all is well.

    The input that failed is kept in the folder, to be moved into the corpus.
    """
    slot, output = folder / "slot", folder / "output"
    with output.open("wb") as sink, subprocess.Popen([*words, str(slot)], stdout=sink, stderr=sink) as run:
        wrong = _hang(run, slot, patience_s)
    said = output.read_text(errors="replace")
    if wrong or run.returncode != 0:
        return f"{wrong or f'exit {run.returncode}'}; the input is {_kept(slot, folder)}\n{said[-3000:]}"
    peak = re.search(r"peak (\d+) MB", said)
    if peak is None or int(peak[1]) > MOST_MB:
        return f"more memory than {MOST_MB} MB: {said[-300:]}"
    return ""


def _hang(run: subprocess.Popen[bytes], slot: Path, patience_s: float) -> str:
    """Wait for the end; what was wrong when the run had to be ended.

    Looks are counted and not seconds: while the machine sleeps nobody hangs.
    """
    number, looks = -1, 0
    while run.poll() is None:
        time.sleep(_EVERY_S)
        now = _number(slot)
        looks = looks + 1 if now == number != 0 else 0
        number = now
        if looks * _EVERY_S > patience_s:
            run.kill()
            return f"input {number} was not read within {patience_s:.0f} s"
    return ""


def _number(slot: Path) -> int:
    """Which input is being read; 0 as long as the slot is not there or not filled."""
    content = slot.read_bytes()[: HEADER.size] if slot.exists() else b""
    return int(HEADER.unpack(content)[0]) if len(content) == HEADER.size else 0


def _kept(slot: Path, folder: Path) -> Path | None:
    if not _number(slot):
        return None
    content = slot.read_bytes()
    length = int(HEADER.unpack(content[: HEADER.size])[1])
    failed = content[HEADER.size : HEADER.size + length]
    path = folder / f"{sha256(failed).hexdigest()[:16]}.bin"
    path.write_bytes(failed)
    return path
