"""What stands between cells: told, plain to see and said aloud, or refused with the flag that settles it."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.formats.hostile import block, dumped, read, written
from tilth.errors import DataError, UsageError
from tilth.formats import Dataset, ReadSettings
from tilth.formats.opening import format_named


def looked_at(
    content: bytes, name: str = "csv", delimiter: str | None = None
) -> tuple[list[Mapping[str, Any]], list[str]]:
    notes: list[str] = []
    reading = ReadSettings("file", delimiter=delimiter, note=notes.append)
    blocks = list(format_named(name).read(io.BytesIO(content), reading))
    return [row for each in blocks for row in each.rows], notes


@pytest.mark.parametrize(
    ("name", "delimiter", "word"),
    [
        ("csv", ";", "semicolons (--delimiter ';')"),
        ("csv", "\t", "tabs (--delimiter tab)"),
        ("csv", "|", "bars (--delimiter '|')"),
        ("tsv", ",", "commas (--delimiter ,)"),
        ("tsv", ";", "semicolons (--delimiter ';')"),
    ],
)
def test_a_delimiter_that_is_plain_to_see_is_used_and_said(name: str, delimiter: str, word: str) -> None:
    text = 'question|answer\n"One|two ""three"",\nfour"|"1,5;2\tx"\n\n|y\n'.replace("|", delimiter)
    rows, notes = looked_at(text.encode(), name)
    first = {"question": f'One{delimiter}two "three",\nfour', "answer": "1,5;2\tx"}
    assert rows == [first, {"question": "", "answer": "y"}]
    assert notes == [f"the cells are separated by {word}"]


def test_a_note_reaches_whoever_opens_the_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a;b\n1;2\n")
    assert Dataset.open(tmp_path / "a.csv", dialect="tilth").notes == (
        "the cells are separated by semicolons (--delimiter ';')",
    )
    assert Dataset.open(tmp_path / "a.csv", dialect="tilth", delimiter=";").notes == ()


@pytest.mark.parametrize(
    "content", [b"a,b;c\n1,2;3\n", b"text\na;b|c\td\n", b'"a;b"\n1;2\n', b"a\n", b"\n\na,b\n1,2\n"]
)
def test_the_suffix_counts_where_it_gives_columns_or_nothing_else_does(content: bytes) -> None:
    assert looked_at(content)[1] == []


@pytest.mark.parametrize(
    ("content", "what", "fix"),
    [
        (
            b"a;b|c\n1;2|3\n",
            "the header is one column, and it looks separated by semicolons or by bars",
            "--delimiter ';'; for one column, --delimiter ,",
        ),
        (
            b"a\tb\n1\n",
            "the header is one column, and it looks separated by tabs, but not all rows have as many cells",
            "--delimiter tab; for one column, --delimiter ,",
        ),
        (
            b"sep=;\na;b\n1;2\n",
            "the first line is sep=;, which some spreadsheet programs write and no other reader knows",
            "tail -n +2 file, and --delimiter",
        ),
        (
            b"a,b\r1,2\r",
            "the lines end in carriage returns alone, as on the first Macintosh",
            "tr '\\r' '\\n' < file > OUT.csv",
        ),
    ],
)
def test_what_is_not_plain_is_refused_with_the_flag_that_settles_it(content: bytes, what: str, fix: str) -> None:
    with pytest.raises(DataError) as failure:
        looked_at(content)
    assert (failure.value.what, failure.value.fix, failure.value.where) == (what, fix, "file:1")


def test_a_delimiter_that_is_told_is_obeyed() -> None:
    assert looked_at(b"a;b\n1;2\n", delimiter=",") == ([{"a;b": "1;2"}], [])
    assert looked_at(b"a:b\n1:2\n", delimiter=":") == ([{"a": "1", "b": "2"}], [])
    for wrong in (";;", "", '"', "\n"):
        with pytest.raises(UsageError, match="is not one character"):
            looked_at(b"a;b\n1;2\n", delimiter=wrong)


def test_the_look_ahead_takes_nothing_from_a_long_file() -> None:
    lines = [f"{number};{'x' * (number % 90)}" for number in range(20_000)]
    rows, _ = looked_at(("a;b\n" + "\n".join(lines)).encode())
    assert [f"{row['a']};{row['b']}" for row in rows] == lines


_cells = st.text(st.sampled_from('a;|\t,"\n'), max_size=4)


@settings(max_examples=80, deadline=None)
@given(_cells, st.lists(_cells))
@example("sep=;", ["a;b"])
def test_one_column_of_any_name_is_never_taken_for_several(name: str, texts: list[str]) -> None:
    rows = [{name: text} for text in texts]
    for format in ("csv", "tsv"):
        assert dumped(read(format, written(format, block(rows)))) == dumped(rows)
