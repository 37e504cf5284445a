"""Columns from elsewhere: each Arrow type has one answer, the same in Parquet, in Arrow files and in streams."""

import io
import uuid
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.formats.hostile import read
from tilth.errors import DataError
from tilth.formats import Dataset, Reject, convert


def as_parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


def as_file(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def as_stream(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


CONTAINERS: dict[str, Callable[[pa.Table], bytes]] = {
    "parquet": as_parquet,
    "arrow": as_file,
    "arrow-stream": as_stream,
}
LONG = "longer than twelve bytes"
ID = uuid.UUID("12345678-1234-5678-1234-567812345678")
EVERYWHERE: dict[str, tuple[Any, list[Any]]] = {
    "integers": (pa.array([2**64 - 1, None], pa.uint64()), [2**64 - 1, None]),
    "short floats": (pa.array([0.1, None], pa.float32()), [0.10000000149011612, None]),
    "half floats": (pa.array([0.5, -0.0], pa.float16()), [0.5, -0.0]),
    "nothing": (pa.array([None, None]), [None, None]),
    "times": (pa.array([datetime(2024, 1, 2, 3, 4, 5, 678901), None]), ["2024-01-02 03:04:05.678901", None]),
    "times of a zone": (pa.array([0, None], pa.timestamp("ms", "UTC")), ["1970-01-01 00:00:00.000Z", None]),
    "times elsewhere": (pa.array([0], pa.timestamp("ms", "+02:00")), ["1970-01-01 02:00:00.000+0200"]),
    "days": (pa.array([date(2024, 1, 2), None]), ["2024-01-02", None]),
    "times of day": (pa.array([time(23, 59, 59, 1)]), ["23:59:59.000001"]),
    "decimals": (pa.array([Decimal("12345678901234567890.10"), None]), ["12345678901234567890.10", None]),
    "dictionary": (pa.array(["a", "b", None, "a"]).dictionary_encode(), ["a", "b", None, "a"]),
    "large text": (pa.array(["a", None], pa.large_string()), ["a", None]),
    "lists": (pa.array([[1, None], [], None]), [[1, None], [], None]),
    "large lists": (pa.array([["a"], None], pa.large_list(pa.string())), [["a"], None]),
    "pairs": (pa.array([[1, 2], None], pa.list_(pa.int64(), 2)), [[1, 2], None]),
    "objects": (pa.array([{"a": 1, "b": None}, None]), [{"a": 1, "b": None}, None]),
    "a chat": (pa.array([[{"role": "user", "at": date(2024, 1, 2)}]]), [[{"role": "user", "at": "2024-01-02"}]]),
    "maps": (
        pa.array([[("b", 1), ("a", None)], [], None], pa.map_(pa.string(), pa.int64())),
        [{"b": 1, "a": None}, {}, None],
    ),
    "maps of days": (pa.array([[("a", date(2024, 1, 2))]], pa.map_(pa.string(), pa.date32())), [{"a": "2024-01-02"}]),
    "maps by number": (pa.array([[(1, "x")]], pa.map_(pa.int64(), pa.string())), [[{"key": 1, "value": "x"}]]),
    "bytes that are text": (pa.array([b"a\n\xc3\xa9", None]), ["a\n\u00e9", None]),
    "JSON": (
        pa.ExtensionArray.from_storage(pa.json_(), pa.array(['{"a": 10000000000000000000000}', "null", None])),
        [{"a": 10**22}, None, None],
    ),
    "ids": (pa.ExtensionArray.from_storage(pa.uuid(), pa.array([ID.bytes], pa.binary(16))), [str(ID)]),
}
ONLY_IN_ARROW: dict[str, tuple[Any, list[Any]]] = {
    "text views": (pa.array(["a", None, LONG], pa.string_view()), ["a", None, LONG]),
    "list views": (pa.array([[1], None], pa.list_view(pa.int64())), [[1], None]),
    "runs": (pa.RunEndEncodedArray.from_arrays([2, 3], ["a", "b"]), ["a", "a", "b"]),
    "dictionaries in lists": (
        pa.ListArray.from_arrays([0, 2], pa.array(["a", "b"]).dictionary_encode()),
        [["a", "b"]],
    ),
}


REFUSED: list[tuple[Any, str]] = [
    (pa.array([b"\x89PNG"]), 'file:1: the column "x": bytes that are no text'),
    (pa.array(["a", "b\x00"]).cast(pa.binary()), 'file:2: the column "x": bytes that are no text'),
    (pa.array([[b"\xff"]]), 'file:1: the column "x": bytes that are no text'),
    (pa.array([b"abcd"], pa.binary(4)), 'file: the column "x" holds values of the Arrow type fixed_size_binary[4]'),
    (pa.array([1.0, float("nan")]), 'file:2: the column "x": nan, which JSON does not have'),
    (pa.array([[float("inf")]]), 'file:1: the column "x": inf, which JSON does not have'),
    (pa.array([timedelta(1)]), 'file: the column "x" holds values of the Arrow type duration'),
    (pa.array([2**62], pa.timestamp("ms")), 'file:1: the column "x" holds a time that no calendar has'),
    (pa.array([2**31 - 1], pa.int32()).cast(pa.date32()), 'file:1: the column "x" holds a time that no calendar'),
    (
        pa.array([[2**62]], pa.list_(pa.timestamp("ms"))),
        'file: the column "x" holds a time that no calendar has in',
    ),
    (
        pa.array([[("a", 1), ("a", 2)]], pa.map_(pa.string(), pa.int64())),
        'file:1: the column "x": a map with the same key twice',
    ),
]


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("name", EVERYWHERE)
def test_each_type_becomes_the_json_that_is_exactly_its_value(name: str, container: str) -> None:
    column, values = EVERYWHERE[name]
    content = CONTAINERS[container](pa.table({"x": column}))
    assert repr([row["x"] for row in read(container, content)]) == repr(values)  # tells -0.0, 1 and True apart


@pytest.mark.parametrize("name", ONLY_IN_ARROW)
def test_encodings_of_arrow_are_resolved(name: str) -> None:
    column, values = ONLY_IN_ARROW[name]
    assert [row["x"] for row in read("arrow", as_file(pa.table({"x": column})))] == values


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize(("column", "answer"), REFUSED)
def test_what_json_does_not_have_is_refused_by_column(column: Any, answer: str, container: str) -> None:
    with pytest.raises(DataError) as failure:
        read(container, CONTAINERS[container](pa.table({"x": column})))
    assert str(failure.value).startswith(answer)


def test_types_that_json_never_has_are_refused_by_name() -> None:
    union = pa.UnionArray.from_sparse(pa.array([0, 1], pa.int8()), [pa.array([1, 2]), pa.array(["a", "b"])])
    with pytest.raises(DataError, match="sparse_union"):
        read("arrow", as_file(pa.table({"x": union})))


@pytest.mark.parametrize("container", CONTAINERS)
def test_text_that_is_not_utf8_is_refused_at_its_row_or_rejected(container: str) -> None:
    broken = pa.array([b"a", b"\xff\xfe", b"c", None]).view(pa.string())
    content = CONTAINERS[container](pa.table({"n": [1, 2, 3, 4], "x": broken}))
    with pytest.raises(DataError) as failure:
        read(container, content)
    assert str(failure.value).startswith('file:2: the column "x" is not UTF-8')
    rejects: list[Reject] = []
    assert [row["n"] for row in read(container, content, rejects)] == [1, 3, 4]
    assert [(reject.line, reject.raw) for reject in rejects] == [(2, "\\xff\\xfe")]


@pytest.mark.parametrize("container", CONTAINERS)
def test_two_columns_of_one_name_are_refused(container: str) -> None:
    table = pa.table([pa.array([1]), pa.array([2])], names=["x", "x"])
    with pytest.raises(DataError, match='file: two columns are called "x"'):
        read(container, CONTAINERS[container](table))


@pytest.mark.parametrize("container", ["parquet", "arrow"])
def test_many_columns_are_read(container: str) -> None:
    table = pa.table({f"c{number}": [number] for number in range(10_000)})
    (row,) = read(container, CONTAINERS[container](table))
    assert list(row.items())[-1] == ("c9999", 9999)


@pytest.mark.parametrize(
    ("kind", "number"),
    [(pa.timestamp("s"), 1), (pa.time32("s"), 1), (pa.date64(), 86_400_000), (pa.timestamp("ns", "UTC"), 1)],
)
def test_what_parquet_has_no_type_for_keeps_its_value_there(kind: pa.DataType, number: int, tmp_path: Path) -> None:
    whole = pa.int32() if kind == pa.time32("s") else pa.int64()
    column = pa.array([0, number, None], whole).cast(kind)
    (tmp_path / "a.arrow").write_bytes(as_file(pa.table({"x": column})))
    for before, after in (("a.arrow", "b.parquet"), ("b.parquet", "c.jsonl"), ("a.arrow", "d.jsonl")):
        convert(Dataset.open(tmp_path / before, dialect="tilth"), tmp_path / after)
    assert (tmp_path / "c.jsonl").read_bytes() == (tmp_path / "d.jsonl").read_bytes()


@pytest.mark.parametrize("container", ["arrow", "arrow-stream"])
def test_rows_without_columns_are_empty_objects(container: str) -> None:
    table = pa.table({"x": [1, 2, 3]}).select([])
    assert read(container, CONTAINERS[container](table)) == [{}, {}, {}]


def test_that_bytes_were_read_as_text_is_said_aloud(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": pa.array([b"abc"])}), tmp_path / "a.parquet")
    notes = Dataset.open(tmp_path / "a.parquet", dialect="tilth").notes
    assert [note for note in notes if "bytes" in note] == [
        'the column "text" holds bytes, which are read as UTF-8 text'
    ]


def test_that_times_and_decimals_are_text_in_a_row_is_said_aloud(tmp_path: Path) -> None:
    at = pa.array([0], pa.int64()).cast(pa.timestamp("us"))
    table = pa.table({"text": ["a"], "at": at, "paid": pa.array([[1]], pa.list_(pa.decimal128(4, 2)))})
    pq.write_table(table, tmp_path / "a.parquet")
    assert Dataset.open(tmp_path / "a.parquet", dialect="tilth").notes == (
        'the column "at" holds timestamp[us], which is text in a row, because JSON has none',
        'the column "paid" holds decimal128(4, 2), which is text in a row, because JSON has none',
    )


def test_categories_as_polars_writes_them_are_their_texts(tmp_path: Path) -> None:
    names = pa.array(["x", "y"], pa.string_view())
    column = pa.DictionaryArray.from_arrays(pa.array([1, None, 0], pa.uint32()), names)
    (tmp_path / "a.arrow").write_bytes(as_file(pa.table({"c": column})))
    convert(Dataset.open(tmp_path / "a.arrow", dialect="tilth"), tmp_path / "b.jsonl")
    assert (tmp_path / "b.jsonl").read_text() == '{"c":"y"}\n{"c":null}\n{"c":"x"}\n'
