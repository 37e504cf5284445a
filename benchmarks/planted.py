"""Records with planted near-duplicates, and which pairs of them truly reach a similarity: what `bench_dedup.py` uses.

    python benchmarks/planted.py rows.jsonl 100000

A record is a JSON line of about 950 bytes: an id and a text of 60 to 170 random words (about 113 word 3-shingles). One
in seven is an earlier record with up to eight words exchanged, so similarities lie on both sides of 0.8.
"""

import json
import random
import re
import sys
from pathlib import Path

_COPIED = 0.15
_RECENT = 100_000  # a copy is of one of so many rows before it: bounds the memory of writing a million


def write_rows(file: Path, count: int, seed: int = 11) -> None:
    """Write so many records."""
    rng = random.Random(seed)
    vocabulary = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(3, 11))) for _ in range(30_000)]
    rows: list[list[str]] = []
    with file.open("w") as out:
        for number in range(count):
            if number and rng.random() < _COPIED:
                words = list(rows[rng.randrange(max(0, len(rows) - _RECENT), len(rows))])
                for _ in range(rng.choice((0, 1, 1, 2, 2, 3, 4, 5, 6, 8))):
                    words[rng.randrange(len(words))] = rng.choice(vocabulary)
            else:
                words = rng.choices(vocabulary, k=rng.randint(60, 170))
            rows.append(words)
            if len(rows) > 2 * _RECENT:
                rows = rows[-_RECENT:]
            out.write(json.dumps({"id": f"doc-{number:07d}", "text": " ".join(words)}) + "\n")


def shingles(text: str) -> set[int]:
    """The lower-case words of a text in runs of three, each as a hash of Python's."""
    words = re.findall(r"\w+", text.lower())
    return {hash(tuple(words[place : place + 3])) for place in range(len(words) - 2)}


def similar_pairs(file: Path, threshold: float) -> list[tuple[int, int]]:
    """Every pair of rows that reaches the threshold, by an inverted index over plain sets."""
    first: dict[int, int] = {}
    holders: dict[int, list[int]] = {}
    sets: list[set[int]] = []
    pairs = []
    with file.open() as lines:
        for row, line in enumerate(lines):
            own = shingles(json.loads(line)["text"])
            met: set[int] = set()
            for shingle in own:
                if shingle in holders:
                    met.update(holders[shingle])
                    holders[shingle].append(row)
                elif shingle in first:
                    met.add(first[shingle])
                    holders[shingle] = [first[shingle], row]
                else:
                    first[shingle] = row
            sets.append(own)
            for other in met:
                both = len(own & sets[other])
                if both >= threshold * (len(own) + len(sets[other]) - both):
                    pairs.append((other, row))
    return pairs


if __name__ == "__main__":
    write_rows(Path(sys.argv[1]), int(sys.argv[2]))
