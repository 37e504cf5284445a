from typing import Any

import pytest

from tests.curate.conftest import Rebatched
from tests.curate.labels.annotated import changed, notes, span
from tilth.curate.label_errors import label_errors
from tilth.errors import UsageError
from tilth.formats import Dataset
from tilth.operation import Fields

CLEAN = notes(100)


def found(rows: list[Fields], **options: Any) -> dict[int, str]:
    aside = label_errors(Dataset.of(rows), **options).set_aside
    return {one.origin.line: one.reason.detail for one in aside if one.origin}


def words(line: int, label: str) -> str:
    place = span(CLEAN[line - 1], label)
    return str(CLEAN[line - 1]["text"][place["start"] : place["end"]])


def test_notes_without_an_error_are_left_alone() -> None:
    assert found(CLEAN) == {}


def test_a_wrong_label_is_named_with_its_words_and_the_likelier_label() -> None:
    rows = changed(changed(CLEAN, 7, "PLACE", label="PERSON"), 42, "PLANT", label="PLACE")
    assert found(rows) == {
        7: f'wrong label: "{words(7, "PLACE")}" has PERSON, looks like PLACE',
        42: f'wrong label: "{words(42, "PLANT")}" has PLACE, looks like PLANT',
    }
    facts = label_errors(Dataset.of(rows)).facts
    assert facts["suspicious"] == {"wrong label": 2}
    assert facts["exchanged"][0] == {"given": "PERSON", "suggested": "PLACE", "rows": 1}
    assert (facts["classes"], facts["spans"], facts["rows_judged"]) == (3, 300, 100)


def test_tags_of_words_are_judged_one_by_one() -> None:
    nouns, verbs = ("dog", "cat", "tree", "river"), ("sees", "likes", "finds")
    rows: list[Fields] = [
        {
            "tokens": ["the", nouns[n % 4], verbs[n % 3], "a", nouns[n % 3]],
            "tags": ["DET", "NOUN", "VERB", "DET", "NOUN"],
        }
        for n in range(60)
    ]
    rows[29] = {**rows[29], "tags": ["DET", "VERB", "VERB", "DET", "NOUN"]}
    assert found(rows) == {30: 'wrong label: "cat" has VERB, looks like NOUN'}


def test_a_span_that_nobody_labelled_is_missing() -> None:
    assert found(changed(CLEAN, 30, "PERSON")) == {
        30: f'missing span: "{words(30, "PERSON")}" has no label, looks like PERSON'
    }


def test_a_span_of_ordinary_words_is_one_too_many() -> None:
    row = next(line for line, one in enumerate(CLEAN, 1) if "grows well" in one["text"])
    start = CLEAN[row - 1]["text"].index("grows")
    extra = {"start": start, "end": start + len("grows"), "label": "PLANT"}
    rows = [dict(one) for one in CLEAN]
    rows[row - 1]["entities"] = [*rows[row - 1]["entities"], extra]
    assert found(rows) == {row: 'extra span: "grows" has PLANT, looks like no label'}


@pytest.mark.parametrize("part", ["too long", "too short"])
def test_a_boundary_is_named(part: str) -> None:
    row = next(line for line, one in enumerate(CLEAN, 1) if "ordered" in one["text"] and " maple " in one["text"])
    text, place = CLEAN[row - 1]["text"], span(CLEAN[row - 1], "PLANT")
    if part == "too long":
        rows = changed(CLEAN, row, "PLANT", end=text.index(" for ") + len(" for"))
        said = 'span too long: "for" in it has PLANT, looks like no label'
    else:
        rows = changed(CLEAN, row, "PLANT", end=place["start"] + len("red"))
        said = 'span too short: "maple" beside it looks like PLANT too'
    assert found(rows) == {row: said}


def test_how_the_same_words_are_labelled_elsewhere_outweighs_their_surroundings() -> None:
    odd = {"type": "ner", "text": "sage ! sage .", "entities": [{"start": 0, "end": 4, "label": "PLACE"}]}
    said = label_errors(Dataset.of([*CLEAN, odd]), threshold=0.3).set_aside
    assert [one.origin.line for one in said if one.origin] == [101]
    assert '"sage"' in said[0].reason.detail


def test_copies_of_a_text_do_not_vouch_for_its_wrong_label() -> None:
    wrong = changed(CLEAN, 7, "PLACE", label="PERSON")[6]
    copies = [{**wrong, "text": wrong["text"] + mark} for mark in ("", " ", "!", " !")]
    assert sorted(found([*CLEAN[:6], *CLEAN[7:], *copies])) == [100, 101, 102, 103]


@pytest.mark.parametrize("ranking", ["adaptive", "noise", "self-confidence", "normalized-margin"])
def test_threshold_zero_ranks_every_row_from_0_to_1_whatever_the_batches(ranking: Any) -> None:
    data = Dataset.of(changed(CLEAN, 7, "PLACE", label="PERSON"))
    outcome = label_errors(data, threshold=0, ranking=ranking)
    scores = {one.origin.line: one.reason.score or 0 for one in outcome.set_aside if one.origin}
    assert len(scores) == 100 and max(scores, key=lambda line: scores[line]) == 7
    assert all(0 <= score <= 1 for score in scores.values())
    assert label_errors(Rebatched(data, 7), threshold=0, ranking=ranking).set_aside == outcome.set_aside


def test_hidden_characters_of_a_span_are_shown_as_marks() -> None:
    rows = changed(CLEAN, 30, "PERSON")
    spoilt = {**rows[29], "text": rows[29]["text"].replace(words(30, "PERSON"), words(30, "PERSON")[:-1] + "\u202e")}
    details = found([*rows[:29], spoilt, *rows[30:]], threshold=0)
    assert "\u202e" not in "".join(details.values())


BARE: Fields = {"type": "ner", "text": "rain again", "entities": []}
FULL: Fields = {"type": "ner", "text": "Oslo", "entities": [{"start": 0, "end": 4, "label": "PLACE"}]}


@pytest.mark.parametrize(
    ("rows", "warning"),
    [
        ([BARE] * 3, "no row has a span with a label: there is nothing to compare"),
        ([BARE], "no row has a span with a label: there is nothing to compare"),
        ([FULL], "no row could be judged: 1 no other text to learn from"),
        ([FULL] * 20, "no row could be judged: 20 no other text to learn from"),
        ([{**BARE, "text": ""}, FULL], "no row could be judged: 1 no words, 1 no other text to learn from"),
    ],
)
def test_what_cannot_be_compared_is_kept_and_said_in_one_line(rows: list[Fields], warning: str) -> None:
    outcome = label_errors(Dataset.of(rows))
    assert outcome.set_aside == [] and outcome.rows_kept == len(rows)
    assert outcome.facts["warnings"] == [warning]


def test_one_label_alone_is_judged() -> None:
    rows = [{**one, "entities": [span(one, "PLANT")]} for one in CLEAN]
    assert list(found(changed(rows, 12, "PLANT"))) == [12]


def test_spans_that_overlap_or_lie_outside_are_counted() -> None:
    place = span(CLEAN[0], "PLANT")
    odd = [{**place, "label": "THING"}, {"start": 900, "end": 905, "label": "PLACE"}]
    outcome = label_errors(Dataset.of([{**CLEAN[0], "entities": [*CLEAN[0]["entities"], *odd]}, *CLEAN[1:]]))
    assert outcome.facts["spans_left_out"] == {"not in their text": 1, "inside or across another": 1}
    assert outcome.set_aside == []


def test_a_label_for_every_span_is_too_many_to_judge_and_says_so() -> None:
    text = " ".join(f"w{word}" for word in range(8_000))
    starts = [place for place in range(len(text)) if text[place] == "w"]
    entities = [{"start": place, "end": place + 2, "label": f"L{place}"} for place in starts]
    with pytest.raises(UsageError, match="more than 50,000,000 probabilities"):
        label_errors(Dataset.of([{"type": "ner", "text": text, "entities": entities}]))


def test_probabilities_of_rows_are_no_probabilities_of_spans() -> None:
    with pytest.raises(UsageError, match="these have spans"):
        label_errors(Dataset.of(CLEAN), probabilities="extra.p")
