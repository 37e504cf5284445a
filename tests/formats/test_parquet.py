"""Parquet: plain types where they fit, exact JSON where they do not, and columns from elsewhere."""

import io
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.formats.hostile import FIXED_ROWS, block, dumped, read, written
from tilth.errors import DataError
from tilth.formats import Dataset, ReadSettings, Reject, convert, write_rows
from tilth.formats.arrow_block import ArrowBlock
from tilth.formats.opening import format_named


def foreign(columns: dict[str, Any], **options: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink, **options)
    return sink.getvalue()


def test_a_column_has_a_plain_type_where_every_value_fits() -> None:
    rows = [
        {"s": "007", "i": 2**63 - 1, "f": 0.1, "b": True, "long": 2**63, "mixed": 1, "deep": [1], "null": None},
        {"s": "", "i": -(2**63), "f": -0.0, "b": False, "long": 1, "mixed": "1", "deep": {}, "null": None},
    ]
    schema = pq.read_schema(io.BytesIO(written("parquet", block(rows))))
    types = {field.name: field.type for field in schema}
    assert types.pop("s") == pa.string()
    assert types.pop("i") == pa.int64()
    assert types.pop("f") == pa.float64()
    assert types.pop("b") == pa.bool_()
    assert {str(kind) for kind in types.values()} == {"extension<arrow.json>"}
    assert set(types) == {"long", "mixed", "deep", "null"}


def test_null_and_absent_stay_what_they_are() -> None:
    rows = [{"null": None, "gone": "x", "both": None}, {"null": "x"}, {"null": "y", "both": "z"}]
    assert dumped(read("parquet", written("parquet", block(rows)))) == dumped(rows)
    types = {field.name: str(field.type) for field in pq.read_schema(io.BytesIO(written("parquet", block(rows))))}
    assert types == {"null": "string", "gone": "string", "both": "extension<arrow.json>"}


def test_a_row_that_cannot_be_read_can_be_rejected() -> None:
    rejects: list[Reject] = []
    content = foreign({"f": [1.0, float("nan"), 3.0], "t": ["a", "b", "c"]})
    assert [row["t"] for row in read("parquet", content, rejects)] == ["a", "c"]
    assert [reject.line for reject in rejects] == [2]


def test_a_page_that_does_not_fit_its_checksum_is_refused() -> None:
    content = foreign({"t": ["right"]}, write_page_checksum=True, compression="NONE")
    assert list(read("parquet", content)) == [{"t": "right"}]
    with pytest.raises(DataError, match="checksum"):
        list(read("parquet", content.replace(b"right", b"wrong")))


@pytest.mark.parametrize("cut", [10, 200, -1, -9])
def test_a_damaged_file_is_refused_in_one_line(cut: int, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(written("parquet", block(FIXED_ROWS))[:cut])
    with pytest.raises(DataError) as failure:
        Dataset.open(path, dialect="tilth")
    assert str(failure.value).startswith(f"{path}: broken Parquet: ")
    assert "\n" not in failure.value.what


def test_a_page_that_stands_for_much_is_read_in_small_pieces() -> None:
    many = pa.DictionaryArray.from_arrays(pa.array([0] * 200, pa.int32()), ["x" * 1_000_000])
    content = foreign({"t": many}, compression="zstd", store_schema=False)
    assert len(content) < 10_000
    blocks = list(format_named("parquet").read(io.BytesIO(content), ReadSettings("file")))
    assert max(map(len, blocks)) <= 16
    assert sum(map(len, blocks)) == 200


def test_rows_that_nobody_changes_are_handed_on_as_columns(tmp_path: Path) -> None:
    write_rows(tmp_path / "a.parquet", FIXED_ROWS)
    data = Dataset.open(tmp_path / "a.parquet", dialect="tilth")
    batch = next(data.batches())
    assert isinstance(batch.block, ArrowBlock)
    assert dumped(batch.take([4, 0, 0]).rows) == dumped([FIXED_ROWS[4], FIXED_ROWS[0], FIXED_ROWS[0]])
    convert(data.keeping([[1, 3, 4, 5]]), tmp_path / "b.parquet")
    kept = Dataset.open(tmp_path / "b.parquet", dialect="tilth")
    assert pq.read_schema(tmp_path / "a.parquet").equals(pq.read_schema(tmp_path / "b.parquet"), check_metadata=True)
    assert dumped(row for each in kept.batches() for row in each.rows) == dumped(FIXED_ROWS[i] for i in (1, 3, 4, 5))


def test_columns_and_rows_can_follow_each_other(tmp_path: Path) -> None:
    write_rows(tmp_path / "a.parquet", FIXED_ROWS)
    (first,) = (batch.block for batch in Dataset.open(tmp_path / "a.parquet", dialect="tilth").batches())
    other = [{"other": 1}, {"id": "x"}]
    assert dumped(read("parquet", written("parquet", first, block(other), first))) == dumped(
        [*FIXED_ROWS, *other, *FIXED_ROWS]
    )


@pytest.mark.parametrize("notes", [b"\xff", b"[1]", b'{"null_means_absent": 5}', b'{"null_means_absent": [["a"]]}'])
def test_notes_that_somebody_else_wrote_are_passed_over(notes: bytes) -> None:
    sink = io.BytesIO()
    pq.write_table(pa.table({"a": ["x", None]}).replace_schema_metadata({b"tilth": notes}), sink)
    assert read("parquet", sink.getvalue()) == [{"a": "x"}, {"a": None}]
