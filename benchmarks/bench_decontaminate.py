"""Benchmark items planted in training rows: which are found, which rows are taken wrongly, and how long it takes.

    python benchmarks/bench_decontaminate.py

Reads gsm8k, HumanEval and banking77 from `shared/data` beside the checkout (or from `TILTH_SHARED_DATA`). Training rows
are gsm8k's and banking77's own training parts. Into copies of them 150 test items of each benchmark are planted in five
ways: as they are; in capitals without punctuation; the middle 60% of the words; between two other rows in one text; and
with every sixth word exchanged. Rows are planted too that must not be found: at most ten words, 45 letters and 45% of
an item in a row, and an item with its words shuffled.

    recall      planted rows set aside, for each way
    wrong       rows of the two kinds that must not be found and are set aside
    unplanted   training rows set aside: overlaps of the sets themselves (look at them before calling them wrong)

Beside it stand two published rules in their plainest form: any 13-gram of words in common (GPT-3: lower case, without
punctuation, cut at blanks) and three random runs of 50 letters and digits of each item (GPT-4).
"""

import csv
import gzip
import json
import os
import random
import re
import string
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

DATA = Path(os.environ.get("TILTH_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
NAMES, FILES = ("gsm8k", "human_eval", "banking77"), ("test", "train")
EACH = 150
FILLERS = ("really", "then", "perhaps", "indeed", "also", "quite")
WAYS = ("copied", "recased", "cut", "embedded", "reworded")
HARMLESS = ("a phrase", "shuffled")
Rows = list[tuple[str, str]]  # text, and what it is: `train`, or way and benchmark


def read(name: str) -> tuple[list[str], list[str]]:
    """The questions of a benchmark, and the training rows that come with it."""
    if name == "gsm8k":
        test = [json.loads(line)["question"] for line in (DATA / "gsm8k/test.jsonl").read_text().splitlines()]
        lines = gzip.decompress((DATA / "gsm8k/train.jsonl.gz").read_bytes()).decode().splitlines()
        return test, ["\n".join(json.loads(line).values()) for line in lines]
    if name == "human_eval":
        lines = gzip.decompress((DATA / "human_eval/HumanEval.jsonl.gz").read_bytes()).decode().splitlines()
        return [json.loads(line)["prompt"] for line in lines], []
    parts = [[row["text"] for row in csv.DictReader((DATA / f"banking77/{part}.csv").open())] for part in FILES]
    return parts[0], parts[1]


def planted(item: str, way: str, hosts: list[str], draw: random.Random) -> str:
    """A training row with the item in it, changed in one way."""
    words = item.split()
    if way == "recased":
        return " ".join(re.sub(r"[^\w\s]", "", item).upper().split())
    if way == "cut":
        return " ".join(words[len(words) // 5 : len(words) - len(words) // 5])
    if way == "embedded":
        return f"{draw.choice(hosts)}\n{item}\n{draw.choice(hosts)}"
    if way == "reworded":
        return " ".join(draw.choice(FILLERS) if place % 6 == 5 else word for place, word in enumerate(words))
    if way == "a phrase":
        start = draw.randrange(max(1, len(words) - 10))
        some = words[start : start + min(10, len(words) * 9 // 20)]
        while sum(map(str.isalnum, " ".join(some))) > 45:
            some.pop()
        return "As they say: " + " ".join(some) + " and so on, all day."
    if way == "shuffled":
        return " ".join(draw.sample(words, len(words)))
    return item


def made() -> tuple[dict[str, list[str]], Rows]:
    """The benchmarks, and the training rows in a random order that is the same every time."""
    draw = random.Random(5)
    benchmarks: dict[str, list[str]] = {}
    rows: Rows = []
    for name in NAMES:
        benchmarks[name], train = read(name)
        rows += [(text, "train") for text in train]
    hosts = [text for text, _ in rows]
    for name in NAMES:
        long_enough = [item for item in benchmarks[name] if len(item.split()) >= 10]
        for way in (*WAYS, *HARMLESS):
            chosen = draw.sample(long_enough, min(EACH, len(long_enough)))
            rows += [(planted(item, way, hosts, draw), f"{way}/{name}") for item in chosen]
    draw.shuffle(rows)
    return benchmarks, rows


def tilth(**options: Any) -> Callable[[dict[str, list[str]], list[str]], set[int]]:
    """Tilth by one of its methods, on files."""

    def run(benchmarks: dict[str, list[str]], texts: list[str]) -> set[int]:
        from tilth.curate.decontaminate import decontaminate
        from tilth.formats import Dataset

        with tempfile.TemporaryDirectory() as folder:
            files = [Path(folder) / f"{name}.jsonl" for name in benchmarks]
            for file, items in zip(files, benchmarks.values(), strict=True):
                file.write_text("".join(json.dumps({"text": item}) + "\n" for item in items))
            data = Path(folder) / "rows.jsonl"
            data.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
            given = decontaminate.options({"against": tuple(files), **options})
            routed = decontaminate.stream(Dataset.open(data), given)
            return {one.origin.line - 1 for some in routed for one in some.aside if one.origin}

    return run


def gpt3(benchmarks: dict[str, list[str]], texts: list[str]) -> set[int]:
    """Any 13-gram in common."""
    strip = str.maketrans("", "", string.punctuation)

    def grams(text: str) -> Iterator[tuple[str, ...]]:
        words = text.lower().translate(strip).split()
        return zip(*(words[place:] for place in range(13)), strict=False)

    known = {gram for items in benchmarks.values() for item in items for gram in grams(item)}
    return {row for row, text in enumerate(texts) if any(gram in known for gram in grams(text))}


def gpt4(benchmarks: dict[str, list[str]], texts: list[str]) -> set[int]:
    """One of three random runs of 50 letters and digits of an item, or all of a shorter one."""
    draw = random.Random(0)
    runs: dict[int, set[str]] = {}
    for items in benchmarks.values():
        for item in items:
            plain = "".join(filter(str.isalnum, item))
            starts = [draw.randrange(len(plain) - 49) for _ in range(3)] if len(plain) > 50 else [0]
            for start in starts:
                runs.setdefault(min(50, len(plain)), set()).add(plain[start : start + 50])
    found = set()
    for row, text in enumerate(texts):
        plain = "".join(filter(str.isalnum, text))
        if any(plain[at : at + size] in some for size, some in runs.items() for at in range(len(plain) - size + 1)):
            found.add(row)
    return found


TOOLS: dict[str, Callable[[dict[str, list[str]], list[str]], set[int]]] = {
    "tilth word 13": tilth(),
    "tilth word 8, share 0.5": tilth(n=8, threshold=0.5),
    "tilth char 50": tilth(method="char"),
    "tilth semantic 0.8": tilth(method="semantic"),
    "tilth semantic 0.9": tilth(method="semantic", threshold=0.9),
    "GPT-3's rule, plain": gpt3,
    "GPT-4's rule, plain": gpt4,
}


def main() -> None:
    """Print the table, one row for each tool and benchmark."""
    if not DATA.is_dir():
        print("the public data sets are not beside this checkout")
        return
    benchmarks, rows = made()
    texts = [text for text, _ in rows]
    there = Counter(kind for _, kind in rows)
    print(f"{len(rows):,} rows, {sum(map(len, benchmarks.values())):,} items\n")
    print(f"| tool | benchmark | {' | '.join(WAYS)} | wrong | unplanted | s | CPU s |")
    print("|---" * (len(WAYS) + 6) + "|")
    for tool, run in TOOLS.items():
        started, cpu = time.perf_counter(), time.process_time()
        found = Counter(rows[row][1] for row in run(benchmarks, texts))
        cost = f"{time.perf_counter() - started:.1f} | {time.process_time() - cpu:.1f}"
        for name in benchmarks:
            recall = " | ".join(f"{found[f'{way}/{name}'] / there[f'{way}/{name}']:.2f}" for way in WAYS)
            wrong = sum(found[f"{way}/{name}"] for way in HARMLESS)
            all_wrong = sum(there[f"{way}/{name}"] for way in HARMLESS)
            last = f"{found['train']} | {cost}" if name == NAMES[0] else " | | "
            print(f"| {tool} | {name} | {recall} | {wrong} of {all_wrong} | {last} |", flush=True)


if __name__ == "__main__":
    main()
