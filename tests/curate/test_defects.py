"""Each documented defect is found by its code, and what only looks like it is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.curate.conftest import Rebatched
from tilth.curate.defects import defects
from tilth.curate.flaws import FLAWS
from tilth.curate.flaws.expressions import equations, evaluate
from tilth.curate.measure import measure
from tilth.errors import UsageError
from tilth.formats import Dataset
from tilth.operation import Fields, Reason


def found(instruction: str, given: str, answer: str) -> Reason | None:
    row: Fields = {"type": "instruction", "instruction": instruction, "input": given, "output": answer}
    aside = defects(Dataset.of([row])).set_aside
    return aside[0].reason if aside else None


HEADLINE = "Harbour opens again after the storm"


@pytest.mark.parametrize(
    ("code", "instruction", "given", "answer"),
    [
        ("no-answer", "Name a river.", "", "  "),
        ("no-answer", "Name a river.", "", "<noinput>"),
        ("no-answer", "Draw a badge for courage.", "", "<No Output>"),
        ("no-answer", "Write a function that adds.", "", "N/A"),
        ("merged-instructions", "May I swim here?", "", "Yes.\n##\n7. Instruction: Find the verb.\n7. Output:\nran"),
        ("wrong-answer", "Calculate the median of the data set.", "2, 4, 6, 9, 11, 30", "6"),
        ("wrong-answer", "Find the mean of 2, 3, 7, 1", "", "The mean is 3.5."),
        ("wrong-answer", "Convert 40m to km.", "", "40km"),
        ("wrong-answer", "Convert 50 degrees Fahrenheit to Celsius", "", "It is 12 degrees."),
        ("wrong-answer", "What is 12 * 12?", "", "The answer is 124."),
        ("wrong-answer", "Add up the bill.", "", "The sum is $2.25 + $1.13 = $4.45, so you pay $4.45."),
        ("escapes", "Name two rivers.", "", "Rhine,\\nElbe"),
        ("escapes", "Name two rivers.", "", "Rhine &amp; Elbe"),
        ("escapes", "Name two rivers.", "", "Rhine\x08 and Elbe"),
        ("unseen-link", "Write a headline for this article.", "https://news.example.com/article-7", HEADLINE),
        ("unseen-link", "Summarize the article at https://news.example.com/9", "", HEADLINE),
        ("missing-attachment", "Which shape is this?", "<Picture Attached>", "A circle"),
        ("missing-attachment", "Write a caption for the following photo.", "", "Monday again!"),
        ("missing-code", "Explain what this function does.", "", "It adds two numbers and returns the sum."),
        ("missing-input", "Summarize the following paragraph.", "", "It is about bees."),
        ("asks-for-image", "Design a logo for a bakery.", "", "Here is a round logo with an ear of wheat."),
        ("asks-for-image", "Draw a cat on a chair.", "", "Done, a cat on a chair."),
        ("claims-action", "Increase the font size to 14 points.", "", "The font size has been increased to 14 points."),
        ("claims-action", "Send the letter to Ada.", "", "I have sent the letter to Ada."),
    ],
)
def test_each_defect_is_found_by_its_code(code: str, instruction: str, given: str, answer: str) -> None:
    reason = found(instruction, given, answer)
    assert reason is not None
    assert (reason.code, reason.score) == (code, FLAWS[code].certainty)
    assert reason.detail


@pytest.mark.parametrize(
    ("instruction", "given", "answer"),
    [
        ("Fill in the field, or write N/A.", "", "N/A"),
        ("Write an instruction with its output.", "", "Instruction: Name a river.\nOutput: Rhine"),
        ("Calculate the median.", "2, 4, 6, 9", "The median is 5."),
        ("Find the mean of 2, 3, 7, 1", "", "It is 13/4 = 3.25."),
        ("Find the mean of 1, 1, 2", "", "About 1.33."),
        ("Convert 40m to km.", "", "0.04 km"),
        ("Convert 100 Fahrenheit to Celsius.", "", "37.8"),
        ("What is 12 * 12?", "", "144"),
        ("Find x.", "", "2x + 3 = 7, so 2x = 4 and x = 2."),
        ("How old is she?", "", "She was born on 2001-03-04, so 2021 - 2001 = 20."),
        ("How much is left?", "", "10 / 3 = 3 remainder 1, and 20% of 50 = 10."),
        ("What is 5!?", "", "5! = 5 x 4 x 3 x 2 x 1 = 120"),
        ("Show a line feed in Python.", "", "print('a\\nb')"),
        ("What does R&D mean?", "", "Research & development: AT&T has one."),
        ("Summarize the article.", "https://news.example.com/7", "I cannot access links, please paste the text."),
        ("Which domain is in this URL?", "https://news.example.com/7", "example.com"),
        (
            "Summarize this text.",
            "See https://a.example for more. Bees fly far and find home again.",
            "Bees find home.",
        ),
        ("Explain what this function does: def f(a): return a", "", "It gives back what it gets."),
        ("Write a function that sorts a list.", "", "def f(a):\n    return sorted(a)"),
        ("Summarize the following paragraph: Bees fly.", "", "Bees fly."),
        ("Create a caption for a photo of a cat.", "", "Monday again!"),
        ("Design a logo for a bakery.", "", "I'm sorry, but I cannot create images."),
        ("Draw a conclusion from the data.", "1, 2, 3", "It rises."),
        ("Translate the word.", "Haus", "house"),
        ("Describe how the trees in the park changed.", "", "They have been cut down and planted again. " * 4),
    ],
)
def test_what_only_looks_like_a_defect_is_left_alone(instruction: str, given: str, answer: str) -> None:
    assert found(instruction, given, answer) is None


def test_codes_choose_what_counts_and_other_records_are_counted() -> None:
    rows: list[Fields] = [
        {"type": "instruction", "instruction": "Name a river.", "output": ""},
        {"type": "chat", "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "N/A"}]},
        {"type": "ner", "text": "", "entities": []},
    ]
    outcome = defects(Dataset.of(rows))
    assert outcome.facts == {"defects": {"no-answer": 2}, "not_looked_at": 1}
    assert defects(Dataset.of(rows), codes=("escapes",)).set_aside == []
    with pytest.raises(UsageError, match="nearest: escapes"):
        defects(Dataset.of(rows), codes=("escape",))
    assert outcome.set_aside == defects(Rebatched(Dataset.of(rows), 1)).set_aside


@given(st.integers(0, 999), st.integers(1, 999), st.integers(1, 99), st.sampled_from("+-*/"))
def test_sums_are_evaluated_exactly(a: int, b: int, c: int, sign: str) -> None:
    from fractions import Fraction

    parts = {"+": Fraction(b) + c, "-": Fraction(b) - c, "*": Fraction(b) * c, "/": Fraction(b, c)}
    assert evaluate(f"{a} + ({b} {sign} {c})") == a + parts[sign]
    assert evaluate(f"{a} - {b} {sign if sign in '*/' else '*'} {c}") == a - (
        parts[sign] if sign in "*/" else parts["*"]
    )


@given(st.text(alphabet="0123456789+-*/^()=. x\n$,%", max_size=60))
def test_no_text_stops_the_reading_of_sums(text: str) -> None:
    list(equations(text))
    evaluate(text)


@pytest.mark.parametrize("piece", ["1+", "1 - - ", "( ", "1,  ", "\n ", ". ", "1 x ", "[insert ", "{{ ", "``"])
def test_hostile_repetition_is_read_in_one_pass(piece: str) -> None:
    row: Fields = {"type": "instruction", "instruction": f"Find {piece * 800}", "output": piece * 4000}
    data = Dataset.of([row])
    assert defects(data).rows_in == measure(data).rows_in == 1


def test_a_power_that_no_school_sum_has_is_no_finding() -> None:
    assert evaluate("((((9^64)^64)^64)^64)^64") is None
    assert evaluate("2^10") == 1024
