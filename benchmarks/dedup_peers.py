"""How other tools set near-duplicates of a JSONL file aside: one of them a run, file to file.

    python benchmarks/dedup_peers.py TOOL IN.jsonl OUT.jsonl

All of them compare word 3-shingles with 128 permutations (datatrove: 14 x 8) at threshold 0.8; where a tool leaves the
words to its caller, they are lower-case `\\w+` words. Each follows its own documentation.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

THRESHOLD, PERMUTATIONS = 0.8, 128
_WORDS = re.compile(r"\w+")


def _shingles(line: bytes) -> set[str]:
    import orjson  # the fastest reader, so that reading is no handicap

    words = _WORDS.findall(orjson.loads(line)["text"].lower())
    return {" ".join(words[place : place + 3]) for place in range(len(words) - 2)}


def rensa(source: Path, target: Path, **settings: int) -> None:
    """Its streaming deduplicator, with its default bands."""
    from rensa import RMinHash, RMinHashDeduplicator

    seen = RMinHashDeduplicator(threshold=THRESHOLD, num_perm=PERMUTATIONS, use_lsh=True, **settings)
    with source.open("rb") as lines, target.open("wb") as out:
        for number, line in enumerate(lines):
            signature = RMinHash(num_perm=PERMUTATIONS, seed=42)
            signature.update(list(_shingles(line)))
            if seen.add(str(number), signature):
                out.write(line)


def rensa_wide(source: Path, target: Path) -> None:
    """The same with 32 bands, which find more."""
    rensa(source, target, num_bands=32)


def datasketch(source: Path, target: Path) -> None:
    """MinHash and LSH: query, then insert what is new."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
    with source.open("rb") as lines, target.open("wb") as out:
        for number, line in enumerate(lines):
            signature = MinHash(num_perm=PERMUTATIONS)
            signature.update_batch([shingle.encode() for shingle in _shingles(line)])
            if not index.query(signature):
                index.insert(str(number), signature)
                out.write(line)


def text_dedup(source: Path, target: Path) -> None:
    """Its MinHash command on two processes, and its data set written as JSON lines."""
    with tempfile.TemporaryDirectory() as folder:
        flags = f"--path json --data_files {source} --split train --cache_dir {folder}/cache --output {folder}/out"
        flags += f" --column text --ngram 3 --threshold {THRESHOLD} --num_perm {PERMUTATIONS} --hash_func xxh3"
        flags += " --min_length 1 --num_proc 2"
        command = [sys.executable, "-m", "text_dedup.minhash", *flags.split()]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        from datasets import load_from_disk

        load_from_disk(f"{folder}/out").to_json(str(target))


def datatrove(source: Path, target: Path) -> None:
    """Its four MinHash steps on two workers."""
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.dedup import MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupFilter
    from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupSignature
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter

    with tempfile.TemporaryDirectory() as folder:
        parts = Path(folder, "in")
        parts.mkdir()
        lines = source.read_bytes().splitlines(keepends=True)
        for part in range(2):
            Path(parts, f"{part}.jsonl").write_bytes(
                b"".join(lines[part * len(lines) // 2 : (part + 1) * len(lines) // 2])
            )
        config = MinhashConfig(n_grams=3, num_buckets=14, hashes_per_bucket=8)
        reader = JsonlReader(str(parts))
        steps = [
            ([reader, MinhashDedupSignature(f"{folder}/sig", config)], 2),
            ([MinhashDedupBuckets(f"{folder}/sig", f"{folder}/buckets", config=config)], 14),
            ([MinhashDedupCluster(f"{folder}/buckets", f"{folder}/remove", config=config)], 1),
            ([reader, MinhashDedupFilter(f"{folder}/remove"), JsonlWriter(f"{folder}/out", compression=None)], 2),
        ]
        for pipeline, tasks in steps:
            LocalPipelineExecutor(
                pipeline, tasks=tasks, workers=min(tasks, 2), logging_dir=tempfile.mkdtemp(dir=folder)
            ).run()
        with target.open("wb") as out:
            for part_file in sorted(Path(folder, "out").iterdir()):
                shutil.copyfileobj(part_file.open("rb"), out)


TOOLS: dict[str, Callable[[Path, Path], None]] = {
    "rensa": rensa,
    "rensa-32-bands": rensa_wide,
    "datasketch": datasketch,
    "text-dedup": text_dedup,
    "datatrove": datatrove,
}

if __name__ == "__main__":
    TOOLS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
    json.dump({"done": sys.argv[1]}, sys.stdout)
