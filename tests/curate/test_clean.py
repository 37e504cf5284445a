import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tilth.curate.clean import clean
from tilth.curate.text_edits import apply, edits_of
from tilth.formats import Dataset
from tilth.operation import Fields

# What composes, decomposes, vanishes or moves: Latin, Greek, Hangul jamo, Indic vowel signs, blanks, controls.
dirt = st.text(
    st.sampled_from(
        "ab \t\n\r\u0301\u0323\u0344éά가각\u1100\u1161\u11a8\u0915\u093c\u09c7\u09be\u200b\u202e\ufeff\x85\x00"
    ),
    max_size=14,
)


def cleaned(*records: Fields, **options: Any) -> list[Fields]:
    return [record for batch in clean(Dataset.of(records), **options).kept.batches() for record in batch.records]


@settings(max_examples=500, deadline=None)
@given(dirt)
def test_composing_by_clusters_is_nfc(text: str) -> None:
    assert apply(edits_of("unicode", text), text) == unicodedata.normalize("NFC", text)


@settings(max_examples=200, deadline=None)
@given(dirt)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    (once,) = cleaned({"type": "text", "text": text})
    (twice,) = cleaned(once)
    assert twice == once


@settings(max_examples=200, deadline=None)
@given(dirt, st.sampled_from(["Zoë", "Oslo", "x"]), dirt)
def test_entities_stay_on_their_words(before: str, name: str, after: str) -> None:
    text = before + name + after
    span = {"start": len(before), "end": len(before) + len(name), "label": "NAME"}
    (record,) = cleaned({"type": "ner", "text": text, "entities": [span]})
    (entity,) = record["entities"]
    found = record["text"][entity["start"] : entity["end"]]
    # A mark behind the name belongs to its last letter once composed, so the letters are what is compared.
    assert letters_of(found) == letters_of(name)


def letters_of(text: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFD", text) if unicodedata.category(one)[0] != "M")


@settings(max_examples=200, deadline=None)
@given(dirt, st.sampled_from(["Zoë", " Oslo\r\n", "a\u200bb"]), dirt)
def test_answers_stay_at_their_offsets(before: str, answer: str, after: str) -> None:
    record: Fields = {
        "type": "qa",
        "question": "who? ",
        "context": before + answer + after,
        "answers": [{"text": answer, "start": len(before)}],
    }
    (found,) = cleaned(record)
    (one,) = found["answers"]
    assert found["context"][one["start"] : one["start"] + len(one["text"])] == one["text"]


def test_every_text_of_a_record_is_cleaned_and_nothing_else() -> None:
    chat: Fields = {
        "type": "chat",
        "messages": [
            {"role": "user", "content": " hi\u200b "},
            {"role": "assistant", "content": None, "tool_calls": [{"function": {"arguments": " {} "}}]},
        ],
        "meta": {"note": " kept "},
        "extra": {"field": " kept "},
    }
    (record,) = cleaned(chat)
    assert record == {**chat, "messages": [{"role": "user", "content": "hi"}, chat["messages"][1]]}


def test_joiners_marks_and_compatibility_letters_stay() -> None:
    texts = ["👩‍👩‍👧", "می‌خواهم", "a\u200fb", "❤️", "① ﬁ ²", "🏴\U000e0067\U000e0062\U000e007f"]
    records: list[Fields] = [{"type": "text", "text": text} for text in texts]
    assert [record["text"] for record in cleaned(*records)] == texts


def test_a_record_whose_offsets_do_not_fit_is_left_alone_and_counted() -> None:
    broken: Fields = {"type": "qa", "question": " q ", "context": " Ada ", "answers": [{"text": "Bob", "start": 1}]}
    tokenised: Fields = {"type": "ner", "text": " Ada", "entities": [], "tokens": ["Ada"]}
    outside: Fields = {"type": "ner", "text": " Ada", "entities": [{"start": 1, "end": 99, "label": "P"}]}
    outcome = clean(Dataset.of([broken, tokenised, outside]))
    assert outcome.changes == []
    assert outcome.facts["rows_left_alone"] == 3


def test_code_keeps_its_indent() -> None:
    (record,) = cleaned({"type": "instruction", "instruction": "  Why?  ", "output": "\n\n    if x:\n        y()\n\n"})
    assert (record["instruction"], record["output"]) == ("Why?", "    if x:\n        y()")


def test_each_rule_can_be_left_out() -> None:
    dirty: Fields = {"type": "text", "text": " e\u0301\u200b\r\n"}
    off = {"unicode": False, "invisible": False, "edges": False, "line_ends": False}
    assert cleaned(dirty, **off) == [dirty]
    assert cleaned(dirty, **{**off, "unicode": True})[0]["text"] == " é\u200b\r\n"
    assert cleaned(dirty, **{**off, "invisible": True})[0]["text"] == " e\u0301\r\n"
    assert cleaned(dirty, **{**off, "line_ends": True})[0]["text"] == " e\u0301\u200b\n"


@pytest.mark.parametrize("answers", [None, "x", [None], [{"start": "1", "text": 3}]])
def test_malformed_records_pass_through(answers: Any) -> None:
    record: Fields = {"type": "qa", "question": "q", "answers": answers}
    assert cleaned(record) == [record]


def test_clean_rows_are_not_touched() -> None:
    outcome = clean(Dataset.of([{"type": "text", "text": "fine"}]))
    assert (outcome.changes, outcome.facts["rows_changed"]) == ([], 0)
    assert clean(Dataset.of([])).rows_in == 0
