"""`filter`: every row comes out, kept or set aside, and the reason says what decided."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.curate.conftest import Rebatched
from tilth.cli.border import run as run_words
from tilth.curate.filter import filter
from tilth.errors import UsageError
from tilth.formats import Dataset

ROWS: list[dict[str, Any]] = [
    {"type": "instruction", "instruction": f"Ask {n}", "output": "so " * n, "meta": {"n": n}} for n in range(10)
]


def test_the_reason_names_the_condition_that_decided_and_what_it_saw() -> None:
    outcome = filter(Dataset.of(ROWS), keep="answer_words > 2 and meta.n != 5", drop="meta.n > 7 or meta.n == 4")
    assert (outcome.rows_in, outcome.rows_kept) == (10, 3)
    assert [(aside.reason.code, aside.reason.detail) for aside in outcome.set_aside] == [
        ("not-kept", "answer_words > 2 is false: answer_words is 0"),
        ("not-kept", "answer_words > 2 is false: answer_words is 1"),
        ("not-kept", "answer_words > 2 is false: answer_words is 2"),
        ("dropped", "meta.n == 4 is true: meta.n is 4"),
        ("not-kept", "meta.n != 5 is false: meta.n is 5"),
        ("dropped", "meta.n > 7 is true: meta.n is 8"),
        ("dropped", "meta.n > 7 is true: meta.n is 9"),
    ]


def test_what_is_unknown_is_neither_kept_nor_dropped() -> None:
    rows = [*ROWS[:2], {"type": "instruction", "instruction": "?", "output": "!"}]
    kept = filter(Dataset.of(rows), keep="meta.n >= 0")
    assert [aside.reason.detail for aside in kept.set_aside] == ["meta.n >= 0 is null: meta.n is null"]
    assert filter(Dataset.of(rows), drop="meta.n >= 0").rows_kept == 1


def test_a_name_that_no_row_has_is_refused_and_one_in_meta_is_warned_of() -> None:
    with pytest.raises(UsageError, match="no row has a field anser\n  try  answer"):
        filter(Dataset.of(ROWS), keep='anser == "x"')
    outcome = filter(Dataset.of(ROWS), drop="meta.flagged")
    assert outcome.rows_kept == 10
    assert outcome.facts["warnings"] == ["no row has meta.flagged: it was null in `meta.flagged`"]


@pytest.mark.parametrize("size", [1, 3, 100])
def test_batches_of_any_size_give_the_same(size: int, rebatched: Callable[[Dataset, int], Rebatched]) -> None:
    options = filter.options({"keep": "meta.n < 8", "drop": 'contains(answer, "so so so so")'})
    whole = filter.run(Dataset.of(ROWS), options)
    cut = filter.run(rebatched(Dataset.of(ROWS), size), options)
    assert [row.reason for row in whole.set_aside] == [row.reason for row in cut.set_aside]


@pytest.mark.parametrize("rows", [[], [{"type": "text", "text": ""}], [{"type": "text", "text": "word " * 10_000}] * 3])
def test_few_empty_and_long_rows_are_judged(rows: list[dict[str, Any]]) -> None:
    outcome = filter(Dataset.of(rows), keep="text_words > 9000")
    assert outcome.rows_in == len(rows)
    assert outcome.rows_kept == sum(len(row["text"]) > 10 for row in rows)


def test_a_filter_without_a_condition_is_refused() -> None:
    with pytest.raises(UsageError, match="filter has no condition"):
        filter(Dataset.of(ROWS))


def test_csv_is_text_until_it_is_called_a_number(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "shop.csv"
    file.write_text("instruction,output,price\nhat,red,9\nbag,blue,12\n")
    out = tmp_path / "out.csv"
    assert run_words(["filter", str(file), "-o", str(out), "--keep", "price > 10"]) == 1
    assert "shop.csv:2: price is text here, and > compares it with a number" in capsys.readouterr().err
    assert run_words(["filter", str(file), "-o", str(out), "--keep", "number(price) > 10"]) == 0
    assert out.read_text() == "instruction,output,price\nbag,blue,12\n"
    (aside,) = (tmp_path / "out.csv.set-aside.jsonl").read_text().splitlines()
    assert json.loads(aside)["detail"] == "number(price) > 10 is false: number(price) is 9"


def test_a_mistake_in_an_expression_is_shown_under_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_words(["filter", "none.jsonl", "-o", "-", "--keep", 'len(answer) > "5"']) == 2
    lines = capsys.readouterr().err.splitlines()
    assert lines[1:3] == ['  len(answer) > "5"', "              ^"]
