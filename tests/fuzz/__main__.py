"""Fuzz one reader: `python -m tests.fuzz jsonl --inputs 100000 --seed 1 [--slot FILE]`.

The input that is being read lies in the slot, behind its number and its length, so that whoever watches can tell what
killed or stopped this process.
"""

import argparse
import mmap
import random
import resource
import struct
import sys
from pathlib import Path

from tests.fuzz.mutation import mutated
from tests.fuzz.readers import readers

HEADER = struct.Struct("<QQ")
SLOT_BYTES = HEADER.size + 65536
MEMORY_BYTES = 6 << 30  # of address space, of which a good part is never touched


def main() -> int:
    """Read mutated inputs until the wanted number is reached; an exception ends the process with its traceback."""
    words = argparse.ArgumentParser()
    words.add_argument("reader")
    words.add_argument("--inputs", type=int, default=10_000)
    words.add_argument("--seed", type=int, default=0)
    words.add_argument("--slot", type=Path)
    asked = words.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    fuzzed = readers()[asked.reader]
    chance = random.Random(asked.seed)
    slot = _slot(asked.slot)
    for number in range(1, asked.inputs + 1):
        content = mutated(chance, fuzzed.seeds)
        slot[HEADER.size : HEADER.size + len(content)] = content
        slot[: HEADER.size] = HEADER.pack(number, len(content))
        fuzzed.read(content)
    print(f"{asked.reader}: {asked.inputs} inputs, peak {_peak_mb()} MB")
    return 0


def _peak_mb() -> int:
    """The most memory that this process held. What `resource` tells begins with the memory of who started it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM"))


def _slot(path: Path | None) -> mmap.mmap:
    if path is None:
        return mmap.mmap(-1, SLOT_BYTES)
    path.write_bytes(bytes(SLOT_BYTES))
    with path.open("r+b") as file:
        return mmap.mmap(file.fileno(), SLOT_BYTES)


if __name__ == "__main__":
    sys.exit(main())
