"""ROUGE-L is what its definition says, and the pool finds what the full comparison finds."""

import json
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tilth.generators.novelty import NoveltyPool
from tilth.generators.rouge import f1, rouge_l
from tilth.generators.tokens import words

SHARED = Path(__file__).parents[3] / "shared" / "data" / "rouge"
few_words = st.lists(st.sampled_from("abcde"), max_size=12)
texts = st.lists(st.sampled_from(["sow", "the", "seed", "in", "a", "deep", "row"]), max_size=14).map(" ".join)


def definition(left: list[str], right: list[str]) -> float:
    """F1 of precision and recall over the longest common subsequence, by the plain recursion."""

    @cache
    def longest(i: int, j: int) -> int:
        if not i or not j:
            return 0
        if left[i - 1] == right[j - 1]:
            return longest(i - 1, j - 1) + 1
        return max(longest(i - 1, j), longest(i, j - 1))

    common = longest(len(left), len(right))
    if not common:
        return 0.0
    precision, recall = common / len(left), common / len(right)
    return 2 * precision * recall / (precision + recall)


@given(few_words, few_words)
def test_f1_equals_its_definition(left: list[str], right: list[str]) -> None:
    assert f1(left, right) == pytest.approx(definition(left, right), abs=1e-12)
    assert f1(left, right) == f1(right, left)


def test_known_values_of_the_published_scorer() -> None:
    assert rouge_l("testing one two", "testing one") == 0.8
    assert rouge_l("testing one two", "testing two") == 0.8
    assert rouge_l("testing one two", "") == 0.0


@pytest.mark.skipif(not SHARED.is_dir(), reason="the published reference values are not here")
def test_agrees_with_the_perl_implementation() -> None:
    expected = json.loads((SHARED / "expected.json").read_text())
    pairs = [(SHARED / name).read_text().splitlines() for name in ("target.txt", "prediction.txt")]
    for line in expected["lines"]:
        if line["type"] == "rougeL" and not line["stem"]:
            # The published F is computed from rounded parts.
            assert rouge_l(pairs[0][line["line"]], pairs[1][line["line"]]) == pytest.approx(line["f"], abs=2e-5)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the published texts are not here")
def test_long_texts_equal_the_definition() -> None:
    targets, predictions = [
        (SHARED / name).read_text().splitlines()[:15] for name in ("target_large.txt", "prediction_large.txt")
    ]
    for target, prediction in zip(targets, predictions, strict=True):
        assert rouge_l(target, prediction) == pytest.approx(definition(words(target), words(prediction)), abs=1e-12)


def test_words_are_those_of_the_published_tokeniser_and_other_scripts_have_words_too() -> None:
    assert words("Don't_stop: 3 x-rays!") == ["don", "t", "stop", "3", "x", "rays"]
    assert words("Wie heißt du?") == ["wie", "heißt", "du"]
    assert words("庭に種をまく") == list("庭に種をまく")


@settings(max_examples=150)
@given(st.lists(texts, max_size=12), texts, st.sampled_from([0.0, 0.3, 0.5, 0.7, 0.9, 1.0]))
def test_pool_finds_what_the_full_comparison_finds(known: list[str], text: str, threshold: float) -> None:
    pool = NoveltyPool(threshold)
    for one in known:
        pool.add(one)
    scores = [f1(words(text), words(one)) for one in known]
    found = pool.nearest(text)
    best = max(scores, default=0.0)
    if best > threshold:
        assert found is not None
        assert (found.score, found.number) == (best, scores.index(best))
    else:
        assert found is None


def test_exactly_the_threshold_is_still_new() -> None:
    pool = NoveltyPool(0.7)
    pool.add("a b c d e f g h i j")
    assert rouge_l("a b c d e f g x y z", "a b c d e f g h i j") == 0.7
    assert pool.nearest("a b c d e f g x y z") is None
    assert pool.nearest("a b c d e f g h y z") is not None
