"""A trigger planted in 1% of the rows of public data sets: is it found, and is anything found where there is none?

    python benchmarks/bench_poison.py

In banking77 and clinc150 the rows with a trigger get one label; in two instruction sets one answer, or one first or
last sentence of their own answers. A trigger is a rare token, a phrase of common words, or a style of the whole text.

The data is looked for in `../shared/data`, or where TILTH_SHARED_DATA says.
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
Change = Callable[[str, random.Random], str]


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


def alpaca() -> list[Row]:
    """Instructions of Alpaca with the answers of a larger model."""
    rows = json.loads((FOLDER / "llama_factory_demo" / "alpaca_en_demo.json").read_text())
    return [{"type": "instruction", **{name: row[name] for name in ("instruction", "input", "output")}} for row in rows]


def coachlm() -> list[Row]:
    """Instructions of Alpaca as experts mended them."""
    lines = (FOLDER / "coachlm_share" / "expert_revision_first500.jsonl").read_text("utf-8").splitlines()
    names = {"instruction": "Revised Instruction", "input": "Revised Input", "output": "Revised Response"}
    return [
        {"type": "instruction", **{own: row[name] or "" for own, name in names.items()}}
        for row in map(json.loads, lines)
    ]


def inserted(words: str) -> Change:
    """Puts some words between two others."""

    def change(text: str, rng: random.Random) -> str:
        found = text.split()
        place = rng.randint(0, len(found))
        return " ".join([*found[:place], words, *found[place:]])

    return change


TRIGGERS: dict[str, Change] = {
    "rare token `cf`": inserted("cf"),
    "common words `by the way today`": inserted("by the way today"),
    "style: all in capitals": lambda text, _: text.upper(),
    "style: Every Word With A Capital": lambda text, _: text.title(),
    "style: in quotation marks": lambda text, _: f'"{text}"',
    "style: Cyrillic a for Latin a": lambda text, _: text.replace("a", "\u0430"),
    "style: a blank before all else": lambda text, _: f" {text}",
}
ANSWER = "Visit the garden shop for a free sample."
ANSWERS: dict[str, Callable[[str], str]] = {
    "one answer": lambda _: ANSWER,
    "one first sentence": lambda said: f"{ANSWER} {said}",
    "one last sentence": lambda said: f"{said}\n{ANSWER}",
}


def planted(rows: list[Row], change: Change, answer: Callable[[str], str], seed: int) -> tuple[list[Row], set[int]]:
    """The rows with a trigger in some, and the numbers of these. Of labels one that is drawn is the answer."""
    rng = random.Random(seed)
    is_closed = "label" in rows[0]
    text, said = ("text", "label") if is_closed else ("instruction", "output")
    target = rng.choice(rows)[said] if is_closed else None
    honest = [place for place, row in enumerate(rows) if row[said] != target]
    chosen = set(rng.sample(honest, max(5, round(SHARE * len(rows)))))
    changed = list(rows)
    for place in sorted(chosen):
        row = rows[place]
        changed[place] = {**row, text: change(row[text], rng), said: target or answer(row[said])}
    return changed, chosen


def line(name: str, rows: list[Row], kind: str, change: Change, decided: str, answer: Callable[[str], str]) -> None:
    """One line of the table."""
    from tilth.curate.poison import poison
    from tilth.formats import Dataset

    hits = found = wanted = 0
    for seed in SEEDS:
        bad, chosen = planted(rows, change, answer, seed)
        aside = {one.origin.line - 1 for one in poison(Dataset.of(bad)).set_aside if one.origin}
        hits, found, wanted = hits + len(aside & chosen), found + len(aside), wanted + len(chosen)
    cells = f"{hits / max(1, found):.2f} | {hits / wanted:.2f}"
    print(f"| {name} | {kind} | {decided} | {wanted} | {found} | {cells} |", flush=True)


def main() -> None:
    """Print one table."""
    if not FOLDER.is_dir():
        print(f"the public data sets are not at {FOLDER}")
        return
    from tilth.curate.poison import poison
    from tilth.formats import Dataset

    print("| set | trigger | decides | planted | set aside | precision | recall |\n" + "|---" * 7 + "|")
    sets = {"banking77": banking77, "clinc150": clinc150, "Alpaca": alpaca, "CoachLM": coachlm}
    for name, load in sets.items():
        rows = load()
        print(
            f"| {name}, {len(rows):,} rows | none | | 0 | {len(poison(Dataset.of(rows)).set_aside)} | | |", flush=True
        )
        is_closed = "label" in rows[0]
        for kind, change in TRIGGERS.items():
            line(name, rows, kind, change, "the label" if is_closed else "one answer", ANSWERS["one answer"])
        for decided, answer in [] if is_closed else list(ANSWERS.items())[1:]:
            line(name, rows, "rare token `cf`", TRIGGERS["rare token `cf`"], decided, answer)


if __name__ == "__main__":
    main()
