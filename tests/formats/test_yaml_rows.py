"""YAML: read as 1.2 says, refused where it is more than data, written for people."""

import io
import time
from itertools import pairwise

import pytest
import yaml

from tests.formats.hostile import FIXED_ROWS, block, dumped, read, written
from tilth.errors import DataError
from tilth.formats import ReadSettings, Reject
from tilth.formats.yaml_rows import Yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[(text, text) for text in ["no", "yes", "on", "y", "12:30", "2024-01-01", "007", "0.1.2", "1_000", "0b1"]],
        *[(text, None) for text in ["", "~", "null", "Null", "NULL"]],
        *[("true", True), ("False", False), ("TRUE", True), ("tRUE", "tRUE"), ("nUll", "nUll")],
        *[("12", 12), ("-0", 0), ("+3", 3), ("0o17", 15), ("0xfF", 255), ("0o8", "0o8"), (str(10**25), 10**25)],
        *[("1.5", 1.5), (".5", 0.5), ("1.", 1.0), ("1e3", 1000.0), ("-1.0E-2", -0.01), ("1e", "1e"), ("-", ["-"])],
        *[('"12"', "12"), ("'no'", "no"), ("!!str 12", "12"), ("! 12", "12"), ("|-\n    1\n    2", "1\n2")],
    ],
)
def test_scalars_are_what_yaml_1_2_says(text: str, value: object) -> None:
    if value == ["-"]:
        value, text = [None], "\n    -"
    assert dumped(read("yaml", f"- a: {text}\n".encode())) == dumped([{"a": value}])


def test_documents_and_lists_hold_rows() -> None:
    assert read("yaml", b"a: 1\n---\na: 2\n---\n---\n- a: 3\n- a: 4\n...\n") == [{"a": n} for n in (1, 2, 3, 4)]
    assert read("yaml", b"# nothing\n") == []


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("- {a: 1, a: 2}", 'file:1: the key "a" is given twice'),
        ("- a: 1\n- a: .nan", "file:2: .nan, which JSON does not have"),
        ("- a: -.inf", "file:1: -.inf, which JSON does not have"),
        ("- a: 1e999", "file:1: the number 1e999 is larger"),
        ("- a: " + "1" * 5000, "file:1: an integer of more than 4300 digits"),
        ("- 1: a", "file:1: a key that is no text (1)"),
        ("- ? [a]\n  : b", "file:1: a key that is no text (a list or a mapping)"),
        ("- <<: {a: 1}", "file:1: the merge key <<"),
        ("- a: !!python/object/apply:os.system [id]", "file:1: the tag !!python/object/apply:os.system"),
        ("- a: !!binary aGk=", "file:1: the tag !!binary"),
        ("- &x {a: *x}", "file:1: the alias *x"),
        ("- just text", "file:1: found an item that is no mapping"),
        ("- [a]", "file:1: found an item that is no mapping"),
        ("- a: [1", "file:2: broken YAML"),
        ("- a: 1\n - b", "file:2: broken YAML"),
        ("- a: \x01", "file:1: column 6: the character U+0001, which YAML has only as an escape"),
        ("- a: " + "[" * 200 + "]" * 200, "file:1: this row is more than 128 deep"),
        ("- a: " + "[" * 100_000, "file:1: this row is more than 128 deep"),
    ],
)
def test_what_is_more_than_data_is_refused_with_its_line(text: str, answer: str) -> None:
    with pytest.raises(DataError) as failure:
        read("yaml", text.encode())
    assert str(failure.value).startswith(answer)


def test_aliases_stand_for_what_was_anchored() -> None:
    assert read("yaml", b"- &x {a: [&t text, *t]}\n- {b: *x}\n") == [
        {"a": ["text", "text"]},
        {"b": {"a": ["text", "text"]}},
    ]


def test_an_alias_bomb_is_refused_at_once() -> None:
    letters = "abcdefghi"
    bomb = "- a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
    for old, new in pairwise(letters):
        bomb += f"  {new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n"
    begin = time.monotonic()
    with pytest.raises(DataError, match="aliases that stand for too much"):
        read("yaml", bomb.encode())
    assert time.monotonic() - begin < 2


def test_a_rejected_row_keeps_its_text() -> None:
    rejects: list[Reject] = []
    assert read("yaml", b"- a: 1\n- a: 2\n  a: 3\n- a: 4\n", rejects) == [{"a": 1}, {"a": 4}]
    assert [(reject.line, reject.raw.splitlines()[:2]) for reject in rejects] == [(2, ["- a: 2", "  a: 3"])]


def test_rows_are_written_as_people_would() -> None:
    rows = [
        {
            "question": "Where is it?",
            "answer": "One:\n  look\n\nTwo\n",
            "tags": ["a", ["b"], {"c": None}],
        },
        {"empty": "", "list": [], "object": {}, "no": "no", "zero": -0.0, "big": 1e22, "x": "a\r\n", "dash": "- a"},
    ]
    assert written("yaml", block(rows)).decode() == (
        "- question: Where is it?\n"
        "  answer: |\n"
        "    One:\n"
        "      look\n"
        "\n"
        "    Two\n"
        "  tags:\n"
        "    - a\n"
        "    - - b\n"
        "    - c: null\n"
        '- empty: ""\n'
        "  list: []\n"
        "  object: {}\n"
        '  "no": "no"\n'
        "  zero: -0.0\n"
        "  big: 1.0e+22\n"
        '  x: "a\\r\\n"\n'
        '  dash: "- a"\n'
    )


def test_other_readers_take_the_file_for_the_same_rows() -> None:
    content = written("yaml", block(FIXED_ROWS))
    assert dumped(yaml.safe_load(content)) == dumped(FIXED_ROWS)
    assert dumped(yaml.load(content, Loader=yaml.SafeLoader)) == dumped(FIXED_ROWS)


def test_characters_that_nobody_uses_survive() -> None:
    rows = [{"a\U0001fffe": "\U0001ffff\U0002fffe", "\U0002ffff": "\ufffe"}]
    content = written("yaml", block(rows))
    assert dumped(read("yaml", content)) == dumped(rows)
    assert dumped(yaml.safe_load(content)) == dumped(rows)


def test_long_keys_and_their_nested_values_survive() -> None:
    rows = [{"k" * 2000: {"é" * 900: ["x", {"y" * 501: "z\nz"}]}, "\n" * 300: []}]
    assert dumped(read("yaml", written("yaml", block(rows)))) == dumped(rows)


def test_the_first_rows_come_before_the_file_is_read_to_its_end() -> None:
    source = io.BytesIO(b"- a: text\n" * 50_000)
    next(Yaml().read(source, ReadSettings("file")))
    assert source.tell() < 100_000


def test_a_row_without_end_is_refused_before_it_fills_memory() -> None:
    settings = ReadSettings("file", max_line_bytes=100_000)
    with pytest.raises(DataError, match="file:2: one row has more than 100000 bytes"):
        list(Yaml().read(io.BytesIO(b"- a: 1\n- a: |\n" + b"    text\n" * 50_000), settings))
