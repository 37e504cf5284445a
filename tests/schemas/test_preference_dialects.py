"""Preferences in the shapes of their tools: rows come back as they were, and what cannot be said is refused by name."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilth.formats import Dataset, convert
from tilth.schemas import LossError, detect, dialect
from tilth.schemas.dialects import encode_allowing


def said(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}


QUESTION, GOOD, BAD = said("user", "Is 9 a prime?"), said("assistant", "No."), said("assistant", "Yes.")
ROWS: list[tuple[str, Mapping[str, Any]]] = [
    ("trl-unpaired", {"prompt": "The sky is", "completion": " green.", "label": False, "source": "me"}),
    ("trl-unpaired", {"prompt": [QUESTION], "completion": [GOOD], "label": True}),
    ("trl-stepwise", {"prompt": "Is 9 a prime?", "completions": ["9 = 3 x 3.", "So it is."], "labels": [True, False]}),
    ("trl-prompt", {"prompt": [QUESTION]}),
    ("trl-prompt", {"prompt": "Name a prime.", "id": 7}),
    ("trl-implicit", {"chosen": "The sky is blue.", "rejected": "The sky is green."}),
    ("trl-implicit", {"chosen": [QUESTION, GOOD], "rejected": [QUESTION, BAD], "score": 3}),
    ("hh-rlhf", {"chosen": "\n\nHuman: Hi\n\nAssistant: Hello.", "rejected": "\n\nHuman: Hi\n\nAssistant: What?"}),
    ("hh-rlhf", {"chosen": "\n\nHuman: Hi\n\nAssistant:", "rejected": "\n\nHuman: Hi\n\nAssistant: What?"}),
    ("axolotl-intel", {"system": "Be brief.", "question": "Is 9 a prime?", "chosen": "No.", "rejected": "Yes."}),
    ("axolotl-icr", {"input": "Is 9 a prime?", "chosen": "No.", "rejected": "Yes."}),
    ("axolotl-argilla", {"instruction": "Is 9 a prime?", "chosen_response": "No.", "rejected_response": "Yes."}),
    ("axolotl-dpo", {"messages": [QUESTION], "chosen": GOOD, "rejected": BAD}),
    ("stack-exchange-paired", {"question": "Is 9 a prime?", "response_j": "No.", "response_k": "Yes.", "qid": 1}),
    ("llmbar", {"input": "Is 9 a prime?", "output_1": "Yes.", "output_2": "No.", "label": 2}),
    ("llmbar", {"input": "Is 9 a prime?", "output_1": "No.", "output_2": "Yes.", "label": 1}),
    (
        "openai-preference",
        {
            "input": {"messages": [QUESTION], "tools": [], "parallel_tool_calls": True},
            "preferred_output": [GOOD],
            "non_preferred_output": [BAD],
        },
    ),
    (
        "ultrafeedback-binarized",
        {
            "prompt": "Is 9 a prime?",
            "prompt_id": "4f",
            "chosen": [QUESTION, GOOD],
            "rejected": [QUESTION, BAD],
            "messages": [QUESTION, GOOD],
            "score_chosen": 8.5,
            "score_rejected": 2.0,
        },
    ),
    (
        "ultrafeedback",
        {
            "source": "sharegpt",
            "instruction": "Is 9 a prime?",
            "models": ["a", "b"],
            "completions": [
                {"model": "a", "response": "Yes.", "overall_score": 2},
                {"model": "b", "response": "No.", "overall_score": 9.5},
            ],
        },
    ),
]


@pytest.mark.parametrize(("name", "row"), ROWS)
def test_a_row_is_recognised_and_comes_back_as_it_was(name: str, row: Mapping[str, Any]) -> None:
    found = detect([row])
    assert found.dialect.name == name
    assert found.dialect.encode(found.dialect.decode(row)) == row


@pytest.mark.parametrize(("name", "row"), [each for each in ROWS if "prime?" in json.dumps(each)])
def test_the_same_comparison_can_be_written_for_every_trainer(name: str, row: Mapping[str, Any]) -> None:
    record = dialect(name).decode(row)
    if record["type"] != "preference":
        return
    bare = {part: record[part] for part in ("type", "prompt", "chosen", "rejected")}
    for target in ("axolotl-dpo", "axolotl-intel", "hh-rlhf", "llmbar", "openai-preference", "trl-implicit"):
        shape = dialect(target)
        again = shape.decode(shape.encode(bare))
        assert "No." in json.dumps(again["chosen"])
        assert "Yes." in json.dumps(again["rejected"])
        assert "Is 9 a prime?" in json.dumps(again["prompt"])


def test_a_row_that_a_trainer_would_show_the_question_twice_is_read_right() -> None:
    row = {"prompt": "Hi", "chosen": [said("user", "Hi"), GOOD], "rejected": [said("user", "Hi"), BAD]}
    found = detect([row])
    assert found.dialect.decode(row)["chosen"] == [GOOD]
    assert found.dialect.name == "ultrafeedback-binarized"


def test_answers_that_begin_alike_are_a_loss_that_has_a_name() -> None:
    record = {"type": "preference", "prompt": "Name one.", "chosen": " The first", "rejected": " The second"}
    shape = dialect("trl-implicit")
    with pytest.raises(LossError) as loss:
        shape.encode(record)
    assert loss.value.names == ["border"]
    row, lost = encode_allowing(shape, record, ["border"])
    assert row == {"chosen": "Name one. The first", "rejected": "Name one. The second"}
    assert lost == ("border",)


@pytest.mark.parametrize("name", ["ultrafeedback-binarized", "trl-implicit"])
@pytest.mark.parametrize(
    "turns", [({"content": "?", "weight": 0}, {"weight": 0, "content": "?"}), ({"weight": 1}, {"weight": True})]
)
def test_turns_that_are_not_written_alike_are_not_shared(name: str, turns: tuple[dict[str, Any], ...]) -> None:
    chosen, rejected = ([{"role": "user", **turn}, {"role": "assistant", "content": "No."}] for turn in turns)
    row = {"prompt": "", "chosen": chosen, "rejected": rejected}
    if name != "ultrafeedback-binarized":
        del row["prompt"]
    shape = dialect(name)
    try:
        assert json.dumps(shape.encode(shape.decode(row))) == json.dumps(row)
    except LossError:
        assert shape.recognise(row) is None


def test_a_turn_inside_a_message_is_refused_by_the_shape_that_marks_turns_in_the_text() -> None:
    record = {"type": "preference", "prompt": "a\n\nHuman: b", "chosen": "c", "rejected": "d"}
    with pytest.raises(LossError, match="it has a turn in it"):
        dialect("hh-rlhf").encode(record)


def test_what_the_user_allows_is_lost_and_nothing_else() -> None:
    record = {"type": "preference", "prompt": "a", "chosen": "b", "rejected": "c", "margin": 2, "extra": {"n": 1}}
    row, lost = encode_allowing(dialect("openai-preference"), record, ["margin"])
    assert lost == ("margin",)
    assert row["n"] == 1
    with pytest.raises(LossError, match="margin"):
        encode_allowing(dialect("openai-preference"), record, ["extra"])


_words = st.text("ab \n", max_size=6)
_answers = st.builds(lambda text: [said("assistant", text)], _words)
_turns = st.lists(st.builds(said, st.sampled_from(["user", "assistant"]), _words), min_size=1, max_size=3)


@given(st.fixed_dictionaries({"prompt": _words | _turns, "chosen": _words | _answers, "rejected": _words | _answers}))
def test_what_a_shape_can_hold_it_gives_back_in_one_form_or_the_other(parts: dict[str, Any]) -> None:
    record = {"type": "preference", **parts}
    for name in ("trl-implicit", "hh-rlhf", "openai-preference", "axolotl-dpo", "axolotl-intel", "llmbar"):
        shape = dialect(name)
        try:
            row = shape.encode(record)
        except LossError:
            continue
        assert shape.encode(shape.decode(row)) == row


TREE = {
    "message_tree_id": "1",
    "tree_state": "ready",
    "prompt": {
        "message_id": "1",
        "text": "Is 9 a prime?",
        "role": "prompter",
        "lang": "en",
        "replies": [
            {"message_id": "2", "parent_id": "1", "text": "Yes.", "role": "assistant", "rank": 1, "replies": []},
            {
                "message_id": "3",
                "parent_id": "1",
                "text": "No.",
                "role": "assistant",
                "rank": 0,
                "replies": [{"message_id": "4", "text": "Why?", "role": "prompter"}],
            },
        ],
    },
}


def test_a_tree_is_a_chat_for_each_leaf_and_grows_together_again(tmp_path: Path) -> None:
    source = tmp_path / "trees.jsonl"
    source.write_text(json.dumps(TREE) + "\n" + json.dumps(TREE["prompt"]) + "\n")
    data = Dataset.open(source)
    assert data.dialect.name == "oasst"
    chats = [[turn["content"] for turn in record["messages"]] for batch in data.batches() for record in batch.records]
    assert chats == [["Is 9 a prime?", "Yes."], ["Is 9 a prime?", "No.", "Why?"]] * 2
    convert(data, tmp_path / "chats.jsonl", to_dialect="tilth")
    convert(Dataset.open(tmp_path / "chats.jsonl"), tmp_path / "again.jsonl", to_dialect="oasst")
    again = [json.loads(line) for line in (tmp_path / "again.jsonl").read_text().splitlines()]
    assert again == [TREE, TREE["prompt"]]
    assert [*again[0]["prompt"]] == [*TREE["prompt"]]


def test_chats_from_elsewhere_that_begin_alike_become_one_tree(tmp_path: Path) -> None:
    chats = [{"messages": [QUESTION, GOOD]}, {"messages": [QUESTION, BAD]}, {"messages": [said("user", "Hi"), GOOD]}]
    source = tmp_path / "chats.jsonl"
    source.write_text("".join(json.dumps(chat) + "\n" for chat in chats))
    convert(Dataset.open(source), tmp_path / "trees.jsonl", to_dialect="oasst")
    trees = [json.loads(line)["prompt"] for line in (tmp_path / "trees.jsonl").read_text().splitlines()]
    assert [[reply["text"] for reply in tree["replies"]] for tree in trees] == [["No.", "Yes."], ["No."]]


def test_ranked_replies_are_preferences(tmp_path: Path) -> None:
    source = tmp_path / "trees.jsonl"
    source.write_text(json.dumps(TREE))
    (record,) = [each for batch in Dataset.open(source, dialect="oasst-ranks").batches() for each in batch.records]
    assert (record["chosen"], record["rejected"]) == ([said("assistant", "No.")], [said("assistant", "Yes.")])
    with pytest.raises(LossError, match="read only"):
        dialect("oasst-ranks").encode(record)


LONE = [
    {"message_id": "3", "parent_id": "1", "text": "No.", "role": "assistant", "rank": 0, "lang": "en"},
    {"message_id": "1", "parent_id": None, "text": "Is 9 a prime?", "role": "prompter", "rank": None, "lang": "en"},
    {"message_id": "2", "parent_id": "1", "text": "Yes.", "role": "assistant", "rank": 1, "lang": "en"},
    {"message_id": "9", "parent_id": "gone", "text": "Who?", "role": "prompter", "rank": None, "lang": "en"},
]
"""Rows as oasst1 and oasst2 are published, where a message need not stand behind the one that it replies to."""


def test_messages_that_name_their_parents_are_a_chat_for_each_last_one_and_the_same_rows_again(tmp_path: Path) -> None:
    source = tmp_path / "messages.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in LONE))
    data = Dataset.open(source)
    assert data.dialect.name == "oasst-messages"
    chats = [[turn["content"] for turn in record["messages"]] for batch in data.batches() for record in batch.records]
    assert chats == [["Is 9 a prime?", "No."], ["Is 9 a prime?", "Yes."], ["Who?"]]
    convert(data, tmp_path / "chats.jsonl", to_dialect="tilth")
    convert(Dataset.open(tmp_path / "chats.jsonl"), tmp_path / "again.jsonl", to_dialect="oasst-messages")
    assert [json.loads(line) for line in (tmp_path / "again.jsonl").read_text().splitlines()] == LONE


def test_chats_from_elsewhere_become_messages_of_which_each_is_written_once(tmp_path: Path) -> None:
    chats = [{"messages": [QUESTION, GOOD]}, {"messages": [QUESTION, BAD]}]
    source = tmp_path / "chats.jsonl"
    source.write_text("".join(json.dumps(chat) + "\n" for chat in chats))
    convert(Dataset.open(source), tmp_path / "messages.jsonl", to_dialect="oasst-messages")
    first, *others = [json.loads(line) for line in (tmp_path / "messages.jsonl").read_text().splitlines()]
    assert [row["text"] for row in (first, *others)] == ["Is 9 a prime?", "No.", "Yes."]
    assert {row["parent_id"] for row in others} == {first["message_id"]}
    data = Dataset.open(tmp_path / "messages.jsonl")
    assert [record["messages"] for batch in data.batches() for record in batch.records] == [
        [QUESTION, GOOD],
        [QUESTION, BAD],
    ]
