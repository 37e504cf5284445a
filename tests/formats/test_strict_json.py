"""One answer for everything that JSON readers disagree about."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.formats.hostile import read, values
from tests.formats.strict_cases import CASES, TAKEN
from tilth.errors import DataError
from tilth.formats.strict_json import StrictJsonError, parse_block, parse_carefully, parse_json
from tilth.schemas import dump_json

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "formats.md"


@pytest.mark.parametrize(("line", "answer"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_each_case_has_its_documented_answer(line: bytes, answer: str) -> None:
    # A good line before it: a byte order mark is only one at the start of the file.
    content = b'{"a": 0}\n' + line + b'\n{"a": "last"}\n'
    if answer == TAKEN:
        assert dump_json(read("jsonl", content)[1]) == dump_json(json.loads(line))
        return
    with pytest.raises(DataError) as failure:
        read("jsonl", content)
    assert str(failure.value).startswith("file:2: ")
    assert answer in failure.value.what
    rejects: list = []
    assert [row["a"] for row in read("jsonl", content, rejects)] == [0, "last"]
    assert [(reject.line, reject.byte_offset) for reject in rejects] == [(2, 9)]


def test_the_reference_shows_every_case() -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    missing = [what for what, _, answer in CASES if f"| {what} | {answer} |" not in text]
    assert not missing


@settings(max_examples=150, deadline=None)
@given(values, st.data())
def test_the_fast_and_the_careful_reader_agree(value: object, data: st.DataObject) -> None:
    text = bytearray(json.dumps(value, ensure_ascii=data.draw(st.booleans())).encode())
    for _ in range(data.draw(st.integers(0, 3))):
        place = data.draw(st.integers(0, len(text)))
        text[place : place + data.draw(st.integers(0, 2))] = data.draw(
            st.sampled_from([b"", b'"', b'":', b'"a":1,', b"\\u0022", b"1" * 19, b"[", b"}", b" ", b",", b"\\"])
        )
    assert _answer(parse_json, bytes(text)) == _answer(parse_carefully, bytes(text))


def _answer(parse, text: bytes):
    try:
        return dump_json(parse(text))
    except StrictJsonError as refusal:
        return str(refusal)


@pytest.mark.parametrize("before", [b'{"a":1}', b'{\n"a":\n[1]}'])
def test_depth_is_told_for_texts_that_are_spread_over_several_lines(before: bytes) -> None:
    deep = b"[" * 129 + b"\n" + b"]" * 129
    first, second, third = parse_block([before, deep, b"[\n]"])
    assert isinstance(second, StrictJsonError)
    assert (first["a"], third) == (json.loads(before)["a"], [])
