"""Blocks of columns are the same rows as rows read one by one: the same values, the same refusals, the same places."""

import errno
import io
import json
import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.formats.hostile import FIXED_ROWS, TEXTS, block, dumped, tables, written
from tilth.errors import DataError
from tilth.formats import Dataset, ReadSettings, Reject
from tilth.formats.bulk import ahead, beside, csv_reading
from tilth.formats.bulk.column import ColumnBlock
from tilth.formats.bulk.csv_scan import marked_rows, scan_cells
from tilth.formats.bulk.json_scan import marked_lines, scan_columns
from tilth.formats.container import Held
from tilth.formats.opening import format_named
from tilth.formats.strict_json import parse_block

_RELAXED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])

Read = tuple[list[bytes], list[int], list[Reject]]


def read(name: str, content: bytes, *, held: Held) -> Read:
    """The rows of a file and their lines, and what was refused."""
    rejects: list[Reject] = []
    given = ReadSettings("file", reject=rejects.append, held=held)
    rows: list[Mapping[str, Any]] = []
    lines: list[int] = []
    for each in format_named(name).read(io.BytesIO(content), given):
        rows += each.rows
        lines += each.lines
        assert b"".join(row + b"\n" for row in dumped(each.rows)) == rewritten(each.json_lines())
    return dumped(rows), lines, rejects


def rewritten(lines: bytes | memoryview) -> bytes:
    """JSON lines, each as it is written anew."""
    return b"".join(row + b"\n" for row in dumped(parse_block(bytes(lines).split(b"\n")[:-1])))


def spelt(row: Mapping[str, Any], style: int) -> str:
    """A row as one program or another writes it."""
    separators = [(",", ":"), (", ", ": "), (",", ": "), (" , ", " : ")][style % 4]
    return json.dumps(row, ensure_ascii=style < 4, separators=separators)


def is_scanned(text: str) -> bool:
    """Whether some lines are read as columns."""
    found = list(format_named("jsonl").read(io.BytesIO(text.encode()), ReadSettings("file", held="columns")))
    return all(isinstance(each, ColumnBlock) for each in found)


@settings(_RELAXED, max_examples=60)
@given(tables(), st.integers(0, 7))
@example(FIXED_ROWS, 0)
@example(FIXED_ROWS, 5)
@example([{"a": "\ud7ff\ue000\U0001f33e\U0010ffff\x00\x7f\x80\u07ff\u0800"}], 0)
@example([{"a": {"a": 1, "b": [[]]}, "b": []}, {"a": {}, "b": [{}]}], 1)
@example([{"a": "\\"}, {"a": "n\\\\"}, {"a": '\\"'}], 0)
def test_json_lines_as_columns_are_the_same_rows(rows: list[dict[str, Any]], style: int) -> None:
    content = "".join(spelt(row, style) + "\n" for row in rows).encode()
    assert read("jsonl", content, held="columns") == read("jsonl", content, held="objects")
    assert read("jsonl", content, held="lines") == read("jsonl", content, held="objects")


@settings(_RELAXED, max_examples=60)
@given(
    st.lists(
        st.sampled_from(
            [
                '{"a": 1, "b": "x"}',
                '{"a": 2, "b": null}',
                '{"b": "y"}',
                '{"a":1,"a":2}',
                '{"a": {"b": 1, "b": 2}}',
                '{"a": [1, {"b": "}"}], "b": "]"}',
                '{"a": 1.50, "b": 1e5}',
                '{"a": -0, "b": -0.0}',
                '{"a": 18446744073709551616}',
                '{"a": 9223372036854775808}',
                '{"a": [18446744073709551616]}',
                '{"a": 01}',
                '{"a": 1e999}',
                '{"a": NaN}',
                '{"a": 1,}',
                '{"a" : 1}',
                '{ "a": 1 }',
                '{"a": 1}{"b": 2}',
                '{"a": 1},',
                '{"a": 1, 2}',
                '{"a": "b": "c"}',
                '{"a": [1}',
                '{"a": 2]}',
                '{"a": [}, "b": ]}',
                'x"a": {0}',
                '{"a": {"b": "c"}',
                '{"d": "e"}}',
                '["a"]',
                "{}",
                "",
                " ",
                '{"a": "\\ud83d\\ude00"}',
                '{"a": "x\\ud83d", "b": "\\ude00y"}',
                '{"a": "\\ud83d"}',
                '{"a": "\\u00e9\\n\\/\\""}',
                '{"a": "\\x"}',
                '{"a": "\\u202"}',
                '{"a": "007"}',
                '{"a": "\\\\u202"}',
                '{"\\u0061": 1, "a": 2}',
                '{"a": "\\\\", "b": "\\\\\\""}',
                '{"a": "\x7f\x01"}',
                '{"a": true, "b": false}',
                '{"a": nul}',
                '{"a": 1\t}',
                '{"a": "\u2028\x85"}',
                '{"a_name_that_is_longer_than_eight_bytes": 1, "a_name_that_is_longer_than_eight_bytez": 2}',
                "null",
                '"a"',
                "\ufeff{}",
            ]
        ),
        max_size=6,
    ),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
def test_lines_with_something_about_them_get_the_same_answer(lines: list[str], end: str, is_ended: bool) -> None:
    content = (end.join(lines) + (end if is_ended else "")).encode()
    assert read("jsonl", content, held="columns") == read("jsonl", content, held="objects")
    assert read("jsonl", content, held="lines") == read("jsonl", content, held="objects")


@settings(_RELAXED, max_examples=60)
@given(tables(), st.integers(0, 7), st.randoms(use_true_random=False))
def test_damaged_json_lines_get_the_same_answer(rows: list[dict[str, Any]], style: int, chance: random.Random) -> None:
    content = damaged("".join(spelt(row, style) + "\n" for row in rows).encode(), chance)
    assert read("jsonl", content, held="columns") == read("jsonl", content, held="objects")
    assert read("jsonl", content, held="lines") == read("jsonl", content, held="objects")


@pytest.mark.slow
def test_many_damaged_files_get_the_same_answer() -> None:
    chance = random.Random(5)
    usual = [{"a": "x\n\u00e9", "b": n, "c": n / 7, "d": [{"e": "f"}], "g": None} for n in range(6)]
    for _ in range(1000):
        rows = chance.sample(usual, 3)
        lines = "".join(spelt(row, chance.randrange(8)) + "\n" for row in rows).encode()
        for name, content in (("jsonl", lines), ("csv", written("csv", block(rows)))):
            torn = damaged(content, chance)
            answer = csv_read if name == "csv" else json_read
            assert answer(torn, held="columns") == answer(torn, held="objects")


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Some bytes with others in their place, without some, or with some twice."""
    found = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        if found:
            place = chance.randrange(len(found))
            kind = chance.randrange(3)
            if kind == 0:
                found[place] = chance.choice(b'{}[]",:\\ \n\r\t0u-e\x00\xff\xc3')
            elif kind == 1:
                del found[place : place + chance.randint(1, 3)]
            else:
                found[place:place] = found[place : place + chance.randint(1, 9)]
    return bytes(found)


def test_what_data_sets_usually_hold_is_read_as_columns() -> None:
    rows = [
        {"id": f"{number:07}", "text": 'said "no"\n', "n": number, "score": number / 10, "ok": True, "note": None}
        for number in range(50)
    ]
    chats = [{"messages": [{"role": "user", "content": 'a "b" {c}'}], "tags": []} for _ in range(50)]
    for some in (rows, chats, [row | {"input": ""} if index % 2 else row for index, row in enumerate(rows)]):
        for style in (0, 1, 4, 5):
            assert is_scanned("".join(spelt(row, style) + "\n" for row in some))


def test_a_block_that_ends_in_the_midst_of_a_name_is_read_to_its_end() -> None:
    assert scan_columns(marked_lines(b'{"a":1}\n'), 128).rows == [{"a": 1}]


csv_texts = st.text(st.sampled_from('ab,;"\n\r\t é\ufeff=[{1tn'), max_size=6) | st.sampled_from(TEXTS)


@settings(_RELAXED, max_examples=60)
@given(
    st.lists(st.lists(csv_texts, min_size=1, max_size=3), max_size=5), st.sampled_from(["\n", "\r\n"]), st.booleans()
)
@example([["a,b"], ["x"], [""], ["y"]], "\n", False)
def test_raw_csv_gets_the_same_answer(rows: list[list[str]], end: str, is_quoted: bool) -> None:
    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"' if is_quoted else text

    content = (
        "a,b:json,:order"[: 5 * len(rows)] + end + "".join(",".join(map(cell, row)) + end for row in rows)
    ).encode()
    assert csv_read(content, held="columns") == csv_read(content, held="objects")


@settings(_RELAXED, max_examples=60)
@given(tables(), st.randoms(use_true_random=False), st.integers(0, 1))
@example(FIXED_ROWS, random.Random(1), 0)
def test_csv_as_columns_is_the_same_rows_whole_and_damaged(
    rows: list[dict[str, Any]], chance: random.Random, damage: int
) -> None:
    content = written("csv", block(rows))
    content = damaged(content, chance) if damage else content
    assert csv_read(content, held="columns") == csv_read(content, held="objects")


def json_read(content: bytes, *, held: Held) -> Read:
    return read("jsonl", content, held=held)


def csv_read(content: bytes, *, held: Held) -> Read | str:
    try:
        return read("csv", content, held=held)
    except Exception as failure:
        return repr(failure)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 20, 64])
def test_csv_is_the_same_wherever_a_piece_of_it_ends(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_reading, "_CHUNK_BYTES", size)
    monkeypatch.setattr(csv_reading, "_REST_BYTES", size)
    rows = [{"a": f'x "{n}"\n,', "b": None if n % 3 else "é\r\n", "c": n} for n in range(40)]
    content = written("csv", block(rows))
    assert read("csv", content, held="columns") == read("csv", content, held="objects")
    stray = content + b'x,5" disc,7\n' + content
    assert read("csv", stray, held="columns") == read("csv", stray, held="objects")


def test_a_quote_that_opens_right_behind_a_tiny_header_is_told() -> None:
    for content in (b'""\n"\n', b'a\n"\n', b'ab\n"c"\n"\n'):
        assert read("csv", content, held="columns") == read("csv", content, held="objects")
    assert len(read("csv", b'""\n"\n', held="columns")[2]) == 1


def test_a_stray_quote_far_down_costs_only_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_reading, "_CHUNK_BYTES", 100)
    content = b"a,b\n" + b"1,2\n" * 100 + b'"x"y,3\n' + b'"a\nb",4\n' * 100
    rows, lines, rejects = read("csv", content, held="columns")
    assert len(rows) == 200
    assert [reject.line for reject in rejects] == [102]
    assert lines[-1] == 301


def test_cells_are_cut_where_the_csv_module_cuts_them() -> None:
    cells = scan_cells(marked_rows(b'a,"b ""c"",\n",\r\n"",d,"e"\n', ","), 3)
    assert [column.to_pylist() for column in cells.columns] == [["a", ""], ['b "c",\n', "d"], ["", "e"]]
    assert cells.lines == [0, 2]


def test_reading_ahead_stops_with_the_reader(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes((b'{"a": "' + b"x" * 1000 + b'"}\n') * 20_000)
    batches = Dataset.open(path, dialect="tilth").batches(held="columns")
    next(batches)
    batches.close()


def test_what_is_fetched_ahead_comes_in_order_and_only_a_little_early() -> None:
    taken: list[int] = []

    def numbers() -> Iterator[int]:
        for number in range(100):
            taken.append(number)
            yield number

    for place, number in enumerate(beside.fetched(numbers())):
        assert number == place
        assert len(taken) <= number + 2


def test_work_ahead_comes_in_order_and_only_a_little_early() -> None:
    taken: list[int] = []

    def numbers() -> Iterator[int]:
        for number in range(100):
            taken.append(number)
            yield number

    for number, (piece, done) in enumerate(ahead.ahead(lambda number: number * 2, numbers())):
        assert (piece, done) == (number, 2 * number)
        assert len(taken) <= number + 8


def test_what_fails_while_it_is_fetched_ahead_fails_at_its_place() -> None:
    def numbers() -> Iterator[int]:
        yield 1
        yield 2
        raise DataError("cut short")

    fetched = beside.fetched(numbers())
    assert (next(fetched), next(fetched)) == (1, 2)
    with pytest.raises(DataError, match="cut short"):
        next(fetched)


@pytest.mark.parametrize("worth", [0, 4, 100])
def test_what_is_written_behind_is_there_when_somebody_looks(worth: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "_WORTH_BYTES", worth)
    sink = io.BytesIO()
    with beside.behind(sink) as stream:
        room = bytearray(b"one")
        stream.write(room)
        room[:] = b"***"
        stream.write(b" two")
        assert stream.tell() == 7
        stream.seek(0)
        stream.truncate()
        stream.write(b"three")
    assert sink.getvalue() == b"three"


def test_a_disk_that_is_full_is_told_by_the_write_behind_it() -> None:
    class Full(io.BytesIO):
        def write(self, data: object, /) -> int:
            raise OSError(errno.ENOSPC, "full")

    with pytest.raises(OSError, match="full"), beside.behind(Full()) as stream:
        stream.write(b"one")
