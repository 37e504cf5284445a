"""Deduplication of generated records with planted near-duplicates: time, memory, and what is found and wrongly taken.

    python benchmarks/bench_dedup.py [rows ...]

Tilth's three methods and, where they are installed, datasketch and rensa, each in a process of its own and each on the
same file of texts, lower-cased `\\w+` words in shingles of three, threshold 0.8, 128 permutations. Every tool follows
the same rule: rows in order, a row goes when it matches one that was kept.

    recall      pairs at Jaccard >= 0.8 of which at most one row is kept, over all such pairs
    precision   rows set aside that truly reach 0.8 with a kept row, over all rows set aside

CPU seconds are those of the whole process, imports included; they hardly change when the machine is busy. Texts are
random words with a shared opening in a tenth of them, so real text has more low similarities.
"""

import importlib.util
import json
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

THRESHOLD = 0.8
PERMUTATIONS = 128
REPEATS = 3


def write_rows(file: Path, count: int, seed: int = 7) -> None:
    """Records of 40 to 120 words; every eighth is an earlier one with up to six words exchanged."""
    rng = random.Random(seed)
    vocabulary = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(3, 10))) for _ in range(30_000)]
    opening = rng.choices(vocabulary, k=30)
    rows: list[list[str]] = []
    for position in range(count):
        if position % 8 == 7:
            words = list(rng.choice(rows))
            for _ in range(rng.randint(0, 6)):
                words[rng.randrange(len(words))] = rng.choice(vocabulary)
        else:
            words = (opening if rng.random() < 0.1 else []) + rng.choices(vocabulary, k=rng.randint(40, 120))
        rows.append(words)
    file.write_text("".join(json.dumps({"text": " ".join(words)}) + "\n" for words in rows))


def read_texts(file: Path) -> list[str]:
    """The texts of the file, in order."""
    return [json.loads(line)["text"] for line in file.read_text().splitlines()]


def shingles(text: str) -> set[str]:
    """The words of a text in runs of three."""
    words = re.findall(r"\w+", text.lower())
    return {" ".join(words[place : place + 3]) for place in range(len(words) - 2)}


def run_tilth(method: str) -> Callable[[Path], list[int]]:
    """Tilth by one of its methods."""

    def run(file: Path) -> list[int]:
        from tilth.curate.dedup import dedup
        from tilth.formats import Dataset

        data = Dataset.open(file, dialect="tilth", record_type="text")
        options = dedup.options({"method": method, "threshold": THRESHOLD, "permutations": PERMUTATIONS})
        # The witness of a row is not asked for here: the judge at the end looks for one itself.
        return [one.origin.line - 1 for routed in dedup.stream(data, options) for one in routed.aside if one.origin]

    return run


def run_datasketch(file: Path) -> list[int]:
    """MinHash and LSH as in its documentation: query, then insert what is new."""
    from datasketch import MinHash, MinHashLSH

    index, gone = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS), []
    for row, text in enumerate(read_texts(file)):
        signature = MinHash(num_perm=PERMUTATIONS)
        signature.update_batch([shingle.encode() for shingle in shingles(text)])
        if index.query(signature):
            gone.append(row)
        else:
            index.insert(str(row), signature)
    return gone


def run_rensa(file: Path) -> list[int]:
    """Its streaming deduplicator, with its default bands."""
    from rensa import RMinHash, RMinHashDeduplicator

    seen, gone = RMinHashDeduplicator(threshold=THRESHOLD, num_perm=PERMUTATIONS, use_lsh=True), []
    for row, text in enumerate(read_texts(file)):
        signature = RMinHash(num_perm=PERMUTATIONS, seed=42)
        signature.update(list(shingles(text)))
        if not seen.add(str(row), signature):
            gone.append(row)
    return gone


TOOLS: dict[str, tuple[str, Callable[[Path], list[int]]]] = {
    "tilth exact": ("tilth", run_tilth("exact")),
    "tilth join": ("tilth", run_tilth("join")),
    "tilth minhash": ("tilth", run_tilth("minhash")),
    "datasketch": ("datasketch", run_datasketch),
    "rensa": ("rensa", run_rensa),
}


def similar_pairs(file: Path) -> list[tuple[int, int]]:
    """Every pair that reaches the threshold, by an inverted index over plain sets."""
    holders: dict[str, list[int]] = {}
    sets = [shingles(text) for text in read_texts(file)]
    pairs = []
    for row, own in enumerate(sets):
        met = set()
        for shingle in own:
            others = holders.setdefault(shingle, [])
            met.update(others)
            if len(others) < 500:  # the shared opening: no pair reaches the threshold by that alone
                others.append(row)
        for other in met:
            both = len(own & sets[other])
            if both >= THRESHOLD * (len(own) + len(sets[other]) - both):
                pairs.append((other, row))
    return pairs


def quality_of(gone: list[int], pairs: list[tuple[int, int]]) -> tuple[float, float]:
    """Precision and recall, as the head of this file defines them."""
    removed, justified = set(gone), set()
    for one, other in pairs:
        if (one in removed) != (other in removed):
            justified.add(one if one in removed else other)
    missed = sum(one not in removed and other not in removed for one, other in pairs)
    return len(justified) / max(1, len(removed)), 1 - missed / max(1, len(pairs))


def measure(tool: str, file: Path) -> None:
    """In a child process: run one tool and print what it took."""
    started = time.perf_counter()
    gone = TOOLS[tool][1](file)
    seconds = {"seconds": time.perf_counter() - started, "cpu_seconds": time.process_time()}
    print(json.dumps({**seconds, "memory_mb": peak_memory_mb(), "gone": gone}))


def peak_memory_mb() -> float:
    """Of this process alone: what `getrusage` tells includes the parent before it was left. NaN outside Linux."""
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
    return int(found.group(1)) / 1024 if found else float("nan")


def main(counts: list[int]) -> None:
    """Print one table for all sizes."""
    print(
        f"{'rows':>8} {'tool':<14} {'wall s':>8} {'CPU s':>8} {'MB':>6} {'set aside':>9} {'precision':>9} {'recall':>8}"
    )
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "rows.jsonl"
            write_rows(file, count)
            pairs = similar_pairs(file)
            for tool, (package, _) in TOOLS.items():
                if importlib.util.find_spec(package) is None:
                    print(f"{count:>8} {tool:<14} not installed")
                    continue
                command = [sys.executable, __file__, "--measure", tool, str(file)]
                runs = [json.loads(subprocess.check_output(command)) for _ in range(REPEATS)]
                seconds = statistics.median(run["seconds"] for run in runs)
                cpu = statistics.median(run["cpu_seconds"] for run in runs)
                precision, recall = quality_of(runs[0]["gone"], pairs)
                cost = f"{seconds:>8.2f} {cpu:>8.2f} {runs[0]['memory_mb']:>6.0f}"
                found = f"{len(runs[0]['gone']):>9} {precision:>9.4f} {recall:>8.4f}"
                print(f"{count:>8} {tool:<14} {cost} {found}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(sys.argv[2], Path(sys.argv[3]))
    else:
        main([int(count) for count in sys.argv[1:]] or [10_000, 50_000])
