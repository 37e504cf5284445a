"""Lines that are held against one of their build: whatever is different about one, the answer stays the same."""

import io
import json
import random
from collections.abc import Mapping
from typing import Any

import pytest

from tests.formats.hostile import dumped
from tilth.formats import ReadSettings, Reject
from tilth.formats.bulk.json_alike import AlikeLines
from tilth.formats.bulk.json_scan import marked_lines
from tilth.formats.bulk.surprise import Surprise
from tilth.formats.container import Held
from tilth.formats.opening import format_named

ROWS: list[dict[str, Any]] = [
    {"id": "a1", "n": 1, "instruction": "x"},
    {"id": "b", "n": 2.5, "instruction": ""},
    {"id": "c3", "n": None, "instruction": "y z"},
    {"id": None, "n": "4", "instruction": "w"},
    {"id": "é", "n": -7, "instruction": 'q"\\'},
    {"id": "", "n": True, "instruction": "ü"},
]
SEPARATORS = [(",", ":"), (", ", ": ")]
BYTES = b'"\\{}[],: \n0-.e'
MORE_BYTES = b"\t\r\x00\x1f9+EtfnulasiN/\x7f\xc3\xa9\xff"


def lines_of(rows: list[dict[str, Any]], separators: tuple[str, str]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False, separators=separators) + "\n" for row in rows).encode()


def answer(content: bytes, held: Held) -> tuple[list[bytes], list[int], list[Reject]]:
    rejects: list[Reject] = []
    blocks = list(
        format_named("jsonl").read(io.BytesIO(content), ReadSettings("file", reject=rejects.append, held=held))
    )
    rows: list[Mapping[str, Any]] = [row for block in blocks for row in block.rows]
    return dumped(rows), [line for block in blocks for line in block.lines], rejects


def builds(content: bytes) -> AlikeLines:
    return AlikeLines(*marked_lines(content))


@pytest.mark.parametrize("separators", SEPARATORS)
def test_flat_lines_are_told_by_their_builds(separators: tuple[str, str]) -> None:
    content = lines_of(ROWS, separators)
    assert builds(content).count == len(ROWS)
    assert builds(content).shapes == [("id", "n", "instruction")]
    assert answer(content, "columns")[0] == dumped(ROWS)


@pytest.mark.parametrize(
    "line",
    [
        b'{"a": [1]}',
        b'{"a": {}}',
        b"{}",
        b'{ "a": 1}',
        b'{"a" : 1}',
        b'{"a": 1, "a": 2}',
        b'{"a":  1}',
        b'{"\\u0061": 1}',
    ],
)
def test_what_is_not_flat_or_spelt_unusually_is_left_to_others(line: bytes) -> None:
    with pytest.raises(Surprise):
        builds(b'{"a": 1}\n{"a": 2}\n' + line + b"\n")


def test_many_builds_are_left_to_others() -> None:
    rows = [{f"key{number}": 1, "a": "b"} for number in range(40)]
    with pytest.raises(Surprise):
        builds(lines_of(rows, SEPARATORS[0]))
    assert answer(lines_of(rows, SEPARATORS[0]), "columns")[0] == dumped(rows)


@pytest.mark.parametrize("separators", SEPARATORS)
@pytest.mark.parametrize(
    "name", ["a", "seven77", "eight888", "nine99999", "sixteen_16161616", "seventeen_17171717", "ü"]
)
def test_names_of_every_length_are_compared_to_their_end(name: str, separators: tuple[str, str]) -> None:
    other = name[:-1] + ("b" if name != "ü" else "ö")
    rows: list[dict[str, Any]] = [{name: 1}, {name: 2}, {other: 3}, {name: "x"}, {other: "y"}]
    content = lines_of(rows, separators)
    assert builds(content).shapes == [(name,), (other,)]
    assert answer(content, "columns")[0] == dumped(rows)


@pytest.mark.parametrize("separators", SEPARATORS)
@pytest.mark.parametrize("change", ["exchanged", "inserted", "removed"])
def test_one_byte_of_one_line_decides_the_same_everywhere(separators: tuple[str, str], change: str) -> None:
    _change_every_byte(lines_of(ROWS[1:4], separators), change, BYTES)


@pytest.mark.slow
@pytest.mark.parametrize("change", ["exchanged", "inserted"])
def test_any_byte_of_any_line_decides_the_same_everywhere(change: str) -> None:
    _change_every_byte(lines_of(ROWS, SEPARATORS[1]), change, BYTES + MORE_BYTES)


def _change_every_byte(content: bytes, change: str, given: bytes) -> None:
    for place in range(len(content)):
        for put in [b""] if change == "removed" else [bytes([byte]) for byte in given]:
            changed = content[:place] + put + content[place + (change != "inserted") :]
            assert answer(changed, "columns") == answer(changed, "objects"), changed


NAMES = ["id", "n", "instruction", "output", "ü", "seventeen_17171717"]
FLAT: list[Any] = [1, 0, -5, 2.5, 1e5, -0.0, 2**63, 2**64 + 1, None, True, "", "x", "NA", "007", 'q"', "\\", "é😀"]
FLAT += ["a,b", "a: {b}", "\u2028", "\n", "\t", 0.1]
NESTED: list[Any] = [[], {}, [1], {"a": [{"b": "c"}]}, [{"role": "user", "content": 'y"z'}], [[[]]], [1, "2", None]]


@pytest.mark.parametrize("seed", [1, 2, 3, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(4, 24))])
def test_damaged_files_get_the_same_answer_in_columns_and_row_by_row(seed: int) -> None:
    chance = random.Random(seed)
    for number in range(500):
        content = _damaged(_file(chance, [*FLAT, *NESTED] if number % 3 else FLAT), chance)
        row_by_row = answer(content, "objects")
        assert answer(content, "columns") == row_by_row, content
        assert answer(content, "lines") == row_by_row, content


def _file(chance: random.Random, values: list[Any]) -> bytes:
    """Lines of few shapes, most of them spelt alike; damage to one of them may borrow bytes of the next."""
    shapes = [chance.sample(NAMES, chance.randint(1, 5)) for _ in range(chance.randint(1, 3))]
    separators = chance.choice(SEPARATORS)
    lines = []
    for _ in range(chance.randint(1, 12)):
        row = {name: chance.choice(values if chance.random() < 0.5 else FLAT) for name in chance.choice(shapes)}
        lines.append(json.dumps(row, ensure_ascii=chance.random() < 0.3, separators=separators) + "\n")
    return "".join(lines).encode()


def _damaged(content: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(content)
    for _ in range(chance.choice([0, 1, 1, 1, 2, 3])):
        place, kind = chance.randrange(len(damaged)), chance.choice(["exchange", "insert", "remove", "repeat"])
        if kind == "exchange":
            damaged[place] = chance.choice(BYTES + MORE_BYTES)
        elif kind == "insert":
            damaged[place:place] = bytes([chance.choice(BYTES + MORE_BYTES)])
        elif kind == "remove":
            del damaged[place]
        else:
            other = chance.randrange(len(damaged))
            damaged[place:place] = damaged[other : other + chance.randint(1, 20)]
    return bytes(damaged)
