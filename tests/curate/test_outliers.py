import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.curate.conftest import Rebatched
from tilth.curate.fields import number_in
from tilth.curate.outliers import OutliersOptions, outliers
from tilth.curate.signals import signal_named, signals
from tilth.errors import MissingExtraError, UsageError
from tilth.formats import Dataset
from tilth.operation import Fields


def answers(lengths: list[int]) -> Dataset:
    return Dataset.of({"type": "instruction", "instruction": "ask", "output": "w " * length} for length in lengths)


def usual(rows: int = 200) -> list[int]:
    rng = random.Random(1)
    return [rng.randint(20, 60) for _ in range(rows)]


def set_aside(data: Any, **options: Any) -> list[int]:
    return [one.origin.line for one in outliers(data, **options).set_aside if one.origin]


def test_the_reason_shows_the_arithmetic() -> None:
    (one,) = outliers(answers([*usual(), 3000]), scale="linear").set_aside
    q1, q3 = np.percentile([*usual(), 3000], [25, 75])
    assert one.reason.code == "outlier"
    assert one.reason.score == pytest.approx((3000 - q3) / (q3 - q1))
    bound = q3 + 3 * (q3 - q1)
    assert one.reason.detail == f"answer_words 3000 is above {bound:.4g} (Q3 {q3:.4g} + 3 x IQR {q3 - q1:.4g})"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 500), min_size=1, max_size=40), st.sampled_from(["high", "low", "both"]))
def test_iqr_verdicts_are_those_of_the_definition(lengths: list[int], side: Any) -> None:
    q1, q3 = np.percentile(lengths, [25, 75])
    expected = [
        line
        for line, length in enumerate(lengths, 1)
        if len(lengths) >= 8
        and q3 > q1
        and ((side != "low" and length > q3 + 1.5 * (q3 - q1)) or (side != "high" and length < q1 - 1.5 * (q3 - q1)))
    ]
    found = set_aside(answers(lengths), signals=("answer_words",), factor=1.5, side=side, scale="linear")
    assert found == expected


def test_mad_sees_through_many_outliers_that_move_the_quartiles() -> None:
    data = answers([*usual(100), *[4000] * 40])
    assert set_aside(data, method="iqr", scale="linear") == []
    assert set_aside(data, method="mad", scale="linear") == list(range(101, 141))


def test_log_scale_sees_what_is_too_short_among_long_texts() -> None:
    data = answers([*usual(), 1])
    assert set_aside(data, scale="linear", factor=2) == []
    assert set_aside(data, scale="log", factor=2) == [201]


def test_rows_are_compared_with_their_own_kind() -> None:
    long: list[Fields] = [{"type": "text", "text": "w " * (900 + place)} for place in range(100)]
    short: list[Fields] = [
        {"type": "classification", "text": "w " * (5 + place % 5), "label": "x"} for place in range(400)
    ]
    assert set_aside(Dataset.of([*long, *short]), signals=("text_words",)) == []
    assert len(set_aside(Dataset.of([*long, *short]), signals=("text_words",), group="")) == 100


def test_no_spread_and_few_rows_give_no_fence_and_say_so() -> None:
    outcome = outliers(answers([10] * 50 + [5000]))
    assert outcome.set_aside == []
    assert outcome.facts["signals"]["answer_words"]["fences"]["instruction"]["no_fence"] == "most values are equal"
    few = outliers(answers([1, 2, 3, 9000])).facts["signals"]["answer_words"]["fences"]["instruction"]
    assert few["no_fence"] == "fewer than 8 values"
    assert outliers(answers([])).rows_in == 0


def test_a_row_without_the_part_has_no_value() -> None:
    rows: list[Fields] = [{"type": "ner", "text": "Ada", "entities": []}] * 20
    outcome = outliers(Dataset.of(rows), signals=("answer_words",))
    assert outcome.set_aside == []
    assert outcome.facts["signals"]["answer_words"]["fences"]["ner"]["rows"] == 0


def test_histograms_count_every_row_before_and_every_kept_row_after() -> None:
    outcome = outliers(answers([*usual(), 3000, 2]))
    for signal in outcome.facts["signals"].values():
        assert sum(signal["histogram"]["before"]) == outcome.rows_in
        assert sum(signal["histogram"]["after"]) == outcome.rows_kept


def test_z_counts_standard_deviations() -> None:
    lengths = [*usual(), 3000]
    (one,) = outliers(answers(lengths), signals=("answer_words",), method="z", scale="linear").set_aside
    assert one.reason.score == pytest.approx((3000 - np.mean(lengths)) / np.std(lengths))
    assert "mean" in one.reason.detail and "SD" in one.reason.detail


def test_an_isolation_forest_finds_what_is_odd_only_in_combination() -> None:
    pytest.importorskip("sklearn")
    rng = random.Random(3)
    rows: list[Fields] = []
    for _ in range(300):
        size = rng.randint(1, 100)
        rows.append({"type": "text", "text": "w", "extra": {"height": size, "weight": size * 3 + rng.randint(0, 5)}})
    rows.append({"type": "text", "text": "w", "extra": {"height": 95, "weight": 8}})
    data, fields = Dataset.of(rows), ("height", "weight")
    assert set_aside(data, fields=fields) == []  # each number alone is usual
    outcome = outliers(data, fields=fields, method="isolation-forest")
    one = max(outcome.set_aside, key=lambda aside: aside.reason.score or 0)
    assert one.origin is not None and one.origin.line == 301
    assert one.reason.score is not None and 0.65 <= one.reason.score <= 1
    assert len(outcome.set_aside) < 10
    assert "farthest out: " in one.reason.detail
    again = outliers(Rebatched(data, 7), fields=fields, method="isolation-forest")
    assert again.set_aside == outcome.set_aside
    few = outliers(Dataset.of(rows[:3]), fields=fields, method="isolation-forest")
    assert few.set_aside == []


def test_a_missing_extra_of_the_forest_names_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tilth.curate.outliers.find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match=r"pip install 'tilth\[quality\]'"):
        outliers(answers([1]), method="isolation-forest")


def test_neighbours_find_the_text_that_resembles_no_other() -> None:
    things = ["spade", "rake", "hoe", "fork", "shears", "barrow", "hose", "trowel"]
    texts = [f"The {a} stands behind the {b} in the shed." for a in things for b in things]
    odd = "Quarterly dividends were reinvested abroad."
    data = Dataset.of([{"type": "text", "text": text} for text in [*texts, odd, ""]])
    outcome = outliers(data, method="knn", neighbours=3)
    (one,) = outcome.set_aside
    assert one.row["text"] == odd
    assert one.reason.detail.startswith("neighbour_distance ")
    assert outliers(Rebatched(data, 5), method="knn", neighbours=3).set_aside == outcome.set_aside
    assert outliers(Dataset.of([]), method="knn").rows_in == 0


@pytest.mark.parametrize(
    ("value", "number"),
    [("12.50", 12.5), (3, 3.0), (" 7 ", 7.0), ("1_000", None), ("", None), ("inf", None), (True, None), ([1], None)],
)
def test_a_field_is_a_number_when_it_is_or_spells_one(value: object, number: float | None) -> None:
    found = number_in(value)
    assert (found == number) if number is not None else found != found


def test_many_groups_cost_one_sort_and_do_not_fill_the_facts() -> None:
    rows: list[Fields] = [{"type": "classification", "text": "w", "label": str(place)} for place in range(5000)]
    facts = outliers(Dataset.of(rows), signals=("text_words",), group="label").facts["signals"]["text_words"]
    assert facts["groups"] == 5000
    assert len(facts["fences"]) == 50
    assert facts["fences"]["0"]["no_fence"] == "fewer than 8 values"


def test_batches_do_not_matter() -> None:
    data = answers([*usual(), 3000, 1])
    assert outliers(data).set_aside == outliers(Rebatched(data, 7)).set_aside


def test_a_signal_declared_once_is_an_option_value_with_docs() -> None:
    names = OutliersOptions.model_json_schema()["properties"]["signals"]["items"]["enum"]
    assert names == list(signals())
    assert all(signal.summary.endswith(".") and signal.unit for signal in signals().values())
    with pytest.raises(UsageError, match="try answer_words"):
        outliers(answers([1]), signals=("answer_word",))
    with pytest.raises(UsageError, match="name at least one signal"):
        outliers(answers([1]), signals=())


@pytest.mark.parametrize(
    ("name", "prompt", "answer", "value"),
    [
        ("prompt_chars", "héllo", "", 5),
        ("answer_chars", "", "a😀", 2),
        ("answer_words", "", " one  two\nthree ", 3),
        ("answer_prompt_ratio", "ab", "abcd", 2),
        ("answer_prompt_ratio", "", "abcd", 4),
        ("type_token_ratio", "", "A a b c", 0.75),
        ("repetition", "", "a b c a b c", 0.25),
        ("repetition", "", "one", 0),
        ("symbol_share", "", "a! b?", 0.5),
        ("uppercase_share", "", "Ab12", 0.5),
        ("digit_share", "", "1 a", 0.5),
        ("prompt_overlap", "red green", "Red blue", 0.5),
        ("type_token_ratio", "", "", None),
        ("compression_ratio", "", "short", None),
    ],
)
def test_signals_measure_what_they_say(name: str, prompt: str, answer: str, value: float | None) -> None:
    (batch,) = Dataset.of([{"type": "instruction", "instruction": prompt, "output": answer}]).batches()
    (found,) = signal_named(name).measure(batch).tolist()
    assert found == pytest.approx(value) if value is not None else found != found
