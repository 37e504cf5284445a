"""Conversations in cues, in turns and in one text: who says what, and the same rows again."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.schemas.public_data import json_rows
from tilth.errors import DataError, UsageError
from tilth.schemas import LossError, detect, dialect

CALL = [
    {"start": 0.0, "end": 2.5, "speaker": "Agent", "text": "Hello, how\ncan I help?"},
    {"start": 2.5, "end": 4.0, "speaker": "Mary", "text": "My parcel"},
    {"start": 4.0, "end": 5.0, "speaker": "Mary", "text": "is late."},
    {"start": 5.0, "end": 6.0, "text": "Since Monday."},
]
SAID = [
    {"role": "assistant", "content": "Hello, how can I help?", "name": "Agent"},
    {"role": "user", "content": "My parcel is late. Since Monday.", "name": "Mary"},
]


def decoded(rows: list[dict[str, Any]], record_type: str | None = None) -> dict[str, Any]:
    chosen = dialect("transcript").settled(rows, record_type)
    ((_, unfolded),) = chosen.unfold(enumerate(rows, 1), None)
    return chosen.decode(unfolded)


def written(fields: dict[str, Any]) -> list[Any]:
    folding = dialect("transcript").folding()
    assert folding is not None
    return [*folding.add(dialect("transcript").encode(fields)), *folding.close()]


def test_the_rows_of_a_file_are_one_conversation() -> None:
    found = detect(CALL)
    assert (found.dialect.name, found.record_types) == ("transcript", ("chat",))
    fields = decoded(CALL)
    assert fields["messages"] == SAID
    assert written(fields) == CALL


def test_rows_without_speakers_are_a_text() -> None:
    rows = [{"start": 0.5, "end": 1.0, "text": " Hello there."}, {"start": 1.0, "end": 2.0, "text": " Bye.\n"}]
    assert detect(rows).record_types == ("text",)
    fields = decoded(rows)
    assert (fields["type"], fields["text"]) == ("text", "Hello there. Bye.")
    assert written(fields) == rows
    with pytest.raises(UsageError, match=r"no row of the transcript names its speaker.*\n  try  --as text"):
        detect(rows, record_type="chat")


def test_a_conversation_can_be_read_as_a_text() -> None:
    assert detect(CALL, record_type="text").record_types == ("text",)
    fields = decoded(CALL, "text")
    assert fields["text"] == "Agent: Hello, how can I help?\nMary: My parcel is late. Since Monday."
    assert written(fields) == CALL


def test_written_turns_keep_their_lines() -> None:
    rows = [
        {"turn": 1, "speaker": "Bot", "text": "a\n\nb"},
        {"turn": 2, "time": "10:02 AM", "speaker": "Bot", "text": "c"},
    ]
    assert decoded(rows)["messages"] == [{"role": "assistant", "content": "a\n\nb\nc", "name": "Bot"}]
    assert written(decoded(rows)) == rows


@pytest.mark.parametrize(
    ("label", "role"),
    [
        ("Agent 2", "assistant"),
        ("SUPPORT", "assistant"),
        ("Mary (host)", "assistant"),
        ("AI", "assistant"),
        ("Acme AI", "assistant"),
        ("Ai Weiwei", "user"),
        ("Customer", "user"),
        ("Reagent", "user"),
        ("System", "system"),
        ("Speaker 1", "user"),
    ],
)
def test_who_is_the_assistant_follows_from_the_label(label: str, role: str) -> None:
    rows = [{"turn": 1, "speaker": label, "text": "x"}, {"turn": 2, "speaker": "Bob", "text": "y"}]
    messages = decoded(rows)["messages"]
    assert messages[0] == {"role": role, "content": "x", "name": label}


def test_labels_that_are_roles_are_no_names() -> None:
    messages = [
        {"role": "system", "content": "s"},
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": ""},
    ]
    rows = written({"type": "chat", "messages": messages})
    assert rows[1] == {"turn": 2, "speaker": "user", "text": "a"}
    assert decoded(rows)["messages"] == messages


@pytest.mark.parametrize(
    ("row", "is_cue"),
    [
        ({"start": 0, "end": 1.5, "text": "a"}, True),
        (
            {
                "id": 0,
                "seek": 0,
                "start": 0.0,
                "end": 1.0,
                "text": "a",
                "tokens": [1],
                "avg_logprob": -0.1,
                "words": [],
            },
            True,
        ),
        (
            {
                "timestamps": {"from": "00:00:00,000", "to": "00:00:01,000"},
                "offsets": {"from": 0, "to": 1000},
                "text": "a",
            },
            True,
        ),
        ({"turn": 1, "speaker": "A", "text": "a"}, True),
        ({"speaker": "A", "text": "a"}, False),
        ({"start": 0, "end": 4, "text": "Mary", "label": "person"}, False),
        ({"turn": 1, "speaker": "A", "text": "a", "dialogue_id": 7}, False),
        ({"start": "0", "end": "1", "text": "a"}, False),
        ({"start": 0.0, "end": 1.0}, False),
    ],
)
def test_only_rows_that_are_cues_and_nothing_more_are_taken_for_them(row: dict[str, Any], is_cue: bool) -> None:
    assert (dialect("transcript").recognise(row) is not None) is is_cue


def test_changed_words_and_names_go_into_the_rows() -> None:
    fields = decoded(CALL)
    fields["messages"][1] = {"role": "user", "content": "My parcel is early.", "name": "Customer"}
    assert written(fields)[1:] == [{"start": 2.5, "end": 6.0, "speaker": "Customer", "text": "My parcel is early."}]
    fields = decoded(CALL)
    fields["messages"][1]["name"] = "Customer"
    assert [row.get("speaker") for row in written(fields)] == ["Agent", "Customer", "Customer", None]
    fields = decoded(CALL, "text")
    fields["text"] = "Agent: Hello."
    assert written(fields) == [{"turn": 1, "text": "Agent: Hello."}]


@pytest.mark.parametrize(
    ("message", "lost"),
    [
        ({"role": "assistant", "content": "a", "name": "Bob"}, "messages.role"),
        ({"role": "tool", "content": "a"}, "messages.role"),
        ({"role": "user", "content": None}, "messages.content"),
        ({"role": "user", "content": "a", "weight": 0}, "messages.weight"),
    ],
)
def test_what_a_transcript_cannot_say_is_named(message: dict[str, Any], lost: str) -> None:
    with pytest.raises(LossError) as refusal:
        dialect("transcript").encode({"type": "chat", "messages": [message]})
    assert refusal.value.names == [lost]


def test_what_would_be_read_as_something_else_is_named() -> None:
    twice = [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}]
    for fields, lost in (
        ({"type": "chat", "messages": twice}, ["messages"]),
        ({"type": "chat", "messages": [], "extra": {"x": 1}, "meta": {"y": 2}}, ["meta", "extra.x"]),
        ({"type": "chat", "messages": [], "tools": [{}]}, ["tools"]),
    ):
        with pytest.raises(LossError) as refusal:
            dialect("transcript").encode(fields)
        assert refusal.value.names == lost


def test_a_second_conversation_is_not_written_into_the_same_file() -> None:
    folding = dialect("transcript").folding()
    assert folding is not None
    assert list(folding.add({"cues": CALL})) == CALL
    with pytest.raises(DataError, match=r"a transcript is a file for each conversation.*\n  try  --to-dialect openai"):
        folding.add({"cues": CALL})


texts = st.text(alphabet="ab \n\r\t:é", max_size=8)
speakers = st.sampled_from(["A", "Agent", "user", "", " ", None, 0, True, ["x"]])
some_rows = st.fixed_dictionaries(
    {},
    optional={
        "start": st.floats(0, 9),
        "turn": st.integers(0, 3),
        "speaker": speakers,
        "text": texts | st.none() | st.just([1]),
        "extra": st.just({"a": 1}),
    },
)


@settings(max_examples=300, deadline=None)
@given(st.lists(some_rows, min_size=1, max_size=6), st.sampled_from([None, "text"]))
def test_any_rows_are_written_back_as_they_were(rows: list[dict[str, Any]], record_type: str | None) -> None:
    assert json.dumps(written(decoded(rows, record_type))) == json.dumps(rows)


pieces = st.sampled_from(
    ["A", "Agent", ": ", ":", "\n", "\n\n", " ", "\r\n", "hi", "User", "[00:01] ", "**", "(0:12)", "Bob Smith", "note"]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(pieces, max_size=14).map("".join), st.sampled_from(["conversation", "dialogue", "transcript"]))
def test_any_text_of_a_dialogue_is_written_back_as_it_was(text: str, name: str) -> None:
    chosen = dialect("dialogue")
    for row in ({"x": 1, name: text, "y": 2}, {name: "User: " + text, "meta": {"a": 1}}):
        assert json.dumps(chosen.encode(chosen.decode(row))) == json.dumps(row)


def test_a_text_with_labels_is_a_chat() -> None:
    row = {"id": 7, "dialogue": "Amanda: I baked cookies.\r\nJerry: Sure: one!\r\nAmanda: ok", "summary": "Cookies."}
    assert detect([row]).dialect.name == "dialogue"
    fields = dialect("dialogue").decode(row)
    assert [(each["name"], each["content"]) for each in fields["messages"]] == [
        ("Amanda", "I baked cookies."),
        ("Jerry", "Sure: one!"),
        ("Amanda", "ok"),
    ]
    assert dialect("dialogue").recognise({"dialogue": "no turns here"}) is None
    assert dialect("dialogue").recognise({"conversation": [{"role": "user", "content": "x"}]}) is None


def test_a_chat_is_written_as_a_dialogue_that_is_read_as_the_same() -> None:
    messages = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello\nthere", "name": "Bot"}]
    row = dialect("dialogue").encode({"type": "chat", "messages": messages})
    assert row == {"conversation": "user: Hi\nBot: Hello\nthere"}
    with pytest.raises(LossError, match="written as text they would be read as other ones"):
        dialect("dialogue").encode({"type": "chat", "messages": [{"role": "user", "content": "a\nBot: b"}]})
    with pytest.raises(LossError, match=r"messages\[0\].tool_calls"):
        dialect("dialogue").encode({"type": "chat", "messages": [{"role": "user", "content": "a", "tool_calls": []}]})


def test_public_calls_are_chats_and_come_back() -> None:
    rows = json_rows("lamini_examples/insurance_convos.jsonl")
    found = detect(rows)
    assert (found.dialect.name, found.record_types) == ("dialogue", ("chat",))
    for row in rows:
        fields = found.dialect.decode(row)
        assert {(each["name"], each["role"]) for each in fields["messages"]} == {("User", "user"), ("Bot", "assistant")}
        assert json.dumps(found.dialect.encode(fields)) == json.dumps(row)
    for chat in json_rows("abcd/abcd_sample.json"):
        cues = [{"turn": n, "speaker": who, "text": said} for n, (who, said) in enumerate(chat["original"], 1)]
        fields = decoded(cues)
        assert written(fields) == cues
        assert {each["role"] for each in fields["messages"] if each.get("name") == "agent"} == {"assistant"}
