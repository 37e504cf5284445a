"""How long conversions take, beside other tools: `python benchmarks/bench_convert.py [ROWS]`. Reports, never fails.

Each conversion runs in a process of its own, start-up included. Other tools run when they are installed, and change
values in silence where Tilth does not; this measures time and memory only.
"""

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WORDS = ["the", "a", "router", "reset", "please", "how", "can", "order", "parcel", "refund", "account", "screen", "app"]
TOOLS = {
    "tilth": """
from tilth.formats import Dataset, convert
convert(Dataset.open(source), target)
""",
    "datasets": """
import os
os.environ["HF_DATASETS_CACHE"] = cache
from datasets import load_dataset
kinds = {".jsonl": "json", ".csv": "csv", ".parquet": "parquet"}
data = load_dataset(kinds[source[source.rindex("."):]], data_files=source, split="train")
{".jsonl": data.to_json, ".csv": data.to_csv, ".parquet": data.to_parquet}[target[target.rindex("."):]](target)
""",
    "pandas": """
import pandas as pd
read = {".jsonl": lambda p: pd.read_json(p, lines=True), ".csv": pd.read_csv, ".parquet": pd.read_parquet}
data = read[source[source.rindex("."):]](source)
if target.endswith(".jsonl"):
    data.to_json(target, orient="records", lines=True)
elif target.endswith(".csv"):
    data.to_csv(target, index=False)
else:
    data.to_parquet(target)
""",
}
PAIRS = [("jsonl", "parquet"), ("parquet", "jsonl"), ("jsonl", "csv"), ("csv", "jsonl"), ("jsonl", "jsonl")]


def generate(path: Path, rows: int) -> None:
    """Instruction records of about 540 bytes, as support desks have them."""
    draw = random.Random(7)
    with path.open("w", encoding="utf-8") as file:
        for number in range(rows):
            row = {
                "instruction": " ".join(draw.choices(WORDS, k=20)),
                "input": "" if number % 3 else " ".join(draw.choices(WORDS, k=5)),
                "output": " ".join(draw.choices(WORDS, k=55)),
                "ticket": f"{number:07d}",
                "score": number % 5,
                "tags": ["support", str(number % 11)],
            }
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def measure(tool: str, source: Path, target: Path, cache: Path) -> str:
    """Seconds, seconds of processor time and peak memory of one conversion, or why there is none."""
    peak = "import resource; used = resource.getrusage(resource.RUSAGE_SELF)\n"
    peak += "print(used.ru_utime + used.ru_stime, used.ru_maxrss // 1024)"
    given = f"source, target, cache = {str(source)!r}, {str(target)!r}, {str(cache)!r}"
    begin = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", f"{given}\n{TOOLS[tool]}\n{peak}"], capture_output=True, text=True)
    seconds = time.perf_counter() - begin
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return "not installed" if "ModuleNotFoundError" in last else f"fails: {last[:40]}"
    cpu, megabytes = done.stdout.split()[-2:]
    return f"{seconds:.1f} s {float(cpu):.1f} cpu {megabytes} MB"


def main() -> None:
    """Print a table of tools and conversions."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    with tempfile.TemporaryDirectory() as folder:
        files = {kind: Path(folder) / f"rows.{kind}" for kind in ("jsonl", "csv", "parquet")}
        generate(files["jsonl"], rows)
        print(f"{rows:,} rows, {files['jsonl'].stat().st_size / 1e6:.0f} MB of JSON Lines")
        for kind in ("csv", "parquet"):
            measure("tilth", files["jsonl"], files[kind], Path(folder))
        print("".join(f"{title:>24}" for title in ["", *(f"{a} to {b}" for a, b in PAIRS)]))
        for tool in TOOLS:
            cells = [
                measure(tool, files[a], Path(folder) / f"{tool}-{place}.{b}", Path(folder) / f"cache-{place}")
                for place, (a, b) in enumerate(PAIRS)
            ]
            print("".join(f"{cell:>24}" for cell in [tool, *cells]), flush=True)
    print(f"peak of this script itself: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main()
