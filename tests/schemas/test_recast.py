"""A record becomes one of another type only where both say the same, and comes back as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.schemas.rows import texts
from tilth.schemas import LossError, RecastError, dialect, recast
from tilth.schemas.dialects import encode_allowing

full = st.fixed_dictionaries(
    {"type": st.just("instruction"), "instruction": texts, "output": texts},
    optional={
        "input": texts.filter(bool),
        "system": texts.filter(bool),
        "meta": st.sampled_from([{"licence": "MIT"}, {}, {"recast": 1}]),
        "extra": st.just({"id": 1}),
    },
)


@given(full)
def test_an_instruction_is_a_chat_of_one_exchange_and_comes_back(record):
    chat = recast(record, "chat")
    roles = [message["role"] for message in chat["messages"]]
    assert roles == (["system"] if "system" in record else []) + ["user", "assistant"]
    assert recast(chat, "instruction") == record


@pytest.mark.parametrize(
    ("record", "lost"),
    [
        ({"type": "instruction", "instruction": "a"}, "output (no text)"),
        ({"type": "instruction", "instruction": "a", "output": "b", "system": 1}, "system (no text)"),
        ({"type": "instruction", "instruction": "a", "output": "b", "score": 1}, "score"),
        ({"type": "text", "text": "a"}, "type (a record of the type text)"),
    ],
)
def test_what_a_chat_cannot_say_is_named(record, lost):
    with pytest.raises(RecastError) as failure:
        recast(record, "chat")
    assert failure.value.lost == [lost]


@pytest.mark.parametrize(
    "messages",
    [
        [],
        None,
        ["hello"],
        [{"role": "user", "content": "a"}],
        [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}, {"role": "assistant", "content": "c"}],
    ],
)
def test_a_chat_of_more_than_one_exchange_is_no_instruction(messages):
    with pytest.raises(RecastError, match=r"messages \(other than one exchange of plain text\)"):
        recast({"type": "chat", "messages": messages}, "instruction")


@pytest.mark.parametrize(
    ("beside", "lost"),
    [
        ({"weight": 0}, "messages[1].weight"),
        ({"name": "Ada", "weight": None}, "messages[1].name"),
        ({"content": None}, "messages[1].content (no text)"),
        ({"content": [{"type": "text", "text": "b"}]}, "messages[1].content (no text)"),
    ],
)
def test_what_an_exchange_says_beside_its_text_is_named(beside, lost):
    exchange = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", **beside}]
    with pytest.raises(RecastError) as failure:
        recast({"type": "chat", "messages": exchange}, "instruction")
    assert failure.value.lost == [lost]


PAIR = {"type": "preference", "prompt": "Is 9 a prime?", "chosen": "No.", "rejected": "Yes."}
VOTE = {"type": "unpaired", "prompt": "Is 9 a prime?", "completion": "No.", "label": True}
SPAN = {"type": "qa", "question": "Who?", "context": "Ada did.", "answers": [{"text": "Ada", "start": 0}]}


@pytest.mark.parametrize(
    ("record", "names", "row"),
    [
        (PAIR, ["rejected"], {"instruction": "Is 9 a prime?", "output": "No."}),
        ({**PAIR, "margin": 2, "system": "Hm"}, ["rejected", "margin"], {"output": "No.", "system": "Hm"}),
        (VOTE, ["label"], {"instruction": "Is 9 a prime?", "output": "No."}),
        (SPAN, ["answers.start"], {"instruction": "Who?", "input": "Ada did.", "output": "Ada"}),
        (
            {**SPAN, "answers": [{"text": "Ada"}, {"text": "she"}]},
            ["other_answers"],
            {"instruction": "Who?", "input": "Ada did.", "output": "Ada"},
        ),
    ],
)
def test_a_judged_answer_is_an_answer_to_learn_when_the_judgement_may_go(record, names, row):
    with pytest.raises(LossError) as failure:
        dialect("alpaca").encode(record)
    assert failure.value.names == names
    found, lost = encode_allowing(dialect("alpaca"), record, names)
    assert row.items() <= found.items()
    assert list(lost) == names


def test_messages_are_judged_too():
    said = {"prompt": [{"role": "user", "content": "a"}], "chosen": [{"role": "assistant", "content": "b"}]}
    record = {"type": "preference", **said, "rejected": [{"role": "assistant", "content": "c"}]}
    assert encode_allowing(dialect("openai"), record, ["rejected"])[0] == {"messages": said["prompt"] + said["chosen"]}
    assert encode_allowing(dialect("alpaca"), record, ["rejected"])[0] == {"instruction": "a", "output": "b"}


@pytest.mark.parametrize(
    "record", [{**VOTE, "label": False}, {**SPAN, "answers": []}, {**SPAN, "answers": [], "is_impossible": True}]
)
def test_nobody_learns_a_bad_answer_or_none(record):
    with pytest.raises(LossError, match="it cannot go without"):
        encode_allowing(dialect("alpaca"), record, ["label", "answers", "is_impossible"])
