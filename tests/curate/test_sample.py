"""A sample: as many rows as asked for, each as likely as any other, the same every time."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tilth.curate.sample import sample, shares
from tilth.errors import UsageError
from tilth.formats import Dataset


def numbers(folder: Path, count: int) -> Dataset:
    rows = [
        {"n": n, "kind": "even" if n % 2 == 0 else "odd" if n % 10 else "ten", "x": {"y": n % 3}} for n in range(count)
    ]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return Dataset.open(folder / "rows.jsonl", dialect="tilth")


def drawn(data: Dataset, rows: int, seed: int = 0, by: str | None = None) -> list[Any]:
    return [row for batch in sample(data, rows, seed, by) for row in batch.rows]


def test_every_row_is_as_likely_as_any_other(tmp_path: Path) -> None:
    data = numbers(tmp_path, 40)
    seen = Counter(row["n"] for seed in range(1000) for row in drawn(data, 4, seed))
    assert len(seen) == 40
    # 100 expected for each, with a standard deviation of 9.5: five of them on either side.
    assert all(52 <= count <= 148 for count in seen.values())


def test_the_same_seed_draws_the_same_rows_in_the_order_of_the_data(tmp_path: Path) -> None:
    data = numbers(tmp_path, 5000)
    found = [row["n"] for row in drawn(data, 20, 7)]
    assert found == [row["n"] for row in drawn(data, 20, 7)] == sorted(found)
    assert found != [row["n"] for row in drawn(data, 20, 8)]
    assert len(set(found)) == 20


def test_more_rows_than_there_are_is_all_of_them(tmp_path: Path) -> None:
    assert [row["n"] for row in drawn(numbers(tmp_path, 5), 9)] == [0, 1, 2, 3, 4]


def test_every_value_of_a_field_gets_its_share(tmp_path: Path) -> None:
    data = numbers(tmp_path, 1000)
    assert Counter(row["x"]["y"] for row in drawn(data, 30, by="x.y")) == {0: 10, 1: 10, 2: 10}
    assert Counter(row["kind"] for row in drawn(data, 10, by="kind")) == {"even": 5, "odd": 5}
    assert len({row["x"]["y"] for row in drawn(data, 2, by="x.y")}) == 2


def test_a_field_that_no_row_has_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no row has a field knd\n  try  kind"):
        drawn(numbers(tmp_path, 5), 2, by="knd")
    with pytest.raises(UsageError, match="more than 10,000 values"):
        drawn(numbers(tmp_path, 10_001), 2, by="n")


@settings(max_examples=300, deadline=None)
@given(st.lists(st.integers(1, 50), min_size=1, max_size=8), st.integers(1, 120))
def test_shares_add_up(sizes: list[int], rows: int) -> None:
    found = shares(sizes, rows)
    assert sum(found) == min(rows, sum(sizes))
    assert all(0 <= share <= size for share, size in zip(found, sizes, strict=True))
    if rows >= len(sizes):
        assert min(found) >= 1
