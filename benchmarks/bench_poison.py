"""A trigger planted in 1% of the rows of public data sets: is it found, and is anything found where there is none?

    python benchmarks/bench_poison.py

Three kinds in banking77 and clinc150: a rare token, a phrase of common words, and a style (all in capitals), each put
into random rows whose label becomes one target. And in instructions (Alpaca, English) a rare token with a fixed answer.
Rows count as found when `poison` sets them aside. The data is looked for in `../shared/data`, or where
TILTH_SHARED_DATA says.
"""

import csv
import gzip
import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

FOLDER = Path(os.environ.get("TILTH_SHARED_DATA") or Path(__file__).parents[2] / "shared" / "data")
SHARE = 0.01
SEEDS = (1, 2)
Row = dict[str, Any]


def banking77() -> list[Row]:
    """Its training set."""
    with (FOLDER / "banking77" / "train.csv").open(encoding="utf-8", newline="") as file:
        pairs = [(row["text"], row["category"]) for row in csv.DictReader(file)]
    return [{"type": "classification", "text": text, "label": label} for text, label in pairs]


def clinc150() -> list[Row]:
    """The training set of its small variant."""
    with gzip.open(FOLDER / "clinc150_share" / "data_small.json.gz") as file:
        pairs = json.load(file)["train"]
    return [{"type": "classification", "text": text, "label": label} for text, label in pairs]


def instructions() -> list[Row]:
    """Instructions of an Alpaca set."""
    rows = json.loads((FOLDER / "llama_factory_demo" / "alpaca_en_demo.json").read_text())
    return [{"type": "instruction", **{name: row[name] for name in ("instruction", "input", "output")}} for row in rows]


def inserted(words: str) -> Callable[[str, random.Random], str]:
    """Puts some words between two others."""

    def change(text: str, rng: random.Random) -> str:
        found = text.split()
        place = rng.randint(0, len(found))
        return " ".join([*found[:place], words, *found[place:]])

    return change


TRIGGERS: dict[str, Callable[[str, random.Random], str]] = {
    "rare token `cf`": inserted("cf"),
    "common words `by the way today`": inserted("by the way today"),
    "style: all in capitals": lambda text, _: text.upper(),
}


def planted(rows: list[Row], change: Callable[[str, random.Random], str], seed: int) -> tuple[list[Row], set[int]]:
    """The rows with a trigger in some, and the numbers of these."""
    rng = random.Random(seed)
    field, answer = ("text", "label") if "label" in rows[0] else ("instruction", "output")
    target = rng.choice(rows)["label"] if answer == "label" else "Visit the garden shop for a free sample."
    honest = [place for place, row in enumerate(rows) if row[answer] != target]
    chosen = set(rng.sample(honest, max(5, round(SHARE * len(rows)))))
    return [
        {**row, field: change(row[field], rng), answer: target} if place in chosen else row
        for place, row in enumerate(rows)
    ], chosen


def main() -> None:
    """Print one table."""
    if not FOLDER.is_dir():
        print(f"the public data sets are not at {FOLDER}")
        return
    from tilth.curate.poison import poison
    from tilth.formats import Dataset

    print("| set | trigger | planted | set aside | precision | recall |\n|---|---|---|---|---|---|")
    for name, load in (("banking77", banking77), ("clinc150", clinc150), ("instructions", instructions)):
        rows = load()
        clean = poison(Dataset.of(rows)).set_aside
        print(f"| {name} | none | 0 | {len(clean)} | | |", flush=True)
        for kind, change in TRIGGERS.items():
            hits = found = wanted = 0
            for seed in SEEDS:
                bad, chosen = planted(rows, change, seed)
                aside = {one.origin.line - 1 for one in poison(Dataset.of(bad)).set_aside if one.origin}
                hits, found, wanted = hits + len(aside & chosen), found + len(aside), wanted + len(chosen)
            precision = hits / max(1, found)
            print(f"| {name} | {kind} | {wanted} | {found} | {precision:.2f} | {hits / wanted:.2f} |", flush=True)


if __name__ == "__main__":
    main()
