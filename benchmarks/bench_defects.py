"""Whether the documented defects of Alpaca are found on their published examples, and how many clean rows are flagged.

Run:  python benchmarks/bench_defects.py

Reads a folder `shared/data` beside the checkout, or `$TILTH_SHARED_DATA`, and prints two tables.
"""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

from tilth.curate.defects import defects
from tilth.formats import Dataset
from tilth.validators.validate import ValidateOptions, check

SHARED = Path(os.environ.get("TILTH_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))


def asked(instruction: str, given: str, output: str) -> dict[str, Any]:
    """An instruction record."""
    return {"type": "instruction", "instruction": instruction, "input": given, "output": output}


def codes(record: dict[str, Any]) -> list[str]:
    """What `defects` and `validate` say about one record."""
    data = Dataset.of([record])
    found = [f"defects: {aside.reason.code}" for aside in defects(data).set_aside]
    return found or [f"validate: {finding.code}" for finding in check(data, ValidateOptions(off=("whitespace",)))]


def clean_sets() -> dict[str, list[dict[str, Any]]]:
    """Rows that somebody has already repaired or written well."""
    lines = (SHARED / "coachlm_share" / "expert_revision_first500.jsonl").read_text("utf-8").splitlines()
    fixed = [
        asked(*(row[f"Revised {part}"] or "" for part in ("Instruction", "Input", "Response")))
        for row in map(json.loads, lines)
    ]
    written = json.loads((SHARED / "llama_factory_demo" / "alpaca_en_demo.json").read_text("utf-8"))
    answered = [asked(row["instruction"], row.get("input") or "", row["output"]) for row in written]
    return {"CoachLM, expert fixes": fixed, "LLaMA-Factory alpaca_en (GPT-4 answers)": answered}


def main() -> None:
    """Print the tables."""
    if not SHARED.is_dir():
        print(f"bench_defects: skipped, there is no folder {SHARED} with the public data sets")
        return
    classes = json.loads((SHARED / "alpaca_cleaned_issues" / "documented_issues.json").read_text("utf-8"))
    print("\n| documented class | examples | found | by |\n|---|---|---|---|")
    for one in classes:
        rows = [
            asked(e.get("instruction", "Go on."), e.get("input", ""), e.get("output", "So.")) for e in one["examples"]
        ]
        found = [codes(row) for row in rows]
        by = Counter(code for each in found for code in each)
        print(
            f"| {one['category']} | {len(rows)} | {sum(map(bool, found))} | {', '.join(f'`{code}`' for code in by)} |"
        )
    print("\n| clean rows | rows | flagged | share | by |\n|---|---|---|---|---|")
    for name, rows in clean_sets().items():
        counts = Counter(aside.reason.code for aside in defects(Dataset.of(rows)).set_aside)
        by = ", ".join(f"`{code}` {count}" for code, count in counts.most_common())
        print(f"| {name} | {len(rows)} | {counts.total()} | {counts.total() / len(rows):.1%} | {by} |")


if __name__ == "__main__":
    main()
