"""A sample: as many rows as asked for, each as likely as any other, the same every time."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.curate.conftest import Rebatched
from tilth.cli.border import run as run_words
from tilth.curate.sample import sample
from tilth.curate.sampling.at_random import draw, shares
from tilth.errors import UsageError
from tilth.formats import Dataset
from tilth.operation import Fields, Outcome


def numbers(folder: Path, count: int) -> Dataset:
    rows = [
        {"n": n, "kind": "even" if n % 2 == 0 else "odd" if n % 10 else "ten", "x": {"y": n % 3}} for n in range(count)
    ]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return Dataset.open(folder / "rows.jsonl", dialect="tilth")


def drawn(data: Dataset, rows: int, seed: int = 0, by: str = "") -> list[Any]:
    return [row for _, batch in draw(data, rows, seed, by) for row in batch.rows]


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


def scored(scores: Sequence[float | None], words: int = 3) -> Dataset:
    return Dataset.of(
        {"type": "text", "text": f"row{place} " + "word " * words, "meta": {} if score is None else {"q": score}}
        for place, score in enumerate(scores)
    )


def kept(outcome: Outcome) -> list[str]:
    return [record["text"].split()[0] for batch in outcome.kept.batches() for record in batch.records]


def test_the_best_rows_are_taken_and_the_others_say_what_they_lacked() -> None:
    outcome = sample(scored([3, 9, None, 5, 9, 1]), method="top", by="meta.q", rows=3)
    assert kept(outcome) == ["row1", "row3", "row4"]
    assert [aside.reason.detail for aside in outcome.set_aside] == [
        "meta.q is 3, and the rows taken have 5 or more",
        "meta.q is null",
        "meta.q is 1, and the rows taken have 5 or more",
    ]
    assert kept(sample(scored([3, 9, 1, 5]), method="top", by="-meta.q * 2", rows=1)) == ["row2"]


def test_a_budget_of_tokens_is_kept_and_filled_by_rows_that_fit() -> None:
    rows: list[Fields] = [{"type": "text", "text": "word " * n, "meta": {"q": n}} for n in (50, 30, 8, 8)]
    outcome = sample(Dataset.of(rows), method="top", by="meta.q", budget_tokens=60)
    assert outcome.facts["tokens"] == 58
    assert [aside.reason.detail for aside in outcome.set_aside] == [
        "meta.q is 30, and there was no room left for it",
        "meta.q is 8, and there was no room left for it",
    ]
    drawn_rows = sample(Dataset.of(rows), budget_tokens=17)
    assert drawn_rows.facts["tokens"] <= 17
    with pytest.raises(UsageError, match="a budget of tokens does not go with groups"):
        sample(Dataset.of(rows), budget_tokens=17, by="meta.q")
    with pytest.raises(UsageError, match="sample has no number to rank by"):
        sample(Dataset.of(rows), method="top")


def test_a_diverse_sample_has_one_row_of_every_kind() -> None:
    kinds = ["roses need pruning in spring", "invoices are sent by mail", "quantum fields vibrate"]
    rows = [{"type": "text", "text": f"{kind} {'again ' * (place % 2)}"} for place in range(20) for kind in kinds[:1]]
    rows += [{"type": "text", "text": kind} for kind in kinds[1:]]
    outcome = sample(Dataset.of(rows), method="diverse", rows=3)
    assert {"invoices", "quantum"} < set(kept(outcome))
    assert outcome.rows_kept == 3 and outcome.facts["radius"] < 0.5


@pytest.mark.parametrize("size", [1, 7])
@pytest.mark.parametrize("options", [{"rows": 4}, {"method": "top", "by": "meta.q"}, {"method": "diverse", "rows": 5}])
def test_batches_of_any_size_give_the_same_sample(size: int, options: dict[str, Any]) -> None:
    data = scored([n % 7 for n in range(40)])
    chosen = sample.options(options)
    whole, cut = sample.run(data, chosen), sample.run(Rebatched(data, size), chosen)
    assert [(row.id, row.reason) for row in whole.set_aside] == [(row.id, row.reason) for row in cut.set_aside]


@pytest.mark.parametrize("method", ["random", "top", "diverse"])
@pytest.mark.parametrize("count", [0, 1])
def test_few_rows_are_all_taken(method: Any, count: int) -> None:
    outcome = sample(scored([1] * count), method=method, by="meta.q" if method == "top" else "")
    assert (outcome.rows_kept, len(outcome.set_aside)) == (count, 0)


def test_the_best_are_printed_in_the_order_of_the_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.jsonl").write_text("".join(json.dumps({"text": "x", "q": n % 5}) + "\n" for n in range(9)))
    assert run_words(["sample", str(tmp_path / "a.jsonl"), "--method", "top", "--by", "q", "-n", "3"]) == 0
    assert [json.loads(line)["q"] for line in capsys.readouterr().out.splitlines()] == [3, 4, 3]
