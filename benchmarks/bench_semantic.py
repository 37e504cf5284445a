"""All pairs of close vectors among many: time, memory and what is found, beside faiss where it is installed.

    python benchmarks/bench_semantic.py [rows ...]

Vectors of 384 numbers in a thousand loose clusters, every tenth a row before it moved to a cosine between 0.85 and 1.
faiss has no search for all pairs: it gives the ten nearest of each row, and pairs above the threshold are taken from
those. Every tool runs in a process of its own, which reads the vectors from a file; seconds are those of the search
with whatever it builds, memory is the peak of the process with the vectors and all imports.

    recall      pairs at a cosine >= 0.9 that are found, over all such pairs (by a plain product in float64)

Settings of OpenBLAS that choose a kernel by hand (`OPENBLAS_CORETYPE`, `OPENBLAS_L2_SIZE`) are taken away from every
tool alike. CPU seconds are those of the search in all threads.
"""

import importlib.util
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Found = tuple[NDArray[np.int64], NDArray[np.int64]]
WIDTH, THRESHOLD, NEIGHBOURS, CLUSTERS = 384, 0.9, 10, 1000
REPEATS = 3
JUDGED_ROWS = 2000


def write_vectors(file: Path, rows: int) -> None:
    """The same vectors every time."""
    random = np.random.default_rng(1)
    middles = random.standard_normal((CLUSTERS, WIDTH)).astype(np.float32)
    vectors = middles[random.integers(CLUSTERS, size=rows)]
    vectors += random.standard_normal(vectors.shape, np.float32)
    vectors /= np.linalg.norm(vectors, axis=1)[:, None]
    for row in range(9, rows, 10):
        off = random.standard_normal(WIDTH).astype(np.float32)
        off *= random.uniform(0, 0.62) / np.linalg.norm(off)
        vectors[row] = vectors[random.integers(row)] + off
    np.save(file, vectors / np.linalg.norm(vectors, axis=1)[:, None])


def run_tilth(vectors: Vectors) -> Found:
    """All pairs, none missed."""
    from tilth.curate.semantic.neighbours import pairs_above

    found = list(pairs_above(vectors, THRESHOLD))
    return np.concatenate([some.left for some in found]), np.concatenate([some.right for some in found])


def run_tilth_nearest(vectors: Vectors) -> Found:
    """The ten nearest of each row."""
    from tilth.curate.semantic.neighbours import nearest

    near = nearest(vectors, NEIGHBOURS)
    return pairs_of(near.rows, near.scores)


def run_faiss_flat(vectors: Vectors) -> Found:
    """The eleven nearest of each row (one is itself), by looking at all."""
    import faiss

    index = faiss.IndexFlatIP(WIDTH)
    index.add(vectors)
    scores, rows = index.search(vectors, NEIGHBOURS + 1)
    return pairs_of(rows, scores)


def run_faiss_ivf(vectors: Vectors) -> Found:
    """The same by an index of 512 cells, of which 8 are looked at."""
    import faiss

    index = faiss.IndexIVFFlat(faiss.IndexFlatIP(WIDTH), WIDTH, 512, faiss.METRIC_INNER_PRODUCT)
    index.train(vectors)
    index.add(vectors)
    index.nprobe = 8
    scores, rows = index.search(vectors, NEIGHBOURS + 1)
    return pairs_of(rows, scores)


def pairs_of(rows: NDArray[np.int64], scores: NDArray[np.floating]) -> Found:
    """Pairs above the threshold among neighbours, each once."""
    left, place = np.nonzero((scores >= THRESHOLD) & (rows >= 0))
    right = rows[left, place]
    low, high = np.minimum(left, right), np.maximum(left, right)
    both = np.unique(np.stack([low, high], axis=1)[low < high], axis=0)
    return both[:, 0], both[:, 1]


TOOLS: dict[str, tuple[str, Callable[[Vectors], Found]]] = {
    "tilth pairs_above": ("tilth", run_tilth),
    "tilth nearest 10": ("tilth", run_tilth_nearest),
    "faiss flat 10": ("faiss", run_faiss_flat),
    "faiss IVF512 nprobe 8": ("faiss", run_faiss_ivf),
}


def measure(tool: str, file: Path) -> None:
    """In a child process: run one tool and print what it took."""
    vectors = np.load(file)
    importlib.import_module(TOOLS[tool][0])
    started, cpu = time.perf_counter(), time.process_time()
    left, right = TOOLS[tool][1](vectors)
    seconds = {"seconds": time.perf_counter() - started, "cpu_seconds": time.process_time() - cpu}
    memory = peak_memory_mb()
    kept = left < JUDGED_ROWS
    judged = [left[kept].tolist(), right[kept].tolist()]
    print(json.dumps({**seconds, "memory_mb": memory, "pairs": len(left), "judged": judged}))


def peak_memory_mb() -> float:
    """Of this process alone; NaN outside Linux."""
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
    return int(found.group(1)) / 1024 if found else float("nan")


def true_pairs(file: Path) -> set[tuple[int, int]]:
    """Those of the first rows with any row, by a plain product."""
    vectors = np.load(file)
    first = vectors[:JUDGED_ROWS].astype(np.float64)
    found: set[tuple[int, int]] = set()
    for start in range(0, len(vectors), 10_000):
        left, right = np.nonzero(first @ vectors[start : start + 10_000].T >= THRESHOLD)
        found.update((int(a), int(b) + start) for a, b in zip(left, right, strict=True) if a < b + start)
    return found


def main(counts: list[int], repeats: int) -> None:
    """Print one table for all sizes."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OPENBLAS_")}
    print("| rows | tool | wall s | CPU s | peak MB | pairs | recall | of faiss flat |")
    print("|---|---|---|---|---|---|---|---|")
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "vectors.npy"
            write_vectors(file, count)
            truth = true_pairs(file)
            rows = dict[str, list[dict[str, float]]]()
            for tool in [tool for _ in range(repeats) for tool in reversed(TOOLS)]:
                if importlib.util.find_spec(TOOLS[tool][0]):
                    command = [sys.executable, __file__, "--measure", tool, str(file)]
                    rows.setdefault(tool, []).append(json.loads(subprocess.check_output(command, env=environment)))
            medians = {tool: statistics.median(run["seconds"] for run in runs) for tool, runs in rows.items()}
            for tool in TOOLS:
                if tool not in rows:
                    print(f"| {count:,} | {tool} | not installed | | | | | |")
                    continue
                last = json.loads(json.dumps(rows[tool][-1]))
                recall = len(truth & set(zip(*last["judged"], strict=True))) / max(1, len(truth))
                cpu = statistics.median(run["cpu_seconds"] for run in rows[tool])
                share = f"{medians[tool] / medians['faiss flat 10']:.2f}" if "faiss flat 10" in rows else ""
                cost = f"{medians[tool]:.1f} | {cpu:.1f} | {last['memory_mb']:.0f}"
                print(f"| {count:,} | {tool} | {cost} | {last['pairs']:,} | {recall:.4f} | {share} |", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(sys.argv[2], Path(sys.argv[3]))
    else:
        main([int(count) for count in sys.argv[1:]] or [100_000], REPEATS)
