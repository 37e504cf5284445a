"""What help costs: `tilth --help` beside a bare import of pydantic and rich, whole processes, CPU time."""

import resource
import statistics
import subprocess
import sys

RUNS = 9
COMMANDS = {
    "import pydantic, rich": [sys.executable, "-c", "import pydantic, rich"],
    "tilth --help": [sys.executable, "-m", "tilth", "--help"],
    "tilth dedup --help": [sys.executable, "-m", "tilth", "dedup", "--help"],
    "tilth train sft --help": [sys.executable, "-m", "tilth", "train", "sft", "--help"],
    "import tilth, tilth.cli": [sys.executable, "-c", "import tilth, tilth.cli"],
}


def cpu_seconds(command: list[str]) -> float:
    """User and system seconds of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print the medians and their ratio to the first row."""
    times = {name: [] for name in COMMANDS}  # type: dict[str, list[float]]
    for _ in range(RUNS):
        for name, command in COMMANDS.items():
            times[name].append(cpu_seconds(command))
    base = statistics.median(times["import pydantic, rich"])
    print(f"{'':<26}{'median':>8}{'min':>8}{'max':>8}{'ratio':>8}")
    for name, found in times.items():
        median = statistics.median(found)
        print(f"{name:<26}{median:>7.3f}s{min(found):>7.3f}s{max(found):>7.3f}s{median / base:>7.2f}x")


if __name__ == "__main__":
    main()
