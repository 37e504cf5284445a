"""How long conversions take and what they change, beside other tools: `python benchmarks/bench_convert.py [ROWS]`.

Each conversion runs in a process of its own, start-up included; memory is its peak and that of its largest child.
Then every value that it wrote is compared with the rows that were made. Other tools run when they are installed.
Reports, never fails.
"""

import csv
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

WORDS = ["the", "a", "router", "reset", "please", "how", "can", "order", "parcel", "refund", "account", "screen", "app"]
TOOLS = {
    "tilth": """
from tilth.cli.border import run
assert run(["convert", source, "-o", target, "--quiet"]) == 0
""",
    "duckdb": """
import duckdb
read = {"jsonl": "read_json", "csv": "read_csv", "parquet": "read_parquet"}[source.rsplit(".", 1)[1]]
write = {"jsonl": "JSON", "csv": "CSV", "parquet": "PARQUET, COMPRESSION zstd"}[target.rsplit(".", 1)[1]]
duckdb.sql(f"COPY (SELECT * FROM {read}('{source}')) TO '{target}' (FORMAT {write})")
""",
    "polars": """
import polars as pl
read = {"jsonl": pl.read_ndjson, "csv": pl.read_csv, "parquet": pl.read_parquet}[source.rsplit(".", 1)[1]]
data = read(source)
{"jsonl": data.write_ndjson, "csv": data.write_csv, "parquet": data.write_parquet}[target.rsplit(".", 1)[1]](target)
""",
    "pyarrow": """
import json
import pyarrow.csv as pc, pyarrow.json as pj, pyarrow.parquet as pq
read = {"jsonl": pj.read_json, "csv": pc.read_csv, "parquet": pq.read_table}[source.rsplit(".", 1)[1]]
data = read(source)
if target.endswith("jsonl"):
    with open(target, "w") as file:
        for batch in data.to_batches():
            file.writelines(json.dumps(row, ensure_ascii=False) + "\\n" for row in batch.to_pylist())
else:
    (pc.write_csv if target.endswith("csv") else pq.write_table)(data, target)
""",
    "datasets": """
import os
os.environ["HF_DATASETS_CACHE"] = cache
from datasets import load_dataset
kinds = {"jsonl": "json", "csv": "csv", "parquet": "parquet"}
data = load_dataset(kinds[source.rsplit(".", 1)[1]], data_files=source, split="train")
{"jsonl": data.to_json, "csv": data.to_csv, "parquet": data.to_parquet}[target.rsplit(".", 1)[1]](target)
""",
    "pandas": """
import pandas as pd
read = {"jsonl": lambda p: pd.read_json(p, lines=True), "csv": pd.read_csv, "parquet": pd.read_parquet}
data = read[source.rsplit(".", 1)[1]](source)
if target.endswith("jsonl"):
    data.to_json(target, orient="records", lines=True)
elif target.endswith("csv"):
    data.to_csv(target, index=False)
else:
    data.to_parquet(target)
""",
}
PAIRS = [("jsonl", "parquet"), ("parquet", "jsonl"), ("jsonl", "csv"), ("csv", "jsonl")]
Row = dict[str, Any]


def made(rows: int) -> Iterator[Row]:
    """Instruction records of about 540 bytes, with a long integer, ids like numbers, null and absent among them."""
    draw = random.Random(7)
    for number in range(rows):
        row = {
            "id": f"{number:07d}",
            "instruction": " ".join(draw.choices(WORDS, k=20)),
            "input": "" if number % 3 else " ".join(draw.choices(WORDS, k=5)),
            "output": " ".join(draw.choices(WORDS, k=55)),
            "score": round(draw.random(), 3),
            "count": 2**63 if number == 7 else number,
        }
        if number % 4 < 2:
            row["note"] = None if number % 4 else draw.choice(["NA", "null", "seen", "007"])
        yield row


def measure(tool: str, source: Path, target: Path, cache: Path) -> str:
    """Seconds, seconds of processor time and peak memory of one conversion, or why there is none."""
    used = "import resource as r\nown, below = r.getrusage(r.RUSAGE_SELF), r.getrusage(r.RUSAGE_CHILDREN)\n"
    used += "peak = int(next(l for l in open('/proc/self/status') if l.startswith('VmHWM')).split()[1])\n"
    used += "print(own.ru_utime + own.ru_stime + below.ru_utime + below.ru_stime, peak // 1024)"
    given = f"source, target, cache = {str(source)!r}, {str(target)!r}, {str(cache)!r}"
    begin = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", f"{given}\n{TOOLS[tool]}\n{used}"], capture_output=True, text=True)
    seconds = time.perf_counter() - begin
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return "not installed" if "ModuleNotFoundError" in last else f"fails: {last[:24]}"
    cpu, megabytes = done.stdout.split()[-2:]
    return f"{seconds:.1f} s {float(cpu):.1f} cpu {megabytes} MB"


def changed(tool: str, source: str, path: Path, rows: int) -> int:
    """How many values are another than what was made: text, type, null against absent where the container tells."""
    if not path.exists():
        return -1
    found = _read(tool, path)
    wrong = 0
    # Read from CSV by anything but Tilth's own coded columns, every value may rightly be text.
    as_text = path.suffix == ".csv" or (source == "csv" and tool != "tilth")
    for row, other in zip(made(rows), found, strict=False):
        for name, value in row.items():
            wrong += _text(value) != _text(other.get(name)) if as_text else not _is_same(value, other.get(name))
        if not as_text:
            wrong += sum(name not in row for name in other)
    return wrong


def _is_same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and one == other


def _text(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)


def _read(tool: str, path: Path) -> Iterator[Row]:
    if tool == "tilth":
        from tilth.formats import Dataset

        for batch in Dataset.open(path, dialect="tilth").batches():
            yield from map(dict, batch.rows)
    elif path.suffix == ".jsonl":
        with path.open() as file:
            yield from map(json.loads, file)
    elif path.suffix == ".csv":
        with path.open(newline="") as file:
            yield from csv.DictReader(file)
    else:
        import pyarrow.parquet as pq

        for part in pq.ParquetFile(path).iter_batches():
            yield from part.to_pylist()


def main() -> None:
    """Print a table of tools and conversions."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 400_000
    with tempfile.TemporaryDirectory() as folder:
        files = {kind: Path(folder) / f"rows.{kind}" for kind in ("jsonl", "csv", "parquet")}
        with files["jsonl"].open("w") as file:
            file.writelines(json.dumps(row) + "\n" for row in made(rows))
        print(f"{rows:,} rows, {files['jsonl'].stat().st_size / 1e6:.0f} MB of JSON Lines; values changed in brackets")
        for kind in ("csv", "parquet"):
            measure("tilth", files["jsonl"], files[kind], Path(folder))
        print("".join(f"{title:>34}" for title in ["", *(f"{a} to {b}" for a, b in PAIRS)]))
        for tool in TOOLS:
            cells = []
            for place, (a, b) in enumerate(PAIRS):
                # Each tool reads what it wrote itself, so that columns of other tools' making are not held against it.
                own = Path(folder) / f"{tool}-0.parquet" if a == "parquet" else Path(folder) / f"{tool}-2.csv"
                source = files["jsonl"] if a == "jsonl" else own if own.exists() else files[a]
                target = Path(folder) / f"{tool}-{place}.{b}"
                cell = measure(tool, source, target, Path(folder) / f"cache-{place}")
                try:
                    wrong = changed(tool, a, target, rows)
                except (ValueError, NotImplementedError):  # types that nobody else reads
                    wrong = -1
                cells.append(f"{cell} [{wrong:,}]" if wrong >= 0 else cell)
            print("".join(f"{cell:>34}" for cell in [tool, *cells]), flush=True)


if __name__ == "__main__":
    main()
