import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.curate.conftest import Rebatched
from tilth.curate.contradictions import contradictions
from tilth.curate.contradictory.words import spelt_alike
from tilth.errors import UsageError
from tilth.formats import Dataset
from tilth.operation import Fields

LONG = "we walked along the river for an hour and then turned back because the path was under water"


def asked(question: str, *answers: str) -> list[Fields]:
    return [{"type": "instruction", "instruction": question, "output": answer} for answer in answers]


def labelled(*rows: tuple[str, str]) -> list[Fields]:
    return [{"type": "classification", "text": text, "label": label} for text, label in rows]


def lines(rows: list[Fields], **options: Any) -> list[int]:
    return [one.origin.line for one in contradictions(Dataset.of(rows), **options).set_aside if one.origin]


def test_another_label_for_the_same_text_is_set_aside_with_the_row_that_it_contradicts() -> None:
    data = Dataset.of(labelled((LONG, "walk"), ("a boat", "sail"), (LONG.upper() + ".", "swim")))
    (aside,) = contradictions(data).set_aside
    assert (aside.origin and aside.origin.line, aside.reason.code, aside.reason.score) == (3, "contradiction", 1.0)
    assert aside.reason.against == next(data.batches()).ids[0]
    assert "'swim' here, 'walk' there" in aside.reason.detail


def test_the_answer_that_most_rows_give_stays_wherever_it_stands() -> None:
    assert lines(labelled((LONG, "swim"), (LONG, "walk"), (LONG, "walk"))) == [1]


def test_rows_with_one_label_that_are_near_each_other_support_each_other() -> None:
    near = [f"{LONG} {end}" for end in ("", "today", "again")]
    assert lines(labelled((near[0], "swim"), (near[1], "walk"), (near[2], "walk"))) == [1]
    assert lines(labelled((near[0], "swim"), (near[1], "walk"), (near[2], "walk")), threshold=0.99) == []


def test_a_near_input_scores_its_similarity(jaccard: Callable[..., float]) -> None:
    (aside,) = contradictions(Dataset.of(labelled((LONG, "walk"), (f"{LONG} today", "swim")))).set_aside
    assert aside.reason.score == pytest.approx(jaccard(LONG, f"{LONG} today"))


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        (
            "What is the capital of Australia?",
            "The capital of Australia is Canberra.",
            "The capital of Australia is Sydney.",
        ),
        ("When did the bridge open?", "It opened in 1912.", "It opened in 1913."),
        ("Is this mushroom safe?", "It is safe.", "It is not safe."),
        ("Is this mushroom safe?", "Yes", "No"),
        ("What is 7 - 12?", "-5", "5"),
        ("日本の首都はどこですか", "東京", "大阪"),
    ],
)
def test_short_answers_that_deny_each_other_are_a_contradiction(question: str, one: str, other: str) -> None:
    assert lines(asked(question, one, other)) == [2]


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        ("What is the capital of Australia?", "Canberra", "The capital of Australia is Canberra."),
        ("What is the capital of Australia?", "Canberra", "It is Canbera!"),
        ("How many legs has a spider?", "eight", "A spider has 8 legs."),
        ("How far is it?", "1,200 miles", "about 1200 miles"),
        ("When did it happen?", "1972", "in December 1972"),
    ],
)
def test_the_same_in_other_words_is_no_contradiction(question: str, one: str, other: str) -> None:
    assert lines(asked(question, one, other)) == []


def test_a_prompt_in_another_wording_is_the_same_and_one_about_something_else_is_not() -> None:
    task = f"Read these notes with care: {LONG}. Now say in one word which city {{}} tower and river are in"
    assert lines([*asked(task.format("the famous old"), "Paris"), *asked(task.format("the famuos old"), "London")]) == [
        2
    ]
    assert lines([*asked(task.format("the iron"), "Paris"), *asked(task.format("the clock"), "London")]) == []
    polite = [*asked("Could you tell me what's the largest desert, please?", "Sahara")]
    assert lines([*polite, *asked("What is the largest desert", "Gobi")]) == [2]
    assert lines([*asked("Is Oslo north of Rome?", "yes"), *asked("Is Rome north of Oslo?", "no")]) == []
    sums = "Take your time, add up all of the following numbers and give me nothing but the total of them: {} and 7"
    assert lines([*asked(sums.format(3), "10"), *asked(sums.format(4), "11")]) == []
    assert lines([*asked("What is 2 + 3?", "5"), *asked("What is 2 - 3?", "-1")]) == []


def test_long_answers_are_counted_and_compared_when_asked() -> None:
    rows = asked("Tell me of the walk", f"{LONG} {LONG}", "rain " * 30)
    outcome = contradictions(Dataset.of(rows))
    assert (outcome.set_aside, outcome.facts["rows_too_long"]) == ([], 2)
    assert lines(rows, most_words=50) == [2]


def test_an_input_that_asks_for_something_made_up_is_no_question() -> None:
    made_up = ["fog on the hill", "a dog asleep", "three red boats", "my aunt sings"]
    assert lines(asked("Wie geht es weiter?", *made_up)) == []
    assert lines(asked("Wie geht es weiter?", *made_up, made_up[1])) == [1, 3, 4]


@pytest.mark.parametrize(
    ("question", "is_open"),
    [
        ("Write a poem about the sea.", True),
        ("Could you please write me another line?", True),
        ("Here is a text. Summarize it!", True),
        ("Name two rivers in Europe.", True),
        ("Compose something.", True),
        ("What is your favorite colour?", True),
        ("What is a good name for a cat?", True),
        ("Name the longest river in Europe.", False),
        ("Write the number 7 in Roman numerals.", False),
        ("Mason needs sugar to make a batch of sweets. How much?", False),
        ("Who was the first to write a novel in verse?", False),
    ],
)
def test_two_answers_to_an_open_ended_request_are_no_contradiction(question: str, is_open: bool) -> None:
    outcome = contradictions(Dataset.of(asked(question, "fog on hills", "three red boats")))
    assert [len(outcome.set_aside), outcome.facts["rows_open_ended"]] == ([0, 2] if is_open else [1, 0])


def test_questions_are_the_same_only_over_the_same_context() -> None:
    def row(context: str, *answers: str, **more: Any) -> Fields:
        texts = [{"text": text} for text in answers]
        return {"type": "qa", "question": "Who paid?", "context": context, "answers": texts, **more}

    assert lines([row("Ann paid.", "Ann"), row("Bob paid.", "Bob")]) == []
    assert lines([row("Ann paid Bob.", "Ann"), row("Ann paid Bob.", "Bob")]) == [2]
    assert lines([row("Ann paid Bob.", "Ann"), row("Ann paid Bob.", "Ann Lee", "Bob")]) == []
    story = "Ann paid Bob after the two had walked along the river for an hour, and Bob thanked Ann for it"
    other = {**row(story, "Bob"), "question": "Who thanked Ann?"}
    assert lines([row(story, "Ann"), other]) == []
    assert lines([row(story, "Ann"), row(f"{story}.", "Bob")]) == [2]
    assert lines([row("Ann paid Bob.", "Ann"), row("Ann paid Bob.", is_impossible=True)]) == [2]


def test_a_preference_contradicts_the_same_two_answers_the_other_way_round() -> None:
    def row(chosen: str, rejected: str) -> Fields:
        return {"type": "preference", "prompt": "Name a prime.", "chosen": chosen, "rejected": rejected}

    assert lines([row("7", "9"), row("9", "7")]) == [2]
    assert lines([row("7", "9"), row("9", "12"), row("7", "12")]) == []


def test_fields_can_be_named_and_their_values_taken_as_labels() -> None:
    rows: list[Fields] = [
        {"type": "text", "text": f"row {place}", "extra": {"ask": "very nice", "mood": mood}}
        for place, mood in enumerate(("good", "very good"))
    ]
    assert lines(rows, input="extra.ask", answer="extra.mood", answers="label") == [2]
    with pytest.raises(UsageError, match="no record has a field mod"):
        lines(rows, answer="mod")


def test_no_two_rows_that_stay_contradict_each_other() -> None:
    rows = labelled(*[(f"{LONG} {end}", str(place % 5)) for place, end in enumerate("abcdefghij" * 3)])
    data = Dataset.of(rows)
    outcome = contradictions(data)
    kept = {one for batch in outcome.kept.batches() for one in batch.ids}
    assert {aside.reason.against for aside in outcome.set_aside} <= kept
    assert contradictions(outcome.kept).set_aside == []


@pytest.mark.parametrize("size", [1, 7])
def test_batches_of_any_size_say_the_same(size: int, rebatched: Callable[[Dataset, int], Rebatched]) -> None:
    data = Dataset.of(labelled(*[(f"{LONG} {place % 9}", str(place % 4)) for place in range(40)]))
    whole, cut = contradictions(data), contradictions(rebatched(data, size))
    assert [one.reason for one in whole.set_aside] == [one.reason for one in cut.set_aside] != []


@pytest.mark.parametrize(
    "rows", [[], labelled(("a", "b")), labelled(("", "a"), ("", "b")), labelled(*[("x", "y")] * 5)]
)
def test_nothing_to_contradict(rows: list[Fields]) -> None:
    assert lines(rows) == []


def test_one_input_with_very_many_answers_keeps_the_first() -> None:
    assert lines(labelled(*[("x", str(place)) for place in range(3_000)])) == list(range(2, 3_001))


@given(some.text(min_size=5, max_size=12, alphabet="abc"), some.integers(1, 20), some.sampled_from("abc"))
def test_a_word_with_a_letter_put_in_is_spelt_alike(word: str, place: int, letter: str) -> None:
    longer = word[:place] + letter + word[place:]
    assert spelt_alike(word, longer)
    assert spelt_alike(longer, word)
    assert not spelt_alike(word, json.dumps(word))
