"""Real files: what their rows mean. What each is read as is in the table of `real_files.py`."""

import pytest

from tests.schemas.public_data import json_rows, squad_rows
from tilth.errors import DataError
from tilth.schemas import detect


def test_llama_factorys_tool_calls_are_understood_in_every_row():
    rows = json_rows("llama_factory_demo/glaive_toolcall_en_demo.json")
    decode = detect(rows).dialect.decode
    for row in rows:
        calls = sum(turn["from"] == "function_call" for turn in row["conversations"])
        assert sum("tool_calls" in message for message in decode(row)["messages"]) == calls


def test_xquad_is_squad_to_the_last_row():
    rows = squad_rows("xquad_en/xquad.en.json")
    found = detect(rows)
    assert (found.dialect.name, len(rows)) == ("squad", 1190)
    assert all(found.dialect.encode(found.dialect.decode(row)) == row for row in rows)


def test_conversations_beside_compared_answers_are_not_taken_for_chats():
    found = detect(json_rows("llama_factory_demo/dpo_en_demo.json"))
    assert (found.dialect.name, found.record_types) == ("llama-factory-sharegpt", ("preference",))


def test_answers_that_are_called_good_or_bad_are_not_all_taken_for_good_ones():
    with pytest.raises(DataError, match="good or bad in label"):
        detect(json_rows("llama_factory_demo/kto_en_demo.json"))


def test_trls_own_examples_are_in_the_shapes_that_trl_names():
    """TRL's tests list rows of every shape; those of the shapes that Tilth reads are recognised as such."""
    wanted = {
        frozenset({"messages"}): "openai",
        frozenset({"prompt", "completion"}): "trl-prompt-completion",
        frozenset({"prompt", "chosen", "rejected"}): "trl-preference",
        frozenset({"text"}): "tilth",
    }
    (case,) = (case for case in json_rows("trl_data_formats/cases.jsonl") if case["cls"] == "TestIsConversational")
    examples = [row for rows in case["class_data"].values() for row in rows]
    known = [row for row in examples if frozenset(row) in wanted]
    assert len(known) >= 8
    for row in known:
        assert detect([row]).dialect.name == wanted[frozenset(row)]
