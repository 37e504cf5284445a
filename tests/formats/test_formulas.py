"""A CSV file that a spreadsheet calculates nothing in, and that is read back to the very same values."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.formats.hostile import FIXED_ROWS, block, dumped, read, tables, values
from tilth.cli.border import run
from tilth.errors import DataError
from tilth.formats import Dataset, convert, write_rows
from tilth.formats.cells import from_cell
from tilth.formats.container import WriteSettings
from tilth.formats.formulas import FORMULA_STARTS, to_safe_cell
from tilth.formats.opening import format_named

DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\n=1", "\0", "=", "＝1", "=cmd|' /C calc'!A0", "-", "+x"]
_texts = st.sampled_from(DANGEROUS) | st.text(st.sampled_from("=+-@\t\r\0ab\"'"), max_size=4)

_rows = st.lists(st.dictionaries(st.sampled_from("abc"), _texts | values | st.integers(), max_size=3), min_size=1)


def safely_written(name: str, rows: list[dict[str, Any]]) -> bytes:
    sink = io.BytesIO()
    writer = format_named(name).writer(sink, WriteSettings(spreadsheet_safe=True))
    writer.write(block(rows))
    writer.close()
    return sink.getvalue()


@pytest.mark.parametrize("name", ["csv", "tsv"])
@settings(max_examples=50, deadline=None)
@given(_rows | tables())
@example([{"a": text} for text in DANGEROUS])
@example([{"a": -5}, {"a": -0.0}, {"a": "-5"}, {"a": " -5"}, {"a": '"=1"'}])
@example(FIXED_ROWS)
def test_no_cell_is_a_formula_and_every_value_comes_back(name: str, rows: list[dict[str, Any]]) -> None:
    if any(key[:1] in FORMULA_STARTS for row in rows for key in row):
        return
    content = safely_written(name, rows)
    lines = csv.reader(io.StringIO(content.decode(), newline=""), delimiter={"csv": ",", "tsv": "\t"}[name])
    cells = [cell for line in lines for cell in line]
    assert not [cell for cell in cells if cell[:1] in FORMULA_STARTS]
    assert dumped(read(name, content)) == dumped(rows)


@settings(max_examples=100, deadline=None)
@given(_texts | values)
def test_a_safe_cell_is_read_as_its_value(value: Any) -> None:
    cell = to_safe_cell(value)
    assert cell[:1] not in FORMULA_STARTS
    assert dumped([{"": from_cell(cell)}]) == dumped([{"": value}])


def test_what_is_no_formula_stays_as_it_is() -> None:
    rows = [{"q": "Why?", "a": "=1+1", "n": -5}, {"q": "2 - 1 = 1", "a": "plain", "n": 5}]
    assert safely_written("csv", rows).decode() == 'q,a:json,n:json\nWhy?,"""=1+1""", -5\n2 - 1 = 1,plain,5\n'


def test_a_column_whose_name_is_a_formula_is_refused() -> None:
    with pytest.raises(DataError, match='the name of the column "=1" begins like a formula'):
        safely_written("csv", [{"=1": "x"}])


def test_formulas_are_counted_for_who_did_not_ask_for_safety(tmp_path: Path) -> None:
    write_rows(tmp_path / "a.jsonl", [{"a": "=1", "b": "@x", "n": -1}, {"a": "x", "b": "-", "n": 1}])
    done = convert(Dataset.open(tmp_path / "a.jsonl", dialect="tilth"), tmp_path / "a.csv")
    assert done.notes == [
        "3 cells begin like a formula to a spreadsheet (with =, +, -, @ or a tab); --spreadsheet-safe writes none"
    ]
    safe = convert(Dataset.open(tmp_path / "a.jsonl", dialect="tilth"), tmp_path / "b.csv", spreadsheet_safe=True)
    assert safe.notes == []
    assert convert(Dataset.open(tmp_path / "a.jsonl", dialect="tilth"), tmp_path / "b.parquet").notes == []


def test_the_count_is_said_once_on_standard_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_rows(tmp_path / "a.jsonl", [{"text": "=1"}])
    assert run(["convert", "a.jsonl", "-o", "a.csv"]) == 0
    assert capsys.readouterr().err.count("1 cell begins like a formula") == 1
    assert run(["convert", "a.jsonl", "-o", "b.csv", "--spreadsheet-safe"]) == 0
    assert "formula" not in capsys.readouterr().err
    assert (tmp_path / "b.csv").read_text() == 'text:json\n"""=1"""\n'
