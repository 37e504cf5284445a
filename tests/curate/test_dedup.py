import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.curate.conftest import Rebatched, plain_jaccard
from tilth.curate.dedup import dedup
from tilth.errors import UsageError
from tilth.formats import Dataset
from tilth.operation import Outcome

Texts = Callable[[Sequence[str]], Dataset]

# Few words and small texts, so that near-duplicates, repeats, short and empty texts are all frequent.
corpora = st.lists(
    st.lists(st.sampled_from(["a", "b", "c", "D", "e-f", "!"]), max_size=9).map(" ".join), min_size=1, max_size=25
)
thresholds = st.sampled_from([0.3, 0.5, 0.7, 0.8, 1.0])


def of_texts(rows: Sequence[str]) -> Dataset:
    return Dataset.of({"type": "text", "text": text} for text in rows)


def lines(outcome: Outcome) -> tuple[list[int], dict[int, int]]:
    """Lines kept, and for each line set aside the line of its witness (from the words of the reason)."""
    aside = {one.origin.line: int(one.reason.detail.rsplit(":", 1)[1]) for one in outcome.set_aside if one.origin}
    return [line for line in range(1, outcome.rows_in + 1) if line not in aside], aside


@settings(max_examples=100, deadline=None)
@given(corpora, thresholds, st.sampled_from(["first", "longest"]))
def test_a_row_goes_if_and_only_if_it_reaches_the_threshold_with_a_kept_row(
    rows: list[str], threshold: float, keep: Any
) -> None:
    outcome = dedup(of_texts(rows), threshold=threshold, keep=keep)
    kept, aside = lines(outcome)
    for one in outcome.set_aside:
        assert one.origin is not None
        witness = aside[one.origin.line]
        assert witness in kept
        assert one.reason.score == plain_jaccard(rows[one.origin.line - 1], rows[witness - 1]) >= threshold
    for index, one_line in enumerate(kept):
        for other in kept[:index]:
            assert plain_jaccard(rows[one_line - 1], rows[other - 1]) < threshold


@settings(max_examples=40, deadline=None)
@given(corpora, thresholds, st.integers(1, 7))
def test_batch_size_changes_nothing(rows: list[str], threshold: float, size: int) -> None:
    data = of_texts(rows)
    whole, cut = dedup(data, threshold=threshold), dedup(Rebatched(data, size), threshold=threshold)
    assert whole.set_aside == cut.set_aside
    assert whole.facts == cut.facts


@settings(max_examples=40, deadline=None)
@given(corpora)
def test_minhash_decides_by_true_similarity_too(rows: list[str]) -> None:
    outcome = dedup(of_texts(rows), method="minhash")
    _, aside = lines(outcome)
    for one in outcome.set_aside:
        assert one.origin is not None
        assert one.reason.score == plain_jaccard(rows[one.origin.line - 1], rows[aside[one.origin.line] - 1])


def planted(count: int, seed: int = 1, words: int = 4000) -> list[str]:
    """Random texts, every fifth a copy of an earlier one with a word or two exchanged."""
    rng = random.Random(seed)
    vocabulary = ["".join(rng.choices("abcdefghij", k=6)) for _ in range(words)]
    rows: list[str] = []
    for position in range(count):
        if position % 5 == 4:
            copied = rng.choice(rows).split()
            for _ in range(rng.randint(0, 2)):
                copied[rng.randrange(len(copied))] = rng.choice(vocabulary)
            rows.append(" ".join(copied))
        else:
            rows.append(" ".join(rng.choices(vocabulary, k=rng.randint(20, 60))))
    return rows


def test_minhash_finds_what_the_exact_join_finds() -> None:
    data = of_texts(planted(3000))
    join, minhash = dedup(data), dedup(data, method="minhash")
    assert len(join.set_aside) > 300
    assert len(minhash.set_aside) >= 0.995 * len(join.set_aside)
    assert {one.origin for one in minhash.set_aside} <= {one.origin for one in join.set_aside}
    assert minhash.facts["bands"] * minhash.facts["band_rows"] <= 128
    assert minhash.facts["s_curve"]["0.80"] >= 0.999


def test_results_do_not_depend_on_how_many_pairs_are_held_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from tilth.curate.similarity import likeness, sets, sweep

    data = of_texts([f"{row % 7} common words that all of these rows share and {row // 3} more" for row in range(400)])
    usual = dedup(data, threshold=0.6)
    monkeypatch.setattr(sweep, "_PAIR_BUDGET", 50)
    monkeypatch.setattr(sets, "_PAIR_SHINGLES", 40)
    assert dedup(data, threshold=0.6).set_aside == usual.set_aside
    monkeypatch.setattr(likeness, "_MANY_PAIRS", 0)
    assert dedup(data, threshold=0.6).set_aside == usual.set_aside


def test_a_chain_loses_only_rows_with_a_kept_witness(texts: Texts, jaccard: Callable[..., float]) -> None:
    words = [f"w{number}" for number in range(60)]
    chain = [" ".join([*words[step:], *(f"n{number}" for number in range(step))]) for step in range(30)]
    outcome = dedup(texts(chain))
    kept, aside = lines(outcome)
    assert jaccard(chain[0], chain[-1]) < 0.5 < 0.8 < jaccard(chain[3], chain[4])
    assert len(kept) > 3  # connected components would keep one
    assert all(jaccard(chain[line - 1], chain[witness - 1]) >= 0.8 for line, witness in aside.items())


def test_a_shared_prefix_takes_nothing_along(texts: Texts) -> None:
    rng = random.Random(5)
    prefix = " ".join(f"dear customer number {place}" for place in range(10))
    rows = [f"{prefix} " + " ".join(str(rng.random()) for _ in range(20)) for _ in range(2000)]
    outcome = dedup(texts([*rows, rows[17]]))
    assert [(one.origin.line, one.reason.code) for one in outcome.set_aside if one.origin] == [
        (2001, "exact-duplicate")
    ]


def test_all_identical_rows_leave_one(texts: Texts) -> None:
    outcome = dedup(texts(["The very same words in every row."] * 5000))
    assert outcome.rows_kept == 1
    assert {one.reason.code for one in outcome.set_aside} == {"exact-duplicate"}
    assert outcome.set_aside[0].reason.detail == "same text as records:1"
    assert outcome.facts["warnings"] == [
        "records:1 alone is the reason for 4999 removals, 100% of all: look whether these rows "
        "are repeats or share a template"
    ]


def test_identical_rows_name_the_place_of_the_first(texts: Texts) -> None:
    (one,) = dedup(texts(["kept as it is", "another row", "kept as it is"])).set_aside
    assert (one.origin and one.origin.line, one.reason.against) == (3, one.id)
    assert one.reason.detail == "same text as records:1"


def test_equal_texts_after_normalisation_are_exact_duplicates(texts: Texts) -> None:
    rows = ["Café au lait, please", "CAFE\u0301  au lait,\nplease", "Café au lait please"]
    assert [one.reason.code for one in dedup(texts(rows), method="exact").set_aside] == ["exact-duplicate"]
    assert len(dedup(texts(rows), method="exact", normalize=()).set_aside) == 0
    everything = dedup(texts(rows), method="exact", normalize=("unicode", "case", "space", "punctuation"))
    assert len(everything.set_aside) == 2
    assert [one.reason.code for one in dedup(texts(rows)).set_aside] == ["exact-duplicate", "near-duplicate"]


def test_copies_of_a_row_that_goes_name_a_kept_witness(texts: Texts) -> None:
    kept = "one two three four five six seven eight nine ten eleven twelve"
    near = kept + " thirteen"
    outcome = dedup(texts([kept, near, near]))
    assert [one.reason.detail.rsplit(" ", 1)[1] for one in outcome.set_aside] == ["records:1", "records:1"]
    assert [one.reason.code for one in outcome.set_aside] == ["near-duplicate", "near-duplicate"]


def test_keep_longest_keeps_the_longer_of_two(texts: Texts) -> None:
    short = "one two three four five six seven eight nine ten eleven twelve"
    rows = [short, "something else entirely is said here", short + " thirteen"]
    assert lines(dedup(texts(rows), keep="first")) == ([1, 2], {3: 1})
    assert lines(dedup(texts(rows), keep="longest")) == ([2, 3], {1: 3})


def test_texts_without_words_are_compared_as_they_stand(texts: Texts) -> None:
    assert lines(dedup(texts(["", "!!!", "  ", "???", "!!!", "a", "A"]))) == ([1, 2, 4, 6], {3: 1, 5: 2, 7: 6})


def test_short_texts_are_compared_by_their_words(texts: Texts) -> None:
    assert lines(dedup(texts(["reset password", "password, reset", "reset account"]))) == ([1, 3], {2: 1})


def test_a_row_without_the_part_is_never_a_repeat() -> None:
    ner = {"type": "ner", "text": "Ada", "entities": []}
    outcome = dedup(Dataset.of([ner, ner, {"type": "classification", "text": "x", "label": "Ada"}]), by="answer")
    assert outcome.rows_kept == 3
    assert outcome.facts["rows_without_text"] == 2


def test_only_the_named_part_is_compared() -> None:
    rows = [
        {"type": "instruction", "instruction": f"question {place} about it", "output": "the same answer to all"}
        for place in "abc"
    ]
    assert dedup(Dataset.of(rows), by="answer").rows_kept == 1
    assert dedup(Dataset.of(rows), by="output").rows_kept == 1
    assert dedup(Dataset.of(rows), by="prompt").rows_kept == 3
    with pytest.raises(UsageError, match="outptu"):
        dedup(Dataset.of(rows), by="outptu")


@pytest.mark.parametrize("method", ["exact", "join", "minhash"])
def test_one_row_and_no_rows_are_right(method: Any, texts: Texts) -> None:
    assert dedup(texts(["alone"]), method=method).rows_kept == 1
    assert dedup(texts([]), method=method).rows_in == 0


def test_characters_suit_scripts_without_blanks(texts: Texts) -> None:
    rows = [
        "我想取消昨天下的订单因为地址写错了请帮我处理一下谢谢",
        "我想取消昨天下的订单因为地址写错了请帮我处理一下谢谢您",
    ]
    assert dedup(texts(rows)).rows_kept == 2
    assert dedup(texts(rows), unit="char").rows_kept == 1


def test_very_long_texts_are_compared(texts: Texts) -> None:
    rng = random.Random(2)
    words = [str(rng.random()) for _ in range(10_000)]
    assert lines(dedup(texts([" ".join(words), " ".join(words[:9000]), " ".join(words[:7000])]))) == ([1, 3], {2: 1})


def test_planted_articles_are_found_and_nothing_else(shared_data: Path) -> None:
    folder = shared_data / "minhash_articles_share"
    rows = [line.split(" ", 1) for line in (folder / "articles_100.train").read_text("utf-8").splitlines()]
    truth = {frozenset(line.split()) for line in (folder / "articles_100.truth").read_text("utf-8").splitlines()}
    outcome = dedup(of_texts([text for _, text in rows]))
    _, aside = lines(outcome)
    assert {frozenset((rows[line - 1][0], rows[witness - 1][0])) for line, witness in aside.items()} == truth


def test_options_are_checked_in_words() -> None:
    with pytest.raises(UsageError, match="dedup: threshold is 7"):
        dedup(of_texts(["a"]), threshold=7)
