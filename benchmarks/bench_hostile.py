"""What readers change in silence, beside other tools: `python benchmarks/bench_hostile.py`. Reports, never fails.

24 small files hold values that careless readers take for others. Each tool reads each of them in a process of its own;
a value that is another one afterwards, without an error, counts. What is refused aloud does not.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

LINES: dict[str, list[dict[str, Any]]] = {
    "ids like numbers": [{"a": "007"}, {"a": "0010"}],
    "dates": [{"a": "2024-01-02"}, {"a": "2024-02-03"}],
    "times": [{"a": "2024-01-02T03:04:05Z"}],
    "2^63": [{"a": 2**63}, {"a": 1}],
    "2^64 and more": [{"a": 123456789012345678901234567890}],
    "null and absent": [{"a": 1, "b": None}, {"a": 1}],
    "keys of some rows": [{"a": 1}, {"b": 2}],
    "keys of some objects": [{"a": {"x": 1}}, {"a": {"y": 2}}],
    "order of keys": [{"a": 1, "b": 2}, {"b": 2, "a": 1}],
    "empty object": [{"a": {}}, {"a": {"k": None}}],
    "empty list": [{"a": []}, {"a": [1]}],
    "null in a list": [{"a": [1, None, 2]}],
    "text and number": [{"a": "1"}, {"a": 1}],
    "whole and broken": [{"a": 1}, {"a": 1.5}],
    "17 digits": [{"a": 0.30000000000000004}, {"a": 1.7976931348623157e308}],
    "true as text": [{"a": "true"}, {"a": "yes"}],
    "null as text": [{"a": "null"}, {"a": "NaN"}, {"a": ""}],
    "U+2028 and NUL": [{"a": "x\u2028y"}, {"a": "x\x00y"}],
}
CELLS: dict[str, list[dict[str, Any]]] = {
    "ids in cells": [{"id": "007", "t": "x"}, {"id": "0010", "t": "y"}],
    "words for nothing": [{"id": "NA", "t": "None"}, {"id": "null", "t": "n/a"}, {"id": "NaN", "t": "-"}],
    "empty cells": [{"id": "a", "t": ""}, {"id": "", "t": "b"}],
    "dates in cells": [{"id": "2024-01-02", "t": "12:30"}],
    "long numbers in cells": [{"id": "9223372036854775808", "t": "1.0"}, {"id": "1e5", "t": "+1"}],
    "space and quotes": [{"id": " a ", "t": 'say "hi"'}, {"id": "x\ny", "t": "a,b"}],
}
TOOLS = {
    "tilth": "from tilth.formats import Dataset\n"
    "rows = [dict(row) for batch in Dataset.open(path, dialect='tilth').batches() for row in batch.rows]",
    "polars": "import polars as pl\n"
    "rows = (pl.read_ndjson(path) if path.endswith('l') else pl.read_csv(path)).to_dicts()",
    "pyarrow": "import pyarrow.json as pj, pyarrow.csv as pc\n"
    "rows = (pj.read_json(path) if path.endswith('l') else pc.read_csv(path)).to_pylist()",
    "duckdb": "import duckdb\n"
    "found = duckdb.sql(f\"SELECT * FROM {'read_json' if path.endswith('l') else 'read_csv'}('{path}')\")\n"
    "rows = [dict(zip(found.columns, row)) for row in found.fetchall()]",
    "datasets": "import os, tempfile\nos.environ['HF_DATASETS_CACHE'] = tempfile.mkdtemp()\n"
    "from datasets import load_dataset\n"
    "rows = list(load_dataset('json' if path.endswith('l') else 'csv', data_files=path, split='train'))",
    "pandas": "import pandas as pd\n"
    "data = pd.read_json(path, lines=True) if path.endswith('l') else pd.read_csv(path)\n"
    "rows = data.astype(object).to_dict('records')",
}
_SHOW = """
def plain(value):
    if isinstance(value, dict):
        return ["object", [[key, plain(below)] for key, below in value.items()]]
    if isinstance(value, (list, tuple)):
        return ["list", [plain(below) for below in value]]
    return [type(value).__name__, repr(value)]
import json
print(json.dumps([[[key, plain(value)] for key, value in row.items()] for row in rows]))
"""


def changes(tool: str, path: Path, rows: list[dict[str, Any]]) -> int | str:
    """How many values of the rows are other ones, or why the tool gives none."""
    done = subprocess.run(
        [sys.executable, "-c", f"path = {str(path)!r}\n{TOOLS[tool]}\n{_SHOW}"], capture_output=True, text=True
    )
    if done.returncode < 0:
        return "crash"
    if done.returncode:
        return "not installed" if "ModuleNotFoundError" in done.stderr else "refused"
    found = json.loads(done.stdout.splitlines()[-1])
    wrong = abs(len(found) - len(rows))
    for row, other in zip(rows, found, strict=False):
        there = dict(other)
        wrong += sum(json.loads(json.dumps(_plain(value))) != there.get(key) for key, value in row.items())
        wrong += sum(key not in row for key in there)
        wrong += [key for key in there if key in row] != list(row) and set(row) <= there.keys()
    return wrong


def _plain(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return ["object", [[key, _plain(below)] for key, below in value.items()]]
    if isinstance(value, list):
        return ["list", [_plain(below) for below in value]]
    return [type(value).__name__, repr(value)]


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ',"\n') else text


def main() -> None:
    """Print a table of tools and files, and the sum of silent changes."""
    tools = list(TOOLS)
    sums = dict.fromkeys(tools, 0)
    print(f"{'silent changes':<24}" + "".join(f"{tool:>14}" for tool in tools))
    with tempfile.TemporaryDirectory() as folder:
        for kind, cases in (("jsonl", LINES), ("csv", CELLS)):
            for place, (name, rows) in enumerate(cases.items()):
                path = Path(folder) / f"{place}.{kind}"
                if kind == "jsonl":
                    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
                else:
                    lines = [",".join(rows[0]), *(",".join(map(_cell, row.values())) for row in rows)]
                    path.write_text("\n".join(lines) + "\n")
                found = [changes(tool, path, rows) for tool in tools]
                for tool, each in zip(tools, found, strict=True):
                    sums[tool] += each if isinstance(each, int) else 0
                print(f"{name:<24}" + "".join(f"{each:>14}" for each in found), flush=True)
    print(f"{'together':<24}" + "".join(f"{number:>14}" for number in sums.values()))


if __name__ == "__main__":
    main()
