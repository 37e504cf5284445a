"""How long conversions take and what they change, beside other tools: `python benchmarks/bench_convert.py [ROWS]`.

Each conversion runs in a process of its own, start-up included, all tools in turns: once to see how much memory the
process and all that it started take together at one moment, and five times more with nothing beside it. Told are that
memory, and the medians of the seconds and of the processor's seconds of the five.
Every value that was written is compared with the rows that were made. Other tools run when they are installed.
`--grow` converts files of one, four and sixteen times as many rows instead, by Tilth alone, to show what memory and
time do. Reports, never fails.
"""

import csv
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

WORDS = ["the", "a", "router", "reset", "please", "how", "can", "order", "parcel", "refund", "account", "screen", "app"]
TOOLS = {
    "tilth": """
import sys
from tilth.cli import main
sys.argv[1:] = ["convert", source, "-o", target, "--quiet"]
main()
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
ROUNDS = 5
EVERY_S = 0.01


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


class Measured(NamedTuple):
    """One conversion."""

    seconds: float
    cpu: float
    megabytes: float
    failure: str = ""

    def __str__(self) -> str:
        return self.failure or f"{self.seconds:.2f} s, {self.cpu:.1f} cpu, {self.megabytes:.0f} MB"


def summed_up(runs: list[Measured]) -> Measured:
    """The memory of the first run, which was watched, and medians of the others; or why there are none."""
    failed = next((run for run in runs if run.failure), None)
    watched, *timed = runs
    return failed or Measured(
        statistics.median(run.seconds for run in timed), statistics.median(run.cpu for run in timed), watched.megabytes
    )


def _run(tool: str, source: Path, target: Path, cache: Path, *, is_watched: bool = False) -> Measured:
    given = f"source, target, cache = {str(source)!r}, {str(target)!r}, {str(cache)!r}"
    surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryFile("w+") as errors:
        before = os.times()
        begin = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-c", f"{given}\n{TOOLS[tool]}"],
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env=surroundings,
        )
        largest = 0.0
        while is_watched and process.poll() is None:
            largest = max(largest, _tree_megabytes(process.pid))
            time.sleep(EVERY_S)
        process.wait()
        seconds = time.perf_counter() - begin
        after = os.times()
        errors.seek(0)
        last = (errors.read().strip().splitlines() or ["no message"])[-1]
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    failure = "not installed" if "ModuleNotFoundError" in last else f"fails: {last[:40]}"
    return Measured(seconds, cpu, largest, failure if process.returncode else "")


def _tree_megabytes(pid: int) -> float:
    """Memory of a process and of all below it; what several of them share counts for each (0 where nobody tells)."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6 + sum(_tree_megabytes(int(child)) for child in below)


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
    """Print a table of tools and conversions, or of sizes."""
    words = [word for word in sys.argv[1:] if not word.startswith("-")]
    rows = int(words[0]) if words else 400_000
    with tempfile.TemporaryDirectory() as folder:
        if "--grow" in sys.argv:
            grow(Path(folder), rows)
        else:
            compare(Path(folder), rows)


def compare(folder: Path, rows: int) -> None:
    """All tools side by side."""
    files = {kind: folder / f"rows.{kind}" for kind in ("jsonl", "csv", "parquet")}
    write(files["jsonl"], rows)
    print(f"{rows:,} rows, {files['jsonl'].stat().st_size / 1e6:.0f} MB of JSON Lines; values changed in brackets\n")
    for kind in ("csv", "parquet"):
        _run("tilth", files["jsonl"], files[kind], folder / "cache")
    cells: dict[str, list[str]] = {tool: [] for tool in TOOLS}
    for place, pair in enumerate(PAIRS):
        for tool, runs in _in_turns(folder, place, pair, files).items():
            try:
                wrong = changed(tool, pair[0], folder / f"{tool}-{place}.{pair[1]}", rows)
            except (ValueError, NotImplementedError):  # types that nobody else reads
                wrong = -1
            cells[tool].append(f"{summed_up(runs)} [{wrong:,}]" if wrong >= 0 else str(summed_up(runs)))
    print(f"| | {' | '.join(f'{a} to {b}' for a, b in PAIRS)} |\n|---|{'---|' * len(PAIRS)}")
    for tool, row in cells.items():
        print(f"| {tool} | {' | '.join(row)} |")


def _in_turns(folder: Path, place: int, pair: tuple[str, str], files: dict[str, Path]) -> dict[str, list[Measured]]:
    """All tools one after the other, and all again: an hour in which the machine is slow is slow for everybody."""
    runs: dict[str, list[Measured]] = {tool: [] for tool in TOOLS}
    source, target = pair
    cache = folder / "cache"
    for turn in range(1 + ROUNDS):
        for tool in TOOLS:
            if runs[tool] and runs[tool][-1].failure:
                continue
            # Each tool reads what it wrote itself, so that columns of other tools' making are not held against it.
            own = folder / f"{tool}-0.parquet" if source == "parquet" else folder / f"{tool}-2.csv"
            written = folder / f"{tool}-{place}.{target}"
            written.unlink(missing_ok=True)
            subprocess.run(["rm", "-rf", str(cache)], check=True)  # datasets would only look up what it did before
            given = own if source != "jsonl" and own.exists() else files[source]
            runs[tool].append(_run(tool, given, written, cache, is_watched=turn == 0))
    return runs


def grow(folder: Path, rows: int) -> None:
    """Time and memory as files grow."""
    print(
        f"| rows | MB of JSON Lines | {' | '.join(f'{a} to {b}' for a, b in PAIRS)} |\n|---|---|{'---|' * len(PAIRS)}"
    )
    for times in (1, 4, 16):
        files = {kind: folder / f"rows.{kind}" for kind in ("jsonl", "csv", "parquet")}
        write(files["jsonl"], rows)
        _repeat(files["jsonl"], times)
        size = files["jsonl"].stat().st_size / 1e6
        cells = []
        for a, b in PAIRS:
            target = files[b] if a == "jsonl" else folder / f"back.{b}"
            target.unlink(missing_ok=True)
            cells.append(str(_run("tilth", files[a], target, folder, is_watched=True)))
        print(f"| {rows * times:,} | {size:,.0f} | {' | '.join(cells)} |", flush=True)
        for path in folder.iterdir():
            path.unlink()


def _repeat(path: Path, times: int) -> None:
    content = path.read_bytes()
    with path.open("ab") as file:
        for _ in range(times - 1):
            file.write(content)


def write(path: Path, rows: int) -> None:
    """The rows as JSON Lines."""
    with path.open("w") as file:
        file.writelines(json.dumps(row) + "\n" for row in made(rows))


if __name__ == "__main__":
    main()
