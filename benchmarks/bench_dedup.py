"""Deduplication of records with planted near-duplicates, file to file: time, memory, and what goes rightly and wrongly.

    python benchmarks/bench_dedup.py [rows ...]

`tilth dedup IN.jsonl -o OUT.jsonl` and, where they are installed, the tools of `dedup_peers.py`, each in a process of
its own on the same file (`planted.py`), in turns, three times each, or once where that takes over half a minute. Times
are of whole processes, start-up included. `TILTH_BENCH_PYTHONS` may name other interpreters (`path:path`) in which
tools are installed.

    unwitnessed  rows set aside that reach 0.8 with no kept row
    both kept    of the pairs that truly reach 0.8, those of which both rows stay

CPU seconds are user and system time with all child processes; they change less than the clock when others use the
machine.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import dedup_peers
import planted

THRESHOLD = 0.8
REPEATS = 3
LONG_S = 30
LARGEST = {
    "datasketch": 100_000,
    "text-dedup": 100_000,
    "datatrove": 100_000,
    "rensa-32-bands": 400_000,
    "rensa": 400_000,
}
PACKAGES = {"rensa-32-bands": "rensa", "text-dedup": "text_dedup"}
OWN = {"tilth": [], "tilth minhash": ["--method", "minhash"], "tilth exact": ["--method", "exact"]}


def interpreter_with(package: str) -> str | None:
    """A Python that has the package."""
    candidates = [sys.executable, *filter(None, os.environ.get("TILTH_BENCH_PYTHONS", "").split(":"))]
    for python in candidates:
        check = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({package!r}) is None)"
        if subprocess.run([python, "-c", check], check=False).returncode == 0:
            return python
    return None


def command_of(tool: str, source: Path, target: Path) -> list[str] | None:
    """The words that run a tool; None where it is not installed."""
    if tool in OWN:
        flags = ["--overwrite", "--quiet", *OWN[tool]]
        return [sys.executable, "-m", "tilth", "dedup", str(source), "-o", str(target), *flags]
    python = interpreter_with(PACKAGES.get(tool, tool))
    return None if python is None else [python, dedup_peers.__file__, tool, str(source), str(target)]


def measure(command: list[str]) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and peak memory in MB of a process and its children."""
    # Compiled modules are kept, as they are for everybody who runs a tool twice.
    surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=surroundings) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed")
    return time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def kept_rows(file: Path) -> set[int]:
    """The numbers of the rows in a result."""
    with file.open() as lines:
        return {int(json.loads(line)["id"].removeprefix("doc-")) for line in lines}


def judge(kept: set[int], rows: int, pairs: list[tuple[int, int]]) -> tuple[int, int, float]:
    """Rows set aside, those of them without a witness, and the share of true pairs that stay both."""
    justified = set()
    for one, other in pairs:
        if (one in kept) != (other in kept):
            justified.add(other if one in kept else one)
    both = sum(one in kept and other in kept for one, other in pairs)
    return rows - len(kept), rows - len(kept) - len(justified), both / max(1, len(pairs))


def true_pairs(file: Path) -> list[tuple[int, int]]:
    """The pairs that reach the threshold, found in a process of its own: its memory must not count for others."""
    program = "import json, planted, pathlib, sys; "
    program += "print(json.dumps(planted.similar_pairs(pathlib.Path(sys.argv[1]), float(sys.argv[2]))))"
    found = subprocess.check_output(
        [sys.executable, "-c", program, str(file), str(THRESHOLD)], cwd=Path(__file__).parent
    )
    return [(one, other) for one, other in json.loads(found)]


def main(counts: list[int]) -> None:
    """Print one table for all sizes."""
    print("| rows | tool | wall s | CPU s | MB | set aside | unwitnessed | both kept |")
    print("|---|---|---|---|---|---|---|---|")
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "rows.jsonl")
            planted.write_rows(file, count)
            pairs = true_pairs(file) if count <= 400_000 else []
            runs: dict[str, list[tuple[float, float, float]]] = {}
            judged: dict[str, tuple[int, int, float]] = {}
            tools = [tool for tool in (*OWN, *dedup_peers.TOOLS) if count <= LARGEST.get(tool, 10**9)]
            for _ in range(REPEATS):
                for tool in tools:
                    if runs.get(tool, [(0.0,)])[0][0] > LONG_S:
                        continue
                    target = Path(folder, f"{tool.replace(' ', '-')}.jsonl")
                    command = command_of(tool, file, target)
                    if command is None:
                        continue
                    runs.setdefault(tool, []).append(measure(command))
                    if tool not in judged:
                        judged[tool] = judge(kept_rows(target), count, pairs)
            for tool in tools:
                if tool not in runs:
                    print(f"| {count:,} | {tool} | not installed | | | | | |")
                    continue
                wall, cpu, memory = (statistics.median(run[place] for run in runs[tool]) for place in range(3))
                gone, unwitnessed, both = judged[tool]
                found = f"{unwitnessed:,} | {both:.3%}" if pairs else "- | -"
                print(
                    f"| {count:,} | {tool} | {wall:.2f} | {cpu:.2f} | {memory:.0f} | {gone:,} | {found} |", flush=True
                )


if __name__ == "__main__":
    main([int(count) for count in sys.argv[1:]] or [25_000, 100_000])
