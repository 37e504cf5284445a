"""JSON comes in exactly and goes out exactly, or not at all."""

import json
import math
from datetime import date

import pytest
from hypothesis import given

from tests.schemas.rows import values
from tilth.errors import DataError
from tilth.schemas import canonical_json, dump_json, load_json


@given(values)
def test_any_value_comes_back_the_same(value):
    back = load_json(dump_json(value))
    assert back == value
    assert dump_json(back) == dump_json(value)
    assert json.loads(dump_json(value)) == value


@pytest.mark.parametrize(
    "text",
    ["9223372036854775808", "18446744073709551616", "10000000000000000000000000", "-0.0", "1e-7", "0.1", '"\\u2028"'],
)
def test_numbers_and_marks_stay_what_they_are(text):
    assert load_json(dump_json(load_json(text.encode()))) == json.loads(text)
    assert repr(load_json(text.encode())) == repr(json.loads(text))


@pytest.mark.parametrize("padding", ["", ', "n": 12345678901234567890'])
@pytest.mark.parametrize("bad", ["NaN", "Infinity", "-Infinity", "1e999", '"\\ud800"', "'a'", "01", "[" * 100_000])
def test_what_is_no_json_is_refused_on_the_fast_and_on_the_slow_way(bad, padding):
    with pytest.raises(ValueError):
        load_json(f'{{"a": {bad}{padding}}}'.encode())


@pytest.mark.parametrize("value", [math.nan, math.inf, {"a": [math.nan]}, {1: "a"}, date(2024, 1, 2), "\ud800", {1, 2}])
def test_what_json_cannot_hold_is_refused_and_not_changed(value):
    with pytest.raises(DataError, match="a value cannot be written as JSON"):
        dump_json(value)
    with pytest.raises(DataError, match="a value cannot be written as JSON"):
        dump_json([10**30, value])


def test_canonical_json_sorts_names_at_every_depth():
    assert canonical_json({"b": {"d": 1, "c": 2}, "a": []}) == b'{"a":[],"b":{"c":2,"d":1}}'
    assert dump_json({"b": 1, "a": 2}) == b'{"b":1,"a":2}'
    assert canonical_json({"b": 10**30, "a": 1}) == b'{"a":1,"b":1000000000000000000000000000000}'
