import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilth.curate.histogram import histogram
from tilth.curate.stats import describe
from tilth.formats import Dataset
from tilth.operation import Fields


def test_counts_are_those_of_the_rows() -> None:
    ticket = {"type": "classification", "text": "where is it", "label": "delivery"}
    rows = [ticket, ticket, {"type": "instruction", "instruction": "Say hello", "output": " "}]
    found = describe(Dataset.of(rows))
    assert found.rows == 3
    assert found.types == {"classification": 2, "instruction": 1}
    assert found.labels == {"delivery": 2}
    assert found.distinct_records == 2
    assert found.duplicate_share == pytest.approx(1 / 3)
    assert found.empty_answers == 1
    assert found.fields["label"] == 2
    assert found.lengths["prompt_words"].quantiles["1"] == 3
    assert found.as_json()["lengths"]["prompt_words"]["unit"] == "words"


def test_labels_of_classes_and_entities_are_counted() -> None:
    entities = [{"start": 0, "end": 3, "label": "NAME"}]
    rows: list[Fields] = [
        {"type": "ner", "text": "Ada", "entities": entities},
        {"type": "classification", "text": "x", "labels": ["a", "b"]},
    ]
    assert describe(Dataset.of(rows)).labels == {"NAME": 1, "a": 1, "b": 1}


def test_the_table_fits_80_columns_and_shows_hostile_labels_as_they_are() -> None:
    rows = [{"type": "classification", "text": "x " * 2000, "label": "[red]\x1b[31m " + "long " * 40}] * 1200
    text = describe(Dataset.of(rows)).table(width=80)
    assert "\x1b" not in text
    assert "[red]␛[31m" in text
    assert max(map(len, text.splitlines())) <= 80
    assert "1,200 rows" in text


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_no_number_is_cut_on_a_narrow_terminal(width: int) -> None:
    rows = [
        {"type": "classification", "text": "x " * (n * 7), "label": f"label number {n % 30}"} for n in range(1, 1300)
    ]
    found = describe(Dataset.of(rows))
    text = found.table(width=width)
    assert max(map(len, text.splitlines())) <= width
    for number in ("1,299", "100.0%", f"{found.lengths['text_words'].quantiles['1']:,.0f}"):
        assert number in text
    assert "…" not in text.replace("label number", "")


def test_labels_are_counted_as_often_as_they_are_there() -> None:
    entities = [{"start": n, "end": n + 1, "label": "A"} for n in range(3)]
    found = describe(Dataset.of([{"type": "ner", "text": "abc", "entities": entities}]))
    assert (found.labels, found.all_labels, found.distinct_labels) == ({"A": 3}, 3, 1)
    assert "times" in found.table(width=80) and "300.0%" not in found.table(width=80)


def test_fields_of_a_nested_file_are_those_of_its_records(tmp_path: Path) -> None:
    question = {"id": "q", "question": "Who?", "answers": [{"text": "Ann", "answer_start": 0}]}
    nested = {"data": [{"title": "T", "paragraphs": [{"context": "Ann came.", "qas": [question] * 2}]}]}
    (tmp_path / "nested.json").write_text(json.dumps(nested))
    assert {"question", "answers", "context"} <= set(describe(Dataset.open(tmp_path / "nested.json")).fields)


def test_no_rows_are_described_too() -> None:
    found = describe(Dataset.of([]))
    assert (found.rows, found.duplicate_share) == (0, 0.0)
    assert "0 rows" in found.table()


def test_fields_that_hold_numbers_are_measured_and_names_are_not() -> None:
    rows = [
        {"type": "text", "text": "a", "extra": {"price": price, "sku": sku, "size": size, "ok": True}}
        for price, sku, size in (("4.50", "007", 3), ("", "008", 4), ("12", "9", "large"))
    ]
    numbers = describe(Dataset.of(rows)).numbers
    assert list(numbers) == ["price"]
    assert (numbers["price"].rows, numbers["price"].mean) == (2, 8.25)


def test_scores_written_beside_rows_are_measured() -> None:
    rows = [{"type": "text", "text": "a", "meta": {"quality": {"score": score}}} for score in (10, 20, 60)]
    assert describe(Dataset.of(rows)).numbers["meta.quality.score"].mean == 30


@given(st.lists(st.floats(-1e12, 1e12, allow_nan=False), min_size=1, max_size=60))
def test_every_value_is_in_a_histogram_once(values: list[float]) -> None:
    found = histogram(values, is_whole=False)
    assert sum(found.counts) + found.above == len(values)
    # Of a number near to nothing it may begin at nothing.
    assert found.start <= min(values) + 1e-6 * max(abs(min(values)), found.width)
    assert len(found.blocks(10)) <= 10
    assert (" " * len(found.blocks()) != found.blocks()) == bool(sum(found.counts))
