"""Ten thousand rows through every pair of containers and back, plain and compressed: not one value is another."""

import random
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.formats.hostile import FLOATS, KEYS, NUMBERS, TEXTS, dumped
from tilth.formats import Dataset, convert, write_rows

CONTAINERS = ("jsonl", "json", "csv", "tsv", "yaml", "parquet", "arrow", "feather")
COMPRESSIONS = ("", ".gz", ".bz2", ".xz", ".zst")
ROWS = 10_000
PAIRS = list(product(CONTAINERS, CONTAINERS))


def made_rows(count: int, seed: int) -> list[dict[str, Any]]:
    """Rows as data sets have them, and among them everything that a careless reader changes."""
    chance = random.Random(seed)
    columns = ["id", "text", "score", "count", "flag", "note", "mixed", "nested"]
    return [_row(chance, number, columns) for number in range(count)]


def _row(chance: random.Random, number: int, columns: list[str]) -> dict[str, Any]:
    present = columns if chance.random() < 0.9 else chance.sample(columns, chance.randint(0, len(columns)))
    made = {
        "id": f"{number:07}",
        "text": _text(chance),
        "score": chance.choice([chance.random(), -chance.random() * 1e-300, 0.1 * number, *FLOATS[:3]]),
        "count": chance.choice([number, -number, 2**53 + number]),
        "flag": chance.random() < 0.5,
        "note": None if chance.random() < 0.5 else _text(chance),
        "mixed": _value(chance, 0),
        "nested": [{"role": "user", "content": _text(chance)}, {"content": None}],
    }
    row = {name: made[name] for name in present}
    if chance.random() < 0.02:
        row[chance.choice(KEYS)] = _value(chance, 0)
    if chance.random() < 0.01 and "count" in row:
        row["count"] = chance.choice(NUMBERS)
    return row


def _text(chance: random.Random) -> str:
    if chance.random() < 0.3:
        return chance.choice(TEXTS)
    return " ".join(chance.choice(["seed", "Küche", "水", 'say "no"', "a,b", "x\ny", "\\n", "1"]) for _ in range(8))


def _value(chance: random.Random, depth: int) -> Any:
    kind = chance.randint(0, 7 if depth < 3 else 5)
    if kind == 6:
        return [_value(chance, depth + 1) for _ in range(chance.randint(0, 3))]
    if kind == 7:
        return {chance.choice(KEYS): _value(chance, depth + 1) for _ in range(chance.randint(0, 3))}
    plain = [None, True, False, chance.choice(NUMBERS), chance.choice(FLOATS), _text(chance)]
    return plain[kind]


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return made_rows(ROWS, 7)


@pytest.fixture(scope="module")
def expected(rows: list[dict[str, Any]]) -> list[bytes]:
    return dumped(rows)


@pytest.mark.slow
@pytest.mark.parametrize("first", CONTAINERS)
def test_rows_come_back_from_every_other_container(
    first: str, rows: list[dict[str, Any]], expected: list[bytes], tmp_path: Path
) -> None:
    for place, second in enumerate(CONTAINERS):
        # Every pair plain and with one compression each way; together they are all of them for every container.
        packed = COMPRESSIONS[1 + (place + CONTAINERS.index(first)) % 4]
        for ending in ("", packed):
            start, there, back = (
                tmp_path / f"{name}.{container}{ending}"
                for name, container in (("start", first), ("there", second), ("back", first))
            )
            if not start.exists():
                write_rows(start, rows)
                assert _dumped(start) == expected, start.name
            assert convert(Dataset.open(start, dialect="tilth"), there, overwrite=True).rows == ROWS
            assert convert(Dataset.open(there, dialect="tilth"), back, overwrite=True).rows == ROWS
            # What came back was read from there, so nothing was lost on the way there either. Equal bytes are equal
            # rows; columns may also lie in other batches.
            is_same = back.read_bytes() == start.read_bytes() or _dumped(back) == expected
            assert is_same, f"{first}{ending} to {second}{ending} and back"


def _dumped(path: Path) -> list[bytes]:
    return dumped(row for batch in Dataset.open(path, dialect="tilth").batches() for row in batch.rows)
