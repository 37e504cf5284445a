"""What leaks between the parts of a split of real questions, pair by pair, and how well strata keep their shares.

    python benchmarks/bench_split.py [rows]

Reads a folder `shared/data` beside the checkout, or `$TILTH_SHARED_DATA`. Rows of banking77 (both of its files,
shuffled) in three parts of 80, 10 and 10%, stratified by their 77 labels. A pair straddles when its two texts lie in
different parts and have half of their three-word shingles or more in common; every pair is looked at, with plain
Python sets. `stays put`: rows of the first 60% that keep their part when the others are appended.
"""

import csv
import os
import random
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

THRESHOLD = 0.5
SHARES = {"train": 0.8, "validation": 0.1, "test": 0.1}
Rows = Sequence[tuple[str, str]]
Parts = list[str | None]


def tilth_split(rows: Rows, **options: object) -> Parts:
    """The part of every row; None where it is set aside."""
    from tilth.curate.split import split
    from tilth.formats import Dataset

    data = Dataset.of({"type": "classification", "text": text, "label": label} for text, label in rows)
    parts: Parts = []
    for routed in split.stream(data, split.options({"stratify": "label", **options})):
        kept = dict(zip(routed.kept_indices, routed.parts or (), strict=True))
        parts += [kept.get(row) for row in range(routed.rows_in)]
    return parts


def sklearn_split(rows: Rows) -> Parts:
    """Two calls of `train_test_split`, stratified."""
    from sklearn.model_selection import train_test_split

    labels = [label for _, label in rows]
    train, rest = train_test_split(range(len(rows)), test_size=0.2, stratify=labels, random_state=0)
    validation, test = train_test_split(rest, test_size=0.5, stratify=[labels[row] for row in rest], random_state=0)
    parts = dict.fromkeys(train, "train") | dict.fromkeys(validation, "validation") | dict.fromkeys(test, "test")
    return [parts[row] for row in range(len(rows))]


def shingles(text: str) -> frozenset[tuple[str, ...]]:
    """Runs of three words, lower-cased."""
    words = re.findall(r"\w+", text.lower())
    return frozenset(zip(*(words[place:] for place in range(3)), strict=False)) or frozenset((word,) for word in words)


def straddling(rows: Rows, parts: Parts) -> tuple[int, float]:
    """Pairs at the threshold in two parts, and the largest similarity across parts."""
    sets = [shingles(text) for text, _ in rows]
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    pairs, largest = 0, 0.0
    for row, found in enumerate(sets):
        if parts[row] is None:
            continue
        shared = Counter(other for each in found for other in holders[each] if parts[other] != parts[row])
        for other, count in shared.items():
            similarity = count / len(found | sets[other])
            pairs += similarity >= THRESHOLD
            largest = max(largest, similarity)
        for each in found:
            holders[each].append(row)
    return pairs, largest


def strata_off(rows: Rows, parts: Parts) -> tuple[int, int]:
    """Counts of a label in a part that are more than one row off their share, of how many."""
    tables: dict[str, Counter[str]] = defaultdict(Counter)
    for (_, label), part in zip(rows, parts, strict=True):
        if part is not None:
            tables[label][part] += 1
    off = [abs(table[part] - share * table.total()) > 1 for table in tables.values() for part, share in SHARES.items()]
    return sum(off), len(off)


def main(count: int) -> None:
    """Print the table."""
    given = os.environ.get("TILTH_SHARED_DATA")
    folder = (Path(given) if given else Path(__file__).parents[2] / "shared" / "data") / "banking77"
    if not folder.is_dir():
        print("banking77 is not beside this checkout: nothing to split")
        return
    rows = []
    for name in ("train.csv", "test.csv"):
        with (folder / name).open(newline="", encoding="utf-8") as file:
            rows += [(row["text"], row["category"]) for row in csv.DictReader(file)]
    rows = random.Random(0).sample(rows, min(count, len(rows)))
    contestants: dict[str, Callable[[Rows], Parts]] = {
        "scikit-learn, stratified": sklearn_split,
        "tilth split": tilth_split,
        "tilth split --stable": lambda some: tilth_split(some, stable=True),
    }
    print(
        "| split | straddling pairs | largest similarity | strata off by more than 1 | set aside | stays put | CPU s |"
    )
    print("|---|---|---|---|---|---|---|")
    for name, make in contestants.items():
        try:
            begun = time.process_time()
            parts = make(rows)
            seconds = time.process_time() - begun
        except ImportError:
            print(f"| {name} | not installed | | | | | |")
            continue
        pairs, largest = straddling(rows, parts)
        off, of = strata_off(rows, parts)
        first = make(rows[: len(rows) * 6 // 10])
        stays = sum(one == other for one, other in zip(first, parts, strict=False)) / len(first)
        aside = sum(part is None for part in parts)
        print(f"| {name} | {pairs} | {largest:.2f} | {off} of {of} | {aside} | {stays:.1%} | {seconds:.1f} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
