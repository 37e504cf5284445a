"""What a dialect cannot hold has a name, and goes when the name is allowed, and only then."""

import json
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings

from tests.schemas.records import BY_TYPE, records_of
from tilth.schemas import LossError, content_id, dialect, dialects, dump_json, parts
from tilth.schemas.dialects import encode_allowing
from tilth.schemas.dialects.loss import is_allowed

PAIRS = [
    (name, record_type)
    for (name, shape), record_type in product(dialects().items(), BY_TYPE)
    if shape.record_types and (shape.holds(record_type) or {"instruction", "chat"} & set(shape.record_types))
]


def plainly(value):
    """The record with calls spelled one way: arguments as an object, and no content rather than an empty one."""
    if isinstance(value, list):
        return [plainly(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "tool_calls" in value and not value.get("content"):
        value = {**value, "content": None}
    if isinstance(value.get("arguments"), str):
        value = {**value, "arguments": json.loads(value["arguments"])}
    return {name: plainly(below) for name, below in value.items()}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "record_type"), PAIRS)
def test_any_record_is_held_or_loses_what_is_named(name: str, record_type: str) -> None:
    shape = dialect(name)

    @settings(max_examples=12, deadline=None)
    @given(records_of(record_type))
    def is_held_or_loses_what_is_named(record):
        allowed: list[str] = []
        for _ in range(8):
            try:
                row, lost = encode_allowing(shape, record, allowed)
                break
            except LossError as failure:
                if "it cannot go without" in failure.what:
                    return
                assert not any(is_allowed(loss, allowed) for loss in failure.names)
                allowed += failure.names
        else:
            raise AssertionError(f"one loss uncovers another without an end: {allowed}")
        again = shape.decode(row)
        assert dump_json(shape.encode(again)) == dump_json(row)
        if lost:
            return
        assert parts(again).answer == parts(record).answer
        if again["type"] == record_type and type(again.get("prompt")) is type(record.get("prompt")):
            assert content_id(plainly(again)) == content_id(
                plainly(record)
            )  # text and a message of it are two contents

    is_held_or_loses_what_is_named()


def spoken(record: dict[str, Any]) -> list[Any]:
    """Who says and calls what in a chat, whatever else is said of it."""
    return [
        (turn["role"], turn.get("content") or None, [each["function"] for each in turn.get("tool_calls") or ()])
        for turn in plainly(record["messages"])
    ]


CALL = {"type": "function", "function": {"name": "f", "arguments": {"a": "b"}}}
CALLING: list[dict[str, Any]] = [
    {"role": "user", "content": "How warm is it?"},
    {"role": "assistant", "tool_calls": [CALL]},
    {"role": "tool", "name": "f", "content": "22"},
    {"role": "assistant", "content": "22 degrees."},
]


@pytest.mark.parametrize("call", [{}, {"content": None}, {"content": ""}, {"content": "Let me see."}])
@pytest.mark.parametrize("name", [name for name, each in dialects().items() if each.holds("chat")])
def test_a_call_is_written_or_refused_whatever_is_said_beside_it(name: str, call: dict[str, Any]) -> None:
    record = {"type": "chat", "messages": [CALLING[0], {**CALLING[1], **call}, *CALLING[2:]]}
    shape = dialect(name)
    try:
        row = shape.encode(record)
    except LossError:
        return
    assert spoken(shape.decode(row)) == spoken(record)


@pytest.mark.parametrize("taken", ["from", "value"])
@pytest.mark.parametrize("place", [0, 1])
def test_a_name_that_means_something_in_a_turn_is_refused_in_every_turn(taken: str, place: int) -> None:
    messages = [{**turn, taken: "x"} if at == place else turn for at, turn in enumerate(CALLING)]
    with pytest.raises(LossError, match=taken):
        dialect("sharegpt").encode({"type": "chat", "messages": messages})


def test_a_conversation_that_is_a_text_is_no_chatml() -> None:
    with pytest.raises(LossError, match="messages"):
        dialect("chatml").encode({"type": "chat", "messages": '[{"role": "user", "content": "Hi"}]'})
