"""`tilth inspect` in a child process under limits, told from outside: exit codes, outputs, time, memory."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

MEMORY_MB = 512
CPU_SECONDS = 2.0
_ADDRESS_SPACE = 3 << 30  # libraries reserve far more than they use: what they use is measured
_PROGRAM = """
import io, json, resource, sys, time
from contextlib import redirect_stderr, redirect_stdout
resource.setrlimit(resource.RLIMIT_AS, ({limit}, {limit}))
from tilth.cli.border import run
for path in json.load(sys.stdin):
    out, err, began = io.StringIO(), io.StringIO(), time.process_time()
    with redirect_stdout(out), redirect_stderr(err):
        code = run(["inspect", path])
    spent = time.process_time() - began
    # Not ru_maxrss: that begins with what the process had that started this one.
    peak = next(int(line.split()[1]) >> 10 for line in open("/proc/self/status") if line.startswith("VmHWM"))
    print(json.dumps([path, code, out.getvalue(), err.getvalue(), spent, peak]), flush=True)
"""


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str
    seconds: float
    peak_mb: int
    """Of the process up to this answer."""

    @property
    def said(self) -> str:
        return " ".join((self.out + self.err).split())


def inspect_all(paths: Iterable[Path], timeout_s: int = 120) -> dict[str, Answer]:
    """The answer about each file, from one process; a crash or a hang of it fails the test that asked."""
    program = _PROGRAM.format(limit=_ADDRESS_SPACE)
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps([str(path) for path in paths]),
        capture_output=True,
        text=True,
        timeout=timeout_s,
        env={**os.environ, "COLUMNS": "100"},
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, f"{lines[-1][0] if lines else 'the first'} and then: {done.stderr[-2000:]}"
    return {Path(path).name: Answer(*rest) for path, *rest in lines}
