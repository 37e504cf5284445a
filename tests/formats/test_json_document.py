"""JSON documents: which part of one is its rows, how a bad row is named, and what is written around rows."""

import io
import json
import time
import tracemalloc
from typing import Any, BinaryIO, cast

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.formats.hostile import FIXED_ROWS, block, dumped, read, tables, values, written
from tilth.errors import DataError, UsageError
from tilth.formats import Block, Dataset, LineBlock, ReadSettings, Reject, convert
from tilth.formats.container import WriteSettings
from tilth.formats.json_document import Json
from tilth.schemas.envelope import Envelope


class OnlyForward(io.RawIOBase):
    """A stream as decompression gives it: in pieces as small as they come, and no way back."""

    def __init__(self, content: bytes, piece: int) -> None:
        self._content, self._piece, self._place = content, piece, 0

    def read(self, size: int = -1, /) -> bytes:
        begin = self._place
        self._place += min(size, self._piece)
        return self._content[begin : self._place]


def looked_at(content: bytes, **how: Any) -> tuple[list[Any], Envelope | None, list[str], list[Reject]]:
    notes: list[str] = []
    rejects: list[Reject] = []
    reading = ReadSettings("file", reject=rejects.append, note=notes.append, **how)
    envelope = Json().envelope(io.BytesIO(content), reading)
    rows = [row for block in Json().read(io.BytesIO(content), reading) for row in block.rows]
    return rows, envelope, notes, rejects


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (b"[]", []),
        (b" [ \n ] ", []),
        (b"\xef\xbb\xbf[{}]", [{}]),
        (b'[{"a": 1}, {"a": [{"a": "]},{["}]}]', [{"a": 1}, {"a": [{"a": "]},{["}]}]),
        (b'[{"a": "\\"},{"}, {"a": "\\\\"}, {"\\\\\\"": 1}]', [{"a": '"},{'}, {"a": "\\"}, {'\\"': 1}]),
        (b'{"a": 1}', [{"a": 1}]),
        (b'{"a": 1, "b": [1, 2], "c": {"d": [{"e": 1}]}}', [{"a": 1, "b": [1, 2], "c": {"d": [{"e": 1}]}}]),
        (b'{"data": [], "version": 1}', [{"data": [], "version": 1}]),
        (b'{"": [{"a": 1}]}', None),
        (b'{"question": {"0": "a", "1": "b"}, "answer": {"0": "c", "1": "d"}}', None),
        (b'{"question": ["a", "b"], "answers": [{"text": "c"}, {"text": "d"}]}', None),
        (b'{"question": ["a"], "answers": [{"text": "c"}]}', None),
        (b'{"id": 1, "messages": [{"role": "user", "content": "Hi"}], "tools": [{"type": "function"}]}', None),
        (b'{"conversations": [{"from": "human", "value": "Hi"}]}', None),
    ],
)
def test_a_list_holds_rows_and_an_object_is_one(content: bytes, rows: list[dict[str, Any]] | None) -> None:
    found, envelope, notes, rejects = looked_at(content)
    assert found == ([json.loads(content)] if rows is None else rows)
    assert (envelope, notes, rejects) == (None, [], [])


@pytest.mark.parametrize(
    ("content", "rows", "key", "before", "after"),
    [
        (b'{"version": "1.1", "data": [{"a": 1}, {"a": 2}], "x": [1]}', 2, "data", {"version": "1.1"}, {"x": [1]}),
        (b'{"PlayMusic":\n[\n{}\n]\n}\n', 1, "PlayMusic", {}, {}),
        (b'{"warnings": [], "rows": [{"a": 1}]}', 1, "rows", {"warnings": []}, {}),
        (b'{"a\\u0022b": [{"a": 1}], "big": 123456789012345678901}', 1, 'a"b', {}, {"big": 123456789012345678901}),
        (b'{"schema": {"x": [{"y": 1}]}, "data": [{"a": [{"b": 1}]}]}', 1, "data", {"schema": {"x": [{"y": 1}]}}, {}),
    ],
)
def test_the_one_list_of_objects_in_an_object_holds_the_rows(
    content: bytes, rows: int, key: str, before: dict[str, Any], after: dict[str, Any]
) -> None:
    found, envelope, notes, _ = looked_at(content)
    assert len(found) == rows
    assert envelope == Envelope(key, before, after)
    assert notes == [f'the rows are the list "{key}" of the object in the file']


def test_an_object_with_two_lists_has_to_be_told_which_one() -> None:
    content = b'{"train": [{"a": 1}], "test": [{"a": 2}, {"a": 3}]}'
    with pytest.raises(UsageError) as failure:
        looked_at(content)
    assert failure.value.what.startswith('the object holds 2 lists of objects, "train", "test"')
    assert failure.value.fix == "--table train"
    rows, envelope, _, _ = looked_at(content, table="test")
    assert rows == [{"a": 2}, {"a": 3}]
    assert envelope == Envelope("test", {"train": [{"a": 1}]})
    with pytest.raises(UsageError, match='no list of objects is called "dev": there are "train", "test"'):
        looked_at(content, table="dev")


@pytest.mark.parametrize("content", [b'{"a": 1}\n{"a": 2}\n', b'{"a":\n1}\n{"a": 2}', b'{"a": 1} {"a": 2}'])
def test_several_objects_are_rows_and_that_is_said(content: bytes) -> None:
    rows, _, notes, rejects = looked_at(content)
    assert (rows, rejects) == ([{"a": 1}, {"a": 2}], [])
    assert notes == ["the file is no JSON document: it holds several objects (JSON Lines), and each is read as a row"]


def test_json_lines_under_the_name_json_are_rejected_line_by_line() -> None:
    rows, _, _, rejects = looked_at(b'{"a": 1}\n{"a": \n[1]\n{"a": 2}\n')
    assert rows == [{"a": 1}, {"a": 2}]
    assert [(reject.line, reject.byte_offset, reject.raw) for reject in rejects] == [(2, 9, '{"a": '), (3, 16, "[1]")]


def test_a_bad_row_is_named_with_its_place_and_costs_no_other_row() -> None:
    rows, _, _, rejects = looked_at(
        b'[\n{"a": 1},\n{"a": 1, "a": 2},\n"text", {\n  "a": 3,\n}, [\n{"a": 4}],, {"a": "caf\xe9"},'
        b'{"a": "x\ny"}, {"a": NaN},\n{"a": 5}, ]'
    )
    assert rows == [{"a": 1}, {"a": 5}]
    assert [(reject.line, reject.byte_offset, reject.reason) for reject in rejects] == [
        (3, 12, 'the key "a" is given twice'),
        (4, 30, 'found a text, expected an object such as {"text": "..."}'),
        (4, 38, "broken JSON at line 6, column 1: expecting property name enclosed in double quotes"),
        (6, 53, 'found a list, expected an object such as {"text": "..."}'),
        (7, 65, "found nothing, expected an object on both sides of a comma"),
        (7, 67, 'byte 11 of the line, 0xe9, is not UTF-8; with --encoding windows-1252 it reads "café"'),
        (7, 81, "broken JSON at line 7, column 9: invalid control character at"),
        (8, 95, "NaN is not JSON"),
        (9, 117, "found nothing, expected an object on both sides of a comma"),
    ]
    assert rejects[2].raw == '{\n  "a": 3,\n}'


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        (b"42", "file:1: found a number, expected a list of objects"),
        (b'\n"text"', "file:2: found a text, expected a list of objects"),
        (b"null", "file:1: found null, expected a list of objects"),
        (b"a,b\n1,2\n", 'file:1: found no JSON ("a,b⏎1,2⏎..."), expected a list of objects'),
        (b'[{"a": 1}}', "file:1: broken JSON: found }, expected ]"),
        (b'[{"a": 1}]\n[{"a": 2}]', "file:2: something stands behind the list, where the file should end"),
        (b'{"a": 1]', "file:1: broken JSON: found ], expected }"),
        (b'{"a": 1}}', "file:1: broken JSON: found }, expected {"),
        (b'{"data": [{"a": 1}]', "file:1: the object that begins here is never closed"),
        (b'{"data": [{"a": 1}], "data": 1}', 'file:1: the object around the rows: the key "data" is given twice'),
        (b'{"data": [{"a": 1}], "x": NaN}', "file:1: the object around the rows: NaN is not JSON"),
        (b'{"data": [{"a": 1}],}', "file:1: the object around the rows: broken JSON"),
    ],
)
def test_a_document_whose_shape_is_broken_is_refused_even_where_rows_are_rejected(content: bytes, answer: str) -> None:
    with pytest.raises(DataError) as failure:
        looked_at(content)
    assert str(failure.value).startswith(answer)


@pytest.mark.parametrize(
    ("content", "place", "reason", "raw"),
    [
        (b'[{"a": 1},\n{"a": [', (2, 11), "the file is cut short: it ends inside this row", '{"a": ['),
        (b'[{"a": 1},\n{"a": 2}', (2, 11), "the file is cut short: it ends inside this row", '{"a": 2}'),
        (b'[{"a": 1},\n', (2, 11), "the file is cut short: it ends where a row or ] is expected", ""),
        (b'{"a":\n 1} {"a": 2}, {', (2, 18), "broken JSON at column 1: expecting value", ", {"),
    ],
)
def test_a_list_cut_short_gives_its_rows_and_rejects_the_rest(
    content: bytes, place: tuple[int, int], reason: str, raw: str
) -> None:
    rows, _, _, rejects = looked_at(content)
    assert rows[0] == {"a": 1}
    assert [(each.line, each.byte_offset, each.reason, each.raw) for each in rejects] == [(*place, reason, raw)]


def test_a_row_that_is_too_long_is_left_out_and_the_next_one_read() -> None:
    long = b'{"a": "' + b"x\n" * 2_000_000 + b'"}'
    for content in (b'[{"a": 1},' + long + b',{"a": 2}]', b'{"a": 1}' + long + b'{"a": 2}'):
        rows, _, _, rejects = looked_at(content, max_line_bytes=1000)
        assert rows == [{"a": 1}, {"a": 2}]
        assert [(each.reason, each.raw[:8]) for each in rejects] == [("the row is longer than 1000 bytes", '{"a": "x')]
    with pytest.raises(DataError, match="file:1: the row is longer than 1000 bytes, and the file ends within it"):
        looked_at(b"[" + long[:-1], max_line_bytes=1000)


@pytest.mark.parametrize("indent", [None, 1])
def test_the_lines_of_rows_are_right_behind_many_pieces(indent: int | None) -> None:
    rows = [{"n": number, "text": 'a "quote\\ \n' * (number % 50)} for number in range(10_000)]
    content = b"\n\n" + json.dumps(rows, indent=indent).encode()
    lines = content.split(b"\n")
    blocks = list(Json().read(io.BytesIO(content), ReadSettings("file")))
    found = [pair for each in blocks for pair in zip(each.lines, each.rows, strict=True)]
    for line, row in found:
        assert (line == 3) if indent is None else lines[line].strip() == b'"n": %d,' % row["n"]
    assert dumped(row for _, row in found) == dumped(rows)


_shapes = st.sampled_from(["[%s]", '{"v": 1, "data": [%s], "w": "]"}', "%s"])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.dictionaries(st.text(max_size=3), values, max_size=3), min_size=2, max_size=6), _shapes, st.data())
def test_any_rows_in_any_shape_are_read_as_json_has_them(rows: list[Any], shape: str, data: st.DataObject) -> None:
    indent = data.draw(st.sampled_from([None, 0, 2])) if rows[0] else None  # objects in one line each are JSON Lines
    texts = [json.dumps(row, indent=indent, ensure_ascii=data.draw(st.booleans())) for row in rows]
    space = data.draw(st.sampled_from(["", " ", "\n", " \r\n\t"]))
    content = (shape % (space + ("" if shape == "%s" else ",") + space).join(texts)).encode()
    stream = cast(BinaryIO, OnlyForward(content, data.draw(st.integers(1, 40))))
    found: list[Block] = list(Json().read(stream, ReadSettings("file")))
    assert dumped(row for each in found for row in each.rows) == dumped(rows)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=60) | st.text('[]{},:"\\ \n01ae', max_size=60).map(str.encode))
@example(b'[{"a": 1}, {"a": "\\')
@example(b"[" * 5000)
@example(b'{"a":' * 5000)
def test_any_bytes_give_an_answer_and_what_is_json_the_right_one(content: bytes) -> None:
    try:
        rows, envelope, _, rejects = looked_at(content)
    except (DataError, UsageError):
        return
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return
    if isinstance(document, list):
        assert len(rows) + len(rejects) == len(document)
    elif envelope is None:
        assert len(rows) + len(rejects) == 1


def test_rows_are_written_a_line_each_and_lines_keep_their_bytes() -> None:
    assert written("json", block([{"a": 1}, {"b": [1.5, None]}])) == b'[\n{"a":1},\n{"b":[1.5,null]}\n]\n'
    assert written("json", block([])) == written("json") == b"[]\n"
    (lines,) = Json().read(io.BytesIO(b'[{ "a" : 1.50 },\n{"a":1e2}]'), ReadSettings("file"))
    assert isinstance(lines, LineBlock)
    assert written("json", lines) == b'[\n{ "a" : 1.50 },\n{"a":1e2}\n]\n'
    assert written("jsonl", lines) == b'{ "a" : 1.50 }\n{"a":1e2}\n'


def test_rows_of_several_lines_stay_one_line_each_in_json_lines() -> None:
    (rows,) = Json().read(io.BytesIO(b'[{\n "a": 1.50\n}]'), ReadSettings("file"))
    assert written("jsonl", rows) == b'{"a":1.5}\n'


@settings(max_examples=50, deadline=None)
@given(tables(), st.dictionaries(st.text(max_size=3), st.integers(), max_size=2), st.text(min_size=1, max_size=3))
def test_an_envelope_goes_around_the_rows_and_comes_back(
    rows: list[dict[str, Any]], beside: dict[str, int], key: str
) -> None:
    envelope = Envelope(
        key, {name + "b": value for name, value in beside.items()}, {name + "a": "]" for name in beside}
    )
    if key in envelope.beside or {"role", "content"} <= rows[0].keys():
        return
    sink = io.BytesIO()
    writer = Json().writer(sink, WriteSettings(envelope=envelope))
    writer.write(block(rows))
    writer.close()
    found, around, _, _ = looked_at(sink.getvalue())
    assert dumped(found) == dumped(rows)
    assert around == envelope


def test_a_squad_file_keeps_what_stands_around_its_rows(tmp_path: Any) -> None:
    article = {"title": "Oats", "paragraphs": [{"context": "Oats grow.", "qas": []}]}
    (tmp_path / "a.json").write_text(json.dumps({"version": "v2.0", "data": [article], "licence": "CC0"}))
    convert(Dataset.open(tmp_path / "a.json", dialect="tilth"), tmp_path / "b.json")
    assert json.loads((tmp_path / "b.json").read_text()) == json.loads((tmp_path / "a.json").read_text())


def test_a_long_list_takes_little_memory() -> None:
    row = json.dumps({"text": "word " * 400}).encode()
    content = b"[" + b",".join([row] * 10_000) + b"]"
    tracemalloc.start()
    for _ in Json().read(io.BytesIO(content), ReadSettings("file")):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < len(content) / 2


def test_an_object_with_very_many_lists_is_surveyed_at_once() -> None:
    content = b"{" + b",".join(b'"k%d":[1,{}],"d%d":{"a":[1,2]}' % (number, number) for number in range(20_000)) + b"}"
    begin = time.monotonic()
    rows, envelope, _, _ = looked_at(content)
    assert time.monotonic() - begin < 5
    assert (len(rows), len(rows[0]), envelope) == (1, 40_000, None)


@pytest.mark.parametrize("piece", [1, 2, 3, 61, 997])
def test_the_one_list_of_objects_is_found_among_other_members_wherever_a_piece_ends(piece: int) -> None:
    before = {f"k{number}": [number, {"a": [{"b": 1}]}] for number in range(30)}
    after = {f"l{number}": {"x": [{"y": number}]} for number in range(30)}
    rows = [{"n": number, "x": '"]},\\' * (number % 5)} for number in range(30)]
    content = json.dumps({**before, "rows": rows, **after}).encode()
    reading = ReadSettings("file")
    assert Json().envelope(cast(BinaryIO, OnlyForward(content, piece)), reading) == Envelope("rows", before, after)
    found = [row for each in Json().read(cast(BinaryIO, OnlyForward(content, piece)), reading) for row in each.rows]
    assert dumped(found) == dumped(rows)


def test_the_fixed_rows_survive() -> None:
    assert dumped(read("json", written("json", block(FIXED_ROWS)))) == dumped(FIXED_ROWS)
