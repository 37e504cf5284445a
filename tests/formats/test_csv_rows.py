"""CSV: all text from elsewhere, a reversible rule for what is more than text."""

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.formats.hostile import block, dumped, read, written
from tilth.errors import DataError
from tilth.formats import Dataset, ReadSettings, Reject
from tilth.formats.cells import ABSENT, from_cell, to_cell
from tilth.formats.opening import format_named


def test_a_file_from_elsewhere_is_all_text() -> None:
    content = b"id,answer,ok,day,n\r\n007,NA,no,2024-01-02,\r\n008,null,TRUE,12:30,1e5\r\n"
    assert read("csv", content) == [
        {"id": "007", "answer": "NA", "ok": "no", "day": "2024-01-02", "n": ""},
        {"id": "008", "answer": "null", "ok": "TRUE", "day": "12:30", "n": "1e5"},
    ]


def test_only_columns_that_hold_more_than_text_are_marked() -> None:
    rows = [{"q": "Where?", "n": 1, "tags": ["a"]}, {"q": "007", "n": None}, {"q": "", "n": "12", "tags": "plain"}]
    assert written("csv", block(rows)).decode() == (
        'q,n:json,tags:json\nWhere?,1,"[""a""]"\n007,null,\n,"""12""",plain\n'
    )


def test_another_order_of_keys_is_told_for_the_rows_that_have_it() -> None:
    rows = [{"a": "1", "b": "2"}, {"b": "3", "a": "4"}]
    assert written("csv", block(rows)).decode() == 'a,b,:order\n1,2,\n4,3,"[""b"",""a""]"\n'
    assert dumped(read("csv", written("csv", block(rows)))) == dumped(rows)


def test_a_key_that_comes_late_stands_where_it_stands_in_its_row() -> None:
    rows = [{"a": "1", "c": "2"}, {"a": "3", "b": "4", "c": "5"}]
    assert written("csv", block(rows)).decode().splitlines()[0] == "a,b:json,c"


@settings(max_examples=300, deadline=None)
@given(
    st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(["true", " 1 ", '"', '""', "{", "[1", "nul"])
)
def test_any_text_survives_a_cell(text: str) -> None:
    assert from_cell(to_cell(text)) == text


def test_text_that_reads_as_nothing_else_stays_plain() -> None:
    for text in ["hello", "[draft] see below", '"quoted" said he', "{not json}", "12 monkeys", "no", "1.2.3", "NaN"]:
        assert to_cell(text) == text
    for text in ["", "12", "true", "null", '"a"', "[1]", " 7"]:
        assert to_cell(text) != text
    assert from_cell("") is ABSENT


def test_line_numbers_are_those_at_which_a_row_begins() -> None:
    rejects: list[Reject] = []
    content = b'a,b\n"1\n2",x\n\n3\n"4\r\n5",y,z\n6,7\n'
    assert read("csv", content, rejects) == [{"a": "1\n2", "b": "x"}, {"a": "6", "b": "7"}]
    assert [(reject.line, reject.byte_offset, reject.raw) for reject in rejects] == [
        (5, 13, "3"),
        (6, 15, '"4\r\n5",y,z'),
    ]
    assert rejects[0].reason == "found 1 cells, expected 2 as in the header"


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        (b'a,b\n1,"2\n3,4\n', "file:2: a quote opens in this row and is never closed"),
        (b'a,b\n1,"2"x\n', "file:2: the quotes of this row do not fit"),
        (b"a,b\n1,2\r3,4\n", "file:2: a carriage return stands in a cell without quotes"),
        (b"a,b\n1,caf\xe9\n", "file:2: byte 6 of the line, 0xe9, is not UTF-8; with --encoding windows-1252"),
        (b"a,b,a\n1,2,3\n", 'file:1: two columns are called "a"'),
        (b"a,a:json\n1,2\n", 'file:1: two columns are called "a"'),
        (b'a,:order\n1,"[""b""]"\n', "file:2: the cell under :order does not name the keys of its row"),
    ],
)
def test_what_breaks_the_rules_is_named_with_its_line(content: bytes, answer: str) -> None:
    with pytest.raises(DataError) as failure:
        read("csv", content)
    assert str(failure.value).startswith(answer)


def test_a_bad_row_in_the_middle_costs_no_other_row() -> None:
    rejects: list[Reject] = []
    content = b'a\nx\n"y"z\ncaf\xe9\nlast\n'
    assert read("csv", content, rejects) == [{"a": "x"}, {"a": "last"}]
    assert [reject.line for reject in rejects] == [3, 4]


def test_more_keys_than_a_table_has_columns_are_refused() -> None:
    with pytest.raises(DataError, match="more than 10000 different keys"):
        written("csv", block([{str(number): 1 for number in range(10_001)}]))


def test_a_broken_header_is_never_rejected_for_the_next_line() -> None:
    with pytest.raises(DataError, match="file:1: the quotes of this row do not fit"):
        read("csv", b'"a"x,b\nc,d\n1,2\n', [])


def test_long_rows_do_not_add_up_in_one_block() -> None:
    content = b"a\n" + (b"x" * 1_000_000 + b"\n") * 12
    assert [len(each) for each in format_named("csv").read(io.BytesIO(content), ReadSettings("file"))] == [5, 5, 2]


def test_cells_of_json_are_text_until_the_header_says_otherwise(tmp_path: Path) -> None:
    turns = '"[{""role"":""user"",""content"":""hi""},{""role"":""assistant"",""content"":""yo""}]"'
    for name in ("messages", "messages:json"):
        (tmp_path / "a.csv").write_text(f"{name},id,tags\n{turns},1,[a]\n")
        data = Dataset.open(tmp_path / "a.csv")
        (row,) = (row for batch in data.batches() for row in batch.rows)
        assert isinstance(row["messages"], list) == (name != "messages")
        said = (
            'the cells of "messages" hold JSON, and are read as text; "messages:json" in the header makes them values'
        )
        assert data.notes == ((said,) if name == "messages" else ())
