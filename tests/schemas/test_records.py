"""What each record type takes, refuses and consists of."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.schemas.rows import values
from tilth.plugins import installed
from tilth.schemas import content_id, parts, record_type, record_types

GOOD: dict[str, list[dict[str, Any]]] = {
    "instruction": [
        {"instruction": "Add.", "input": "2 2", "output": "4"},
        {"instruction": "Add.", "input": None, "output": "", "system": "Be brief.", "extra": {"id": 1}},
    ],
    "chat": [
        {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": None, "tool_calls": []}]},
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "Hi"}], "weight": 1}], "tools": "[]"},
    ],
    "preference": [
        {"prompt": "a", "chosen": "b", "rejected": "c", "margin": 1.5, "ratings": {"a": 1}},
        {"prompt": [{"role": "user", "content": "a"}], "chosen": [], "rejected": []},
    ],
    "qa": [{"question": "Who?", "answers": [{"text": "Ada", "start": 0}], "context": "Ada.", "is_impossible": False}],
    "ner": [{"text": "Ada", "entities": [{"start": 0, "end": 3, "label": "PERSON"}], "tokens": ["Ada"]}],
    "classification": [{"text": "a", "label": "b"}, {"text": "a", "labels": []}],
    "text": [{"text": "a", "meta": {"licence": "MIT"}}],
}
BAD: list[tuple[dict[str, Any], str, str, str]] = [
    ({"type": "instruction", "instruction": 7, "output": "b"}, "instruction", "wrong-type", "text"),
    ({"type": "instruction", "instruction": "a"}, "output", "missing", "a value"),
    ({"type": "instruction", "instruction": "a", "output": "b", "x": 1}, "x", "schema", "one of its fields"),
    ({"type": "chat", "messages": []}, "messages", "schema", "at least 1"),
    ({"type": "chat", "messages": ["hi"]}, "messages[0]", "wrong-type", "an object"),
    ({"type": "chat", "messages": [{"role": "user", "content": 1}]}, "messages[0].content", "wrong-type", "text or a"),
    ({"type": "chat", "messages": [{"role": "human"}]}, "messages[0].role", "schema", "'user'"),
    ({"type": "preference", "prompt": 1, "chosen": "a", "rejected": "b"}, "prompt", "wrong-type", "text or a list"),
    ({"type": "qa", "question": "a", "answers": {"text": []}}, "answers", "wrong-type", "a list"),
    (
        {"type": "qa", "question": "a", "answers": [{"text": "a", "start": "0"}]},
        "answers[0].start",
        "wrong-type",
        "a wh",
    ),
    ({"type": "ner", "text": "a", "entities": [[0, 1, "X"]]}, "entities[0]", "wrong-type", "an object"),
    ({"type": "ner", "text": "a", "entities": [{"start": True, "end": 1, "label": "X"}]}, "entities[0].start", "", ""),
    ({"type": "classification", "text": "a", "label": 3}, "label", "wrong-type", "text"),
    ({"type": "classification", "text": "a"}, "", "schema", ""),
    ({"type": "classification", "text": "a", "label": "b", "labels": ["b"]}, "", "schema", ""),
    ({"type": "text", "text": None}, "text", "wrong-type", "text"),
]


@pytest.mark.parametrize("name", sorted(GOOD))
def test_a_good_record_has_no_problems(name: str) -> None:
    for fields in GOOD[name]:
        assert list(record_type(name).problems({"type": name, **fields})) == []


@pytest.mark.parametrize(("fields", "place", "code", "expected"), BAD)
def test_a_problem_names_its_place_and_what_was_expected(fields, place, code, expected):
    from tilth.schemas.problem import dotted

    (problem,) = record_type(fields["type"]).problems(fields)
    assert dotted(problem.path) == place
    assert problem.code == (code or problem.code)
    assert problem.expected.startswith(expected) or expected in problem.expected


def test_there_are_examples_of_every_type():
    assert set(GOOD) <= set(record_types())
    ours = [record_type(name) for name in installed("tilth.records")]  # and not what another test has registered
    assert all(known.summary and known.__doc__ for known in ours)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"type": "instruction", "instruction": "a", "input": "b", "output": "c"}, ("a\nb", "c", "a\nb\nc")),
        ({"type": "instruction", "instruction": "a", "input": "", "output": "c"}, ("a", "c", "a\nc")),
        (
            {
                "type": "chat",
                "messages": [
                    {"role": "system", "content": "s"},
                    {"role": "user", "content": "u"},
                    {"role": "assistant", "content": None},
                    {"role": "assistant", "content": [{"type": "text", "text": "a"}]},
                ],
            },
            ("s\nu", "a", "s\nu\na"),
        ),
        ({"type": "preference", "prompt": "p", "chosen": "c", "rejected": "r"}, ("p", "c", "p\nc\nr")),
        (
            {"type": "qa", "question": "q", "context": "c", "answers": [{"text": "x"}, {"text": "y"}]},
            ("q", "x", "q\nc\nx\ny"),
        ),
        ({"type": "ner", "text": "t", "entities": []}, ("t", None, "t")),
        ({"type": "classification", "text": "t", "label": "l"}, ("t", "l", "t")),
        ({"type": "classification", "text": "t", "labels": ["l", "m"]}, ("t", "l\nm", "t")),
        ({"type": "text", "text": "t"}, ("t", None, "t")),
        ({"type": "nobody knows", "a": "x", "b": 1, "c": "y", "extra": {"d": "z"}}, (None, None, "x\ny")),
    ],
)
def test_parts_of_each_type(fields, expected):
    assert tuple(parts(fields)) == expected


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(GOOD)), st.data())
def test_parts_identity_and_problems_take_anything(name, data):
    known = record_type(name).field_names()
    fields = data.draw(st.fixed_dictionaries({"type": st.just(name)}, optional=dict.fromkeys(known, values)))
    assert isinstance(parts(fields).text, str)
    assert len(content_id(fields)) == 32
    for problem in record_type(name).problems(fields):
        assert problem.message


BASE = {"type": "instruction", "instruction": "a", "output": "b"}


@pytest.mark.parametrize(
    "same",
    [
        {"output": "b", "type": "instruction", "instruction": "a"},
        {**BASE, "input": ""},
        {**BASE, "input": None, "system": ""},
        {**BASE, "id": "x", "meta": {"licence": "MIT"}, "extra": {"id": 7}},
    ],
)
def test_what_is_no_content_does_not_change_the_identity(same):
    assert content_id(same) == content_id(BASE)


@pytest.mark.parametrize("other", [{**BASE, "input": "c"}, {**BASE, "output": "b "}, {**BASE, "type": "chat"}])
def test_any_change_of_content_changes_the_identity(other):
    assert content_id(other) != content_id(BASE)


def test_nulls_that_a_container_fills_in_do_not_change_the_identity():
    turn = {"role": "user", "content": "a"}
    filled = {"type": "chat", "messages": [{**turn, "name": None, "tool_calls": None}], "tools": None}
    assert content_id(filled) == content_id({"type": "chat", "messages": [turn]})


def test_an_argument_of_a_tool_call_is_content_even_when_it_is_null():
    def chat(arguments):
        call = {"type": "function", "function": {"name": "f", "arguments": arguments}}
        return {"type": "chat", "messages": [{"role": "assistant", "content": None, "tool_calls": [call]}]}

    assert content_id(chat({"to": None})) != content_id(chat({}))


def test_the_identity_is_the_same_tomorrow():
    """Files, journals and ledgers hold it: another value here breaks them all."""
    assert content_id(BASE) == "4eeebee8948085c4b9319be5d199c266"
