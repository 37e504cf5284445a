"""What is written of columns is what is written of rows, byte for byte, wherever the layout of a file changes."""

import io
import json
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.formats.hostile import FIXED_ROWS, TEXTS, block, dumped, read, tables, texts, written
from tilth.formats import Block, ReadSettings
from tilth.formats.bulk.csv_cells import cells_of, column_of
from tilth.formats.bulk.escapes import escaped, json_strings
from tilth.formats.bulk.literals import scalars
from tilth.formats.bulk.surprise import Surprise
from tilth.formats.bulk.texts import split_at_commas
from tilth.formats.container import Held, Writer, WriteSettings
from tilth.formats.opening import format_named
from tilth.schemas import dump_json

_RELAXED = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)


def columns_of(rows: list[dict[str, Any]], held: Held = "columns") -> list[Block]:
    """Rows as they are read from JSON lines."""
    content = b"".join(dump_json(row) + b"\n" for row in rows)
    given = ReadSettings("file", held=held)
    return list(format_named("jsonl").read(io.BytesIO(content), given))


@pytest.mark.parametrize("name", ["csv", "tsv", "parquet", "arrow", "jsonl"])
@_RELAXED
@given(tables())
@example(FIXED_ROWS)
@example([{"a": 1, "b": "x"}, {"b": "y"}, {"a": 2.5, "b": "z"}])
def test_columns_and_rows_are_written_alike(name: str, rows: list[dict[str, Any]]) -> None:
    assert written(name, *columns_of(rows)) == written(name, *columns_of(rows, "objects"))


@pytest.mark.parametrize("name", ["csv", "parquet", "arrow", "feather", "arrow-stream"])
@_RELAXED
@given(tables())
@example(FIXED_ROWS)
@example([{"a": 1}, {"a": "x"}, {"a": None}, {}, {"b": 2**70, "a": 1}, {"a": 1, "b": [1]}, {"a": -0.0, "c": "=1"}])
def test_a_layout_that_changes_with_every_row_loses_nothing(name: str, rows: list[dict[str, Any]]) -> None:
    assert dumped(read(name, written(name, *(block([row]) for row in rows)))) == dumped(rows)


@_RELAXED
@given(tables())
@example(FIXED_ROWS)
def test_csv_has_the_same_bytes_wherever_its_blocks_end(rows: list[dict[str, Any]]) -> None:
    assert written("csv", *(block([row]) for row in rows)) == written("csv", block(rows))


class Pipe(io.BytesIO):
    """A stream that goes one way."""

    def seekable(self) -> bool:
        return False


@pytest.mark.parametrize("name", ["csv", "parquet", "arrow-stream"])
def test_a_pipe_gets_the_same_bytes_as_a_file(name: str) -> None:
    rows = [{"a": str(number), "b": number} for number in range(100)]
    for late in ([], [{"a": 5, "c": None}]):
        pipe = Pipe()
        writer = format_named(name).writer(pipe)
        for some in (rows, late):
            if some:
                writer.write(block(some))
        writer.close()
        blocks = [block(some) for some in (rows, late) if some]
        assert pipe.getvalue() == written(name, *blocks)


class FullDisk(io.BytesIO):
    """A file that takes only so much."""

    def write(self, content: Any, /) -> int:
        if self.tell() > 1000:
            raise OSError(28, "No space left on device")
        return super().write(content)


@pytest.mark.parametrize("name", ["csv", "parquet", "arrow", "jsonl"])
def test_a_disk_that_is_full_is_an_error_where_rows_are_written(name: str) -> None:
    writer = format_named(name).writer(FullDisk())

    def write_all(writer: Writer) -> None:
        for number in range(200):
            writer.write(block([{"a": str(hash((number, each)))} for each in range(1000)]))
        writer.close()

    with pytest.raises(OSError, match="No space"):
        write_all(writer)
    writer.abort()


def test_a_writer_that_is_given_up_ends_its_thread() -> None:
    writer = format_named("parquet").writer(io.BytesIO())
    writer.write(block([{"a": "x"}]))
    writer.abort()


@_RELAXED
@given(st.lists(texts, min_size=1, max_size=8))
@example(TEXTS)
def test_escapes_are_those_of_dump_json_and_are_read_back(some: list[str]) -> None:
    column = pa.array([*some, None], pa.string())
    spelt = escaped(column)
    assert [f'"{each}"' for each in spelt.to_pylist()[:-1]] == [dump_json(text).decode() for text in some]
    in_ascii = pa.array([json.dumps(text) for text in some], pa.string())
    assert json_strings(in_ascii).to_pylist() == some


@pytest.mark.parametrize(
    "spelt", ['"a', 'a"', '"', '"a"b"', '"\\"', '"\\x"', '"\\u12g4"', '"\\ud800"', '"a\n"', '"\\u1']
)
def test_what_is_no_json_string_is_left_to_the_careful_reader(spelt: str) -> None:
    with pytest.raises(Surprise):
        json_strings(pa.array([spelt], pa.string()))


@pytest.mark.parametrize(
    "spelt", ["", "01", "1.", "+1", "nul", "NaN", "1 2", "1,2", "[1", "18446744073709551616", "1e999"]
)
def test_what_is_no_plain_value_is_left_to_the_careful_reader(spelt: str) -> None:
    for some in ([spelt], ["1", spelt, "2"], ["[1", spelt, "2]"]):
        with pytest.raises(Surprise):
            scalars(pa.array(some, pa.string()))


@settings(deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False) | st.floats(-1000, 1000).map(lambda x: round(x, 3))))
@example([0.001, 0.0102, 0.0001, 0.00013, 0.00001, 0.000013, 0.000001, 0.0000013])
@example([0.0, 1.0, 10.5, 0.1, 0.05, 0.000012, 1e-7, 123456789012.125, 1e15, 1e16, -0.0, -1.5])
def test_decimals_are_spelt_as_the_float_that_they_are(some: list[float]) -> None:
    for number in some:
        for spelt in {repr(number), f"{number:.3f}", f"{number:.1f}", f"{number:f}"}:
            try:
                told = scalars(pa.array([spelt, "0.5"], pa.string()))
            except Surprise:
                continue
            assert told.spelt.to_pylist() == [dump_json(float(spelt)).decode(), "0.5"]
            assert told.kinds == {float}


def test_values_between_commas_are_as_many_as_there_should_be() -> None:
    assert split_at_commas(b"1,22,,3", 4).to_pylist() == ["1", "22", "", "3"]
    with pytest.raises(Surprise):
        split_at_commas(b"1,2", 3)


_cells = texts | st.sampled_from(
    ["12", "-1", "1.50", "1e5", "007", "true", "true ", " 1", "null", '"a"', "[1]", "{", "2**63"]
)


@_RELAXED
@given(st.lists(_cells, min_size=1, max_size=8))
def test_the_cells_of_a_column_mean_what_each_of_them_means(cells: list[str]) -> None:
    column = column_of("a", pa.array(cells, pa.string()))
    rows = read("csv", b"a:json,b\n" + b"".join(f'"{_doubled(cell)}",x\n'.encode() for cell in cells))
    assert [value for value in column.values(len(cells)) if not _is_absent(value)] == [
        row["a"] for row in rows if "a" in row
    ]
    assert column.kinds == {type(row["a"]) for row in rows if "a" in row}


@_RELAXED
@given(st.lists(_cells, min_size=1, max_size=8), st.booleans())
def test_any_texts_survive_the_cells_of_a_column(some: list[str], is_safe: bool) -> None:
    (only,) = columns_of([{"a": text} for text in some])
    (column,) = only.columns
    cells = cells_of(column, is_safe=is_safe)
    assert column_of("a", cells).values(len(some)) == some
    assert not is_safe or not [cell for cell in cells.to_pylist() if cell[:1] in "=+-@\t\r\n\0＝＋－＠"]


def test_safe_cells_are_the_same_for_columns_and_rows() -> None:
    rows = [{"a": text, "b": -n if n % 2 else n} for n, text in enumerate(TEXTS)]
    content = [io.BytesIO(), io.BytesIO()]
    for sink, blocks in zip(content, (columns_of(rows), [block(rows)]), strict=True):
        writer = format_named("csv").writer(sink, WriteSettings(spreadsheet_safe=True))
        for each in blocks:
            writer.write(each)
        writer.close()
    assert content[0].getvalue() == content[1].getvalue()
    assert dumped(read("csv", content[0].getvalue())) == dumped(rows)


def _doubled(cell: str) -> str:
    return cell.replace('"', '""')


def _is_absent(value: object) -> bool:
    return type(value) is object
