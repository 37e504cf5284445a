"""Dialects read any row and write it back equal; what they cannot hold, they name."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.schemas.rows import rows_of, texts, values
from tilth.errors import UsageError
from tilth.schemas import (
    LossError,
    canonical_json,
    content_id,
    dialect,
    dialects,
    dump_json,
    parts,
    record_type,
    record_types,
)

CHAT = {
    "type": "chat",
    "messages": [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "Hi!"},
    ],
}


ROW_BY_ROW = [name for name, shape in dialects().items() if not shape.unfolds and name != "tilth"]


@pytest.mark.parametrize("name", ROW_BY_ROW)
def test_any_row_comes_back_equal(name: str) -> None:
    """The same values, types and names in the same order, whatever the row holds, also by way of Tilth's own shape."""
    rows_come_back(name, examples=12)


@pytest.mark.slow
@pytest.mark.parametrize("name", ROW_BY_ROW)
def test_many_rows_come_back_equal(name: str) -> None:
    rows_come_back(name, examples=60)


def rows_come_back(name: str, examples: int) -> None:
    own, shape = dialect("tilth"), dialect(name)

    @settings(max_examples=examples, deadline=None)
    @given(rows_of(shape))
    def comes_back(row):
        fields = shape.decode(row)
        try:
            assert dump_json(shape.encode(fields)) == dump_json(row)
        except LossError:
            assert shape.recognise(row) is None, "a row that is in the dialect comes back"
            return
        assert dump_json(shape.encode(own.decode(own.encode(fields)))) == dump_json(row)
        parts(fields)
        content_id(fields)
        list(record_type(fields["type"]).problems(fields))

    comes_back()


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["classification", "ner", "text", "qa", "chat"]), st.data())
def test_a_record_survives_tilths_own_dialect(name, data):
    known = record_type(name).field_names()
    fields = data.draw(st.fixed_dictionaries({"type": st.just(name)}, optional=dict.fromkeys(known, values)))
    more = data.draw(st.fixed_dictionaries({}, optional={"meta": st.just({"licence": "MIT"}), "extra": EXTRA}))
    record = {**fields, **more}
    own = dialect("tilth")
    row = own.encode(record)
    assert own.decode(row) == record
    assert own.encode(own.decode(row)) == row


EXTRA = st.dictionaries(texts.map(lambda name: f"x{name}"), values, min_size=1, max_size=3)


@settings(max_examples=100, deadline=None)
@given(st.fixed_dictionaries({"text": texts, "label": texts}, optional={"id": values, "meta": values, "type": texts}))
def test_bare_rows_stay_bare(row):
    bare = dialect("tilth", "classification")
    assert canonical_json(bare.encode(bare.decode(row))) == canonical_json(row)


def test_unknown_fields_travel_in_extra_in_their_order():
    row = {"z": 1, "id": 7, "instruction": "a", "é": None, "output": "b"}
    fields = dialect("alpaca").decode(row)
    assert list(fields["extra"].items()) == [("z", 1), ("id", 7), ("é", None)]
    assert list(dialect("alpaca").encode(fields)) == list(row)


def test_an_object_meta_is_the_records_meta_and_any_other_is_an_unknown_field():
    assert dialect("openai").decode({"messages": [], "meta": {"licence": "MIT"}})["meta"] == {"licence": "MIT"}
    assert dialect("openai").decode({"messages": [], "meta": "MIT"})["extra"] == {"meta": "MIT"}


def test_the_identity_that_tilth_wrote_is_not_carried_twice():
    row = dialect("tilth").encode(CHAT)
    assert row["id"] == content_id(CHAT)
    assert "extra" not in dialect("tilth").decode(row)


def test_an_edited_row_keeps_its_old_identity_beside_the_new_one():
    row = {**dialect("tilth").encode({"type": "text", "text": "old"}), "text": "new"}
    fields = dialect("tilth").decode(row)
    assert fields["extra"] == {"id": content_id({"type": "text", "text": "old"})}
    assert dialect("tilth").encode(fields)["id"] == content_id({"type": "text", "text": "new"})


def test_a_record_of_an_unknown_type_loses_nothing():
    row = {"id": "a", "type": "nobody knows", "x": 1, "meta": {"licence": "MIT"}, "extra": {"y": 2}}
    own = dialect("tilth")
    fields = own.decode(row)
    assert fields == {"type": "nobody knows", "x": 1, "meta": {"licence": "MIT"}, "extra": {"y": 2, "id": "a"}}
    assert own.decode(own.encode(fields)) == fields


def test_sharegpt_speakers_become_roles_and_keep_their_spelling():
    row = {"conversations": [{"from": "human", "value": "Hi"}, {"from": "chatgpt", "value": "Hello"}]}
    fields = dialect("sharegpt").decode(row)
    assert [message["role"] for message in fields["messages"]] == ["user", "assistant"]
    assert dialect("sharegpt").encode(fields) == row
    fields["messages"][1]["content"] = "Good day"
    assert dialect("sharegpt").encode(fields)["conversations"][1] == {"from": "chatgpt", "value": "Good day"}


def test_sharegpt_tool_calls_are_understood():
    call = '{"name": "look_up", "arguments": {"order": 4711}}'
    turns = [{"from": "human", "value": "Where is it?"}, {"from": "function_call", "value": call}]
    row = {"conversations": [*turns, {"from": "observation", "value": "in Oslo"}], "tools": "[]", "system": "Help."}
    fields = dialect("sharegpt").decode(row)
    assert [message["role"] for message in fields["messages"]] == ["system", "user", "assistant", "tool"]
    function = {"name": "look_up", "arguments": {"order": 4711}}
    assert fields["messages"][2]["tool_calls"] == [{"type": "function", "function": function}]
    assert dialect("sharegpt").encode(fields) == row


def test_sharegpt_names_what_it_cannot_hold():
    call = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": {}}}
    fields = {"type": "chat", "messages": [{"role": "assistant", "content": "Let me see.", "tool_calls": [call]}]}
    with pytest.raises(LossError) as failure:
        dialect("sharegpt").encode(fields)
    assert failure.value.lost == ["messages[0].content (beside tool_calls)", "messages[0].tool_calls[0].id"]


def test_squad_answers_are_pairs():
    row = {"id": "1", "question": "Who?", "context": "Ada.", "answers": {"text": ["Ada"], "answer_start": [0]}}
    fields = dialect("squad").decode(row)
    assert fields["answers"] == [{"text": "Ada", "start": 0}]
    assert fields["extra"] == {"id": "1"}


def test_squad_refuses_an_answer_without_a_place():
    with pytest.raises(LossError, match=r"answers\[0\] \(without its start\)"):
        dialect("squad").encode({"type": "qa", "question": "Who?", "answers": [{"text": "Ada"}]})


def test_trl_splits_a_chat_before_the_assistants_last_turns():
    row = dialect("trl-prompt-completion").encode(CHAT)
    assert [message["role"] for message in row["prompt"]] == ["system", "user"]
    assert [message["role"] for message in row["completion"]] == ["assistant"]


@pytest.mark.parametrize("name", ["openai", "sharegpt", "trl-prompt-completion"])
def test_an_instruction_goes_through_another_shape_and_comes_back(name: str) -> None:
    """With its input, its system prompt and everything that it carries."""
    given_row = {"instruction": "Translate.", "input": "Good\nmorning", "output": "Bon jour", "system": "Hm", "x": 1}
    record = dialect("alpaca").decode(given_row)
    there = dialect(name).encode(record)
    back = dialect("alpaca").encode(dialect(name).decode(there))
    assert back == given_row


def test_a_longer_conversation_is_no_instruction():
    longer = {"type": "chat", "messages": [*CHAT["messages"], {"role": "user", "content": "Bye"}]}
    with pytest.raises(LossError, match=r"alpaca cannot hold messages \(other than one exchange of plain text\)"):
        dialect("alpaca").encode(longer)


def test_a_record_of_a_foreign_type_is_refused_by_name():
    with pytest.raises(LossError, match=r"openai cannot hold type \(a record of the type ner\)"):
        dialect("openai").encode({"type": "ner", "text": "a", "entities": []})


def test_an_unknown_field_whose_name_has_a_meaning_there_is_refused():
    fields = {"type": "chat", "messages": [], "extra": {"conversations": 1}}
    with pytest.raises(LossError, match=r"extra\.conversations"):
        dialect("sharegpt").encode(fields)


def test_a_wrong_name_gets_the_nearest_one():
    with pytest.raises(UsageError, match="try  sharegpt"):
        dialect("sharegtp")
    with pytest.raises(UsageError, match="trl has several dialects\n  try  trl-implicit or trl-preference or "):
        dialect("trl")
    with pytest.raises(UsageError, match="alpaca holds instruction records, not chat"):
        dialect("alpaca", "chat")


def test_every_dialect_says_what_it_is():
    for name, shape in dialects().items():
        assert shape.name == name
        assert shape.summary
        assert all(held in record_types() for held in shape.record_types)


def test_the_same_content_has_the_same_identity_from_every_shape():
    answer = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hi!"}]
    turns = [{"from": "human", "value": "Hello"}, {"from": "gpt", "value": "Hi!"}]
    chats = {
        content_id(dialect("openai").decode({"messages": answer, "id": "a"})),
        content_id(dialect("sharegpt").decode({"conversations": turns})),
        content_id(dialect("trl-prompt-completion").decode({"prompt": answer[:1], "completion": answer[1:]})),
    }
    instructions = {
        content_id(dialect("alpaca").decode({"instruction": "Hello", "input": "", "output": "Hi!"})),
        content_id(dialect("alpaca").decode({"output": "Hi!", "instruction": "Hello", "source": "faq"})),
        content_id(dialect("trl-prompt-completion").decode({"prompt": "Hello", "completion": "Hi!"})),
    }
    assert len(chats) == len(instructions) == 1
