"""The page on columnar containers says what reading gives, and parquet-testing ends in rows or one line each."""

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.formats.parquet_page import PAGE, SUITE, answer, section, suite_files, suite_table, types_table
from tests.schemas.public_data import public_file
from tilth.formats import Dataset


def rows_of(path: Path) -> list[dict[str, Any]]:
    data = Dataset.open(path, format="parquet", dialect="tilth")
    return [dict(row) for batch in data.batches() for row in batch.rows]


def test_the_table_of_types_is_what_reading_gives() -> None:
    assert section(PAGE.read_text(encoding="utf-8"), "types") == types_table()


def test_each_file_of_parquet_testing_gives_rows_or_the_line_on_the_page() -> None:
    public_file("parquet_testing")
    assert section(PAGE.read_text(encoding="utf-8"), "suite") == suite_table()


def test_rows_and_columns_are_those_that_pyarrow_finds() -> None:
    observed = json.loads(public_file("parquet_testing/observed_pyarrow_26.json").read_text())["files"]
    compared = 0
    for path in suite_files():
        told = re.fullmatch(r"(\d+) rows, (\d+) columns", answer(path))
        if told:
            assert f"{told[1]} {told[2]}" == observed[str(path.relative_to(SUITE))]["rows_cols"], path
            compared += 1
    assert compared >= 48


@pytest.mark.parametrize(
    "name",
    ["delta_byte_array", "delta_encoding_optional_column", "delta_encoding_required_column", "delta_binary_packed"],
)
def test_values_are_those_that_the_suite_expects(name: str) -> None:
    rows = rows_of(public_file(f"parquet_testing/data/{name}.parquet"))
    with public_file(f"parquet_testing/data/{name}_expect.csv").open(newline="", encoding="utf-8") as file:
        expected = list(csv.DictReader(file))
    assert len(rows) == len(expected)
    for row, wanted in zip(rows, expected, strict=True):
        found = {key.removesuffix(":"): "" if value is None else str(value) for key, value in row.items()}
        assert found == {key.strip().removesuffix(":"): value for key, value in wanted.items()}


def test_times_in_96_bits_are_told_to_the_digit() -> None:
    data = Dataset.open(
        public_file("parquet_testing/data/int96_from_spark.parquet"), dialect="tilth", on_error="reject"
    )
    assert [row["a"] for batch in data.batches() for row in batch.rows] == [
        "2024-01-01 20:34:56.123456000",
        "2024-01-01 01:00:00.000000000",
        "9999-12-31 03:00:00.000000",
        "2024-12-30 23:00:00.000000000",
        None,
    ]
