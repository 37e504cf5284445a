"""A record becomes one of another type only where both say the same, and comes back as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.schemas.rows import texts
from tilth.schemas import RecastError, recast

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
        [{"role": "user", "content": "a"}, {"role": "assistant", "content": None}],
        [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", "weight": 0}],
        [{"role": "user", "content": "a", "name": "Ada"}, {"role": "assistant", "content": "b"}],
    ],
)
def test_a_chat_that_says_more_than_one_exchange_of_text_is_no_instruction(messages):
    with pytest.raises(RecastError, match=r"messages \(other than one exchange of plain text\)"):
        recast({"type": "chat", "messages": messages}, "instruction")
