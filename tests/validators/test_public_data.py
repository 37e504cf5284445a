"""Real files: no error where there is none, and every planted one found."""

import json
from collections import Counter
from typing import Any

import pytest

from tests.schemas.public_data import json_rows, public_file, squad_rows
from tilth.schemas import detect
from tilth.validators import Finding, ValidateOptions


def findings(rows: list[dict[str, Any]]) -> list[Finding]:
    decode, examiner = detect(rows).dialect.decode, ValidateOptions().examiner()
    return [finding for row in rows for finding in examiner.findings(decode(row))]


def errors(rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(finding.code, finding.field) for finding in findings(rows) if finding.severity == "error"]


@pytest.mark.parametrize(
    "name",
    [
        "llama_factory_demo/alpaca_en_demo.json",
        "llama_factory_demo/alpaca_zh_demo.json",
        "llama_factory_demo/glaive_toolcall_en_demo.json",
        "llama_factory_demo/reason_tool_use_demo_50.jsonl",
        "llama_factory_demo/v1_sft_demo.jsonl",
        "fastchat/dummy_conversation.json",
    ],
)
def test_published_training_data_has_no_error(name):
    assert errors(json_rows(name)) == []


def test_openais_toy_set_has_the_warnings_that_openai_counts():
    expected = json.loads(public_file("openai_chat_toy/expected.json").read_text())
    found = findings(json_rows("openai_chat_toy/toy_chat_fine_tuning.jsonl"))
    assert Counter(finding.code for finding in found) == {"no-user": expected["n_missing_user"]}


def test_all_1190_answers_of_xquad_stand_at_their_offsets():
    assert errors(squad_rows("xquad_en/xquad.en.json")) == []


def test_a_wrong_offset_is_found_and_repaired():
    rows = squad_rows("qa_fixtures/farm/answer-offset-wrong.json")
    assert errors(rows) == [("answer-offset", "answers[0].start")]
    record = detect(rows).dialect.decode(rows[0])
    assert ValidateOptions(fix=True).examiner().repaired(record)["answers"] == [{"text": "10", "start": 11}]


def test_an_answer_that_the_context_does_not_hold_is_found_and_left_to_people():
    rows = squad_rows("qa_fixtures/farm/answer-wrong.json")
    assert errors(rows) == [("answer-offset", "answers[0].start")]
    assert ValidateOptions(fix=True).examiner().repaired(detect(rows).dialect.decode(rows[0])) is None


@pytest.mark.parametrize("name", ["vanilla", "noanswer", "dev-sample", "train-sample"])
def test_good_questions_are_left_alone(name):
    assert errors(squad_rows(f"qa_fixtures/farm/{name}.json")) == []


def test_the_one_span_of_173_that_cuts_a_word_is_found():
    rows = json_rows("presidio_pii_share/generated_small.json")
    spans = [
        [
            {"start": span["start_position"], "end": span["end_position"], "label": span["entity_type"]}
            for span in row["spans"]
        ]
        for row in rows
    ]
    records = [{"text": row["full_text"], "entities": found} for row, found in zip(rows, spans, strict=True)]
    assert sum(map(len, spans)) == 173
    assert errors(records) == [("span-in-word", "entities[0].start")]
