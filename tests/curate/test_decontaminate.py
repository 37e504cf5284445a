import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.curate.conftest import Rebatched
from tilth.curate.contamination.grams import Grams
from tilth.curate.contamination.stretches import stretches
from tilth.curate.contamination.units import Characters, Words
from tilth.curate.decontaminate import decontaminate
from tilth.errors import DataError, UsageError
from tilth.formats import Dataset
from tilth.operation import Reason

Benchmark = Callable[..., Path]
QUESTION = (
    "Mira picks 48 apples on Monday, half as many on Tuesday, and gives nine of them to her neighbour. "
    "How many apples does she have left at the end of the two days?"
)
SOLUTION = "On Tuesday she picks 48 / 2 = 24 apples. Together that is 48 + 24 = 72. She keeps 72 - 9 = 63."
OTHER = (
    "A tram leaves the depot every twelve minutes from six in the morning. How many trams have left by noon that day?"
)
LONG = "Notes from the allotment. " + " ".join(f"Row {row} was sown with beans in week {row}." for row in range(1, 60))


@pytest.fixture
def benchmark(tmp_path: Path) -> Benchmark:
    def made(rows: Sequence[Any], name: str = "bench.jsonl") -> Path:
        file = tmp_path / name
        file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return file

    return made


def of_texts(texts: Sequence[str]) -> Dataset:
    return Dataset.of({"type": "text", "text": text} for text in texts)


def reasons(file: Path | Sequence[Path], texts: Sequence[str], **options: Any) -> list[Reason | None]:
    files = (file,) if isinstance(file, Path) else tuple(file)
    outcome = decontaminate(of_texts(texts), against=files, **options)
    aside = {one.origin.line: one.reason for one in outcome.set_aside if one.origin}
    return [aside.get(line) for line in range(1, len(texts) + 1)]


def test_an_item_is_found_copied_cut_recased_and_inside_a_long_text(benchmark: Benchmark) -> None:
    file = benchmark([{"question": OTHER, "answer": "36"}, {"question": QUESTION, "answer": SOLUTION}])
    shouted = QUESTION.upper().replace(",", " --").replace("?", "")
    cut = " ".join(QUESTION.split()[8:26])
    inside = f"{LONG} {QUESTION} {LONG}"
    copied, recased, part, long, answer, clean = reasons(file, [QUESTION, shouted, cut, inside, SOLUTION, LONG])
    assert copied and copied.score == 1
    assert recased and recased.score == 1
    assert part and part.score == pytest.approx(18 / 33, abs=1e-6)
    begin = len(LONG) + 1
    assert long and long.score == 1 and f"text {begin}:{begin + len(QUESTION)} Mira picks" in long.detail
    assert answer and "the answer of" in answer.detail
    assert clean is None


def test_the_reason_names_item_share_and_stretch(benchmark: Benchmark) -> None:
    file = benchmark([{"question": OTHER, "answer": "36"}, {"question": QUESTION, "answer": SOLUTION}])
    (reason,) = reasons(file, ["See: " + " ".join(QUESTION.split()[:20]) + " and so on."])
    assert reason and reason.code == "contaminated" and len(reason.against or "") == 32
    end = 5 + len(" ".join(QUESTION.split()[:20]))
    assert reason.detail.startswith(f"61% (20 words) of the prompt of {file}:2: text 5:{end} Mira picks 48")


def test_common_phrases_and_shared_words_are_no_contamination(benchmark: Benchmark) -> None:
    file = benchmark([{"question": QUESTION, "answer": SOLUTION}])
    twelve = " ".join(QUESTION.split()[:12])
    shuffled = QUESTION.split()
    random.Random(1).shuffle(shuffled)
    rows = [twelve, " ".join(shuffled), "How many apples does she have left?", "at the end of the two days", "63"]
    assert reasons(file, rows) == [None] * 5


def test_short_items_must_be_whole(benchmark: Benchmark) -> None:
    file = benchmark(
        [
            {"question": "Where is my card?", "answer": "yes"},
            {"question": "I ordered a card a week ago and it is not here", "answer": "card_arrival"},
            {"question": "Hello there", "answer": "Hi"},
        ]
    )
    rows = [
        "where is my card",
        "Where is my card? I waited for long.",
        "Thanks.\nWhere is my card?\nI waited.",
        "So I ordered a card a week ago and it is not here, said she.",
        "I ordered a card a week ago and it is",
        "yes",
        "card_arrival",
        "Hello there",
    ]
    found = reasons(file, rows)
    assert [reason is not None for reason in found] == [True, False, True, True, False, False, False, False]
    facts = decontaminate(of_texts(rows), against=(file,)).facts["benchmarks"][str(file)]
    assert facts["items"] == 3 and facts["items_not_looked_for"] == 1 and facts["items_hit"] == 2
    assert facts["rows"] == 3 and facts["hit"] == [f"{file}:1", f"{file}:2"]


def test_a_threshold_asks_for_more_of_the_item(benchmark: Benchmark) -> None:
    file = benchmark([{"question": QUESTION, "answer": "63"}])
    rows = [" ".join(QUESTION.split()[:15]), " ".join(QUESTION.split()[:25])]
    assert [reason is not None for reason in reasons(file, rows, threshold=0.6)] == [False, True]


def test_what_a_benchmark_says_in_every_item_is_its_template(benchmark: Benchmark) -> None:
    template = "Read the following question with care and choose the one best answer from the list given below."
    names = ["oak", "elm", "ash", "fir", "yew", "box", "bay", "fig", "gum", "may", "tea", "nut"]
    own = [
        f"{template} Which part of the {name} keeps the {name} upright in a storm of {n}?"
        for n, name in enumerate(names)
    ]
    file = benchmark([{"question": text, "answer": "A"} for text in own])
    on_template, on_item = reasons(file, [template + " Go.", own[3]])
    assert on_template is None
    assert on_item and on_item.score == 1
    assert reasons(file, [template + " Go."], common=50)[0] is not None


def test_an_item_that_stands_in_the_benchmark_many_times_is_no_template(benchmark: Benchmark) -> None:
    file = benchmark([{"question": QUESTION, "answer": "63"}] * 30)
    assert reasons(file, [QUESTION])[0] is not None
    assert decontaminate(of_texts([QUESTION]), against=(file,)).facts["benchmarks"][str(file)]["items_hit"] == 30


def test_characters_find_what_has_other_blanks_and_marks(benchmark: Benchmark) -> None:
    code = 'def left(picked, given):\n    """Apples left after some were given."""\n    return max(0, picked - given)\n'
    han = "小明星期一摘了四十八个苹果星期二摘了一半然后把其中的九个送给了邻居请问两天之后他还剩下多少个苹果呢"
    file = benchmark([{"question": code, "answer": ""}, {"question": han, "answer": ""}])
    squeezed = "x = 1; " + "".join(code.split())
    found = reasons(file, [squeezed, f"题目：{han[:25]}，\n{han[25:]}。", "return max(0, picked)"], method="char")
    assert [reason is not None for reason in found] == [True, True, False]
    assert found[0] and found[0].score == 1 and "text 7:" in found[0].detail


def test_embeddings_find_what_was_reworded(benchmark: Benchmark, tmp_path: Path) -> None:
    file = benchmark([{"question": QUESTION, "answer": "63"}])
    words = QUESTION.split()
    words[5::6] = ["then"] * len(words[5::6])
    near = " ".join(words)
    assert reasons(file, [near]) == [None]
    found = reasons(file, [near, OTHER, LONG, ""], method="semantic", threshold=0.6)
    assert [reason is not None for reason in found] == [True, False, False, False]
    assert found[0] and found[0].detail.startswith("cosine 0.")


def test_embeddings_find_an_item_inside_a_longer_text_and_say_where(benchmark: Benchmark) -> None:
    file = benchmark([{"question": QUESTION, "answer": "63"}])
    words = QUESTION.split()
    words[7::12] = ["then"] * len(words[7::12])
    near, around = " ".join(words), "The shop opens at nine on all days but one. Ask for the key at the desk. " * 6
    text = f"{around}\n{near}\n{around}"
    (found,) = reasons(file, [text], method="semantic")
    assert found
    start, stop = text.index(near), text.index(near) + len(near)
    place = found.detail.split(": text ")[1].split()[0]
    assert all(abs(one - other) <= 20 for one, other in zip(map(int, place.split(":")), (start, stop), strict=True))
    assert reasons(file, [around * 2], method="semantic") == [None]


@given(
    st.lists(st.sampled_from(["A word or two is here. ", "No end", "。", "\n", "Yes! ", "x" * 40])).map("".join),
    st.integers(1, 300),
)
def test_stretches_lie_in_the_text_and_are_no_longer_than_asked(text: str, longest: int) -> None:
    found = list(stretches(text, longest))
    assert len(set(found)) == len(found)
    assert all(0 <= start < stop <= len(text) and stop - start <= longest for start, stop in found)
    assert (0, len(text)) not in found


def test_fields_are_compared_as_asked(benchmark: Benchmark) -> None:
    file = benchmark([{"question": QUESTION, "answer": SOLUTION}])
    data = Dataset.of(
        [
            {"type": "instruction", "instruction": QUESTION, "output": "63"},
            {"type": "instruction", "instruction": "Solve it.", "output": SOLUTION},
        ]
    )

    def lines(**options: Any) -> list[int]:
        outcome = decontaminate(data, against=(file,), **options)
        return [one.origin.line for one in outcome.set_aside if one.origin]

    assert lines() == [1, 2]
    assert lines(by=("prompt",)) == [1]
    assert lines(by=("answer",)) == [2]
    assert lines(by=("output", "instruction")) == [1, 2]
    assert lines(items=("answer",)) == [2]


def test_a_file_in_a_shape_of_its_own_gives_all_its_texts(benchmark: Benchmark) -> None:
    rows = [{"task_id": "T/0", "statement": QUESTION, "canonical": SOLUTION, "level": 3}]
    file = benchmark(rows)
    assert [reason is not None for reason in reasons(file, [QUESTION, SOLUTION, "T/0"])] == [True, True, False]
    assert [reason is not None for reason in reasons(file, [QUESTION, SOLUTION], items=("canonical",))] == [False, True]
    with pytest.raises(DataError, match="no item of this benchmark has a text under riddle"):
        reasons(file, [QUESTION], items=("riddle",))


def test_several_benchmarks_are_told_apart(benchmark: Benchmark) -> None:
    one = benchmark([{"question": QUESTION, "answer": "63"}], "one.jsonl")
    two = benchmark([{"question": OTHER, "answer": "36"}, {"question": QUESTION, "answer": "63"}], "two.jsonl")
    outcome = decontaminate(of_texts([QUESTION, LONG]), against=(one, two))
    assert [found["items_hit"] for found in outcome.facts["benchmarks"].values()] == [1, 1]
    assert "and of" not in outcome.set_aside[0].reason.detail  # the same text twice is one text


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 9), st.sampled_from(["word", "char", "semantic"]))
def test_batch_size_changes_nothing(size: int, method: Any) -> None:
    import tempfile

    rows = [QUESTION, LONG, f"{OTHER} {QUESTION}", "", "é", OTHER.lower(), "Where is my card?"] * 2
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bench.jsonl"
        file.write_text("".join(json.dumps({"question": text, "answer": ""}) + "\n" for text in (QUESTION, OTHER)))
        whole = decontaminate(of_texts(rows), against=(file,), method=method)
        cut = decontaminate(Rebatched(of_texts(rows), size), against=(file,), method=method)
    assert whole.set_aside == cut.set_aside
    assert whole.facts == cut.facts


words = st.lists(st.sampled_from(["a", "b", "A", "c.", "-", "d e", "b'a", "ba"]), max_size=12).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(st.lists(words, min_size=1, max_size=4), st.lists(words, max_size=4), st.integers(2, 4), st.booleans())
def test_runs_are_those_of_a_plain_search(items: list[str], texts: list[str], size: int, by_word: bool) -> None:
    import re

    def plain(text: str) -> list[str]:
        return re.sub(r"[^a-z ]", "", text.lower()).split() if by_word else [c for c in text.lower() if c.isalnum()]

    grams = Grams(items, [False] * len(items), Words() if by_word else Characters(), size, 100)
    found = grams.find(texts)
    distinct = list(dict.fromkeys(tuple(plain(item)) for item in items if len(plain(item)) >= size))
    expected = {
        (owner, place, target, at)
        for owner, text in enumerate(texts)
        for target, item in enumerate(distinct)
        for place in range(len(plain(text)) - size + 1)
        for at in range(len(item) - size + 1)
        if tuple(plain(text)[place : place + size]) == item[at : at + size]
    }
    columns = (column.tolist() for column in (found.owner, found.place, found.target, found.at))
    assert set(zip(*columns, strict=True)) == expected


def test_equal_hashes_of_other_words_are_no_match(monkeypatch: pytest.MonkeyPatch) -> None:
    from tilth.curate.contamination import grams as module

    def same_for_all(_: Any, places: Any, length: int) -> Any:
        return np.zeros(len(places), np.uint64)

    monkeypatch.setattr(module._Hashed, "runs", same_for_all)
    found = Grams(["a b c d"], [True], Words(), 2, 100).find(["a c b d", "c d"])
    assert found.owner.tolist() == [1]


def test_without_rows_or_benchmarks_there_is_one_clear_answer(benchmark: Benchmark, tmp_path: Path) -> None:
    assert decontaminate(of_texts([]), against=(benchmark([{"question": QUESTION, "answer": ""}]),)).rows_in == 0
    with pytest.raises(UsageError, match="against"):
        decontaminate(of_texts(["a"]), against=())
    with pytest.raises(UsageError, match=r"nowhere\.jsonl"):
        decontaminate(of_texts(["a"]), against=(tmp_path / "nowhere.jsonl",))


def test_a_benchmark_with_other_items_is_another_recipe_step(benchmark: Benchmark) -> None:
    from tilth.recipes.fingerprint import step_key

    file = benchmark([{"question": QUESTION, "answer": ""}])
    options = decontaminate.options({"against": (file,)})
    before = step_key(decontaminate, options, [])
    benchmark([{"question": OTHER, "answer": ""}])
    assert step_key(decontaminate, options, []) != before
