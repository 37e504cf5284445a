"""Arrow files, streams and Feather: one reader for the three, and what each is written as."""

import io
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.feather
import pytest

from tests.formats.hostile import FIXED_ROWS, block, dumped, read, written
from tilth.errors import DataError, UsageError
from tilth.formats import Dataset, ReadSettings, convert, write_rows
from tilth.formats.arrow_block import ArrowBlock
from tilth.formats.opening import format_named

NAMES = {"arrow": ".arrow", "feather": ".feather", "arrow-stream": ".arrows"}


def rows_of(path: Path, format: str | None = None) -> list[bytes]:
    data = Dataset.open(path, dialect="tilth", format=format)
    return dumped(row for batch in data.batches() for row in batch.rows)


@pytest.mark.parametrize("laid", NAMES)
@pytest.mark.parametrize("called", NAMES)
def test_what_a_file_is_counts_and_not_how_it_is_called(laid: str, called: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{NAMES[called]}"
    path.write_bytes(written(laid, block(FIXED_ROWS)))
    assert rows_of(path) == dumped(FIXED_ROWS)


def test_each_is_written_as_what_its_suffix_says(tmp_path: Path) -> None:
    for suffix in (".arrow", ".ipc", ".feather", ".arrows"):
        write_rows(tmp_path / f"a{suffix}", [{"a": "x" * 1000}] * 100)
    assert pa.ipc.open_file(tmp_path / "a.arrow").read_all() == pa.ipc.open_file(tmp_path / "a.ipc").read_all()
    assert pa.ipc.open_stream(tmp_path / "a.arrows").read_all().num_rows == 100
    assert pa.feather.read_table(tmp_path / "a.feather").num_rows == 100
    sizes = {path.suffix: path.stat().st_size for path in tmp_path.iterdir()}
    assert sizes[".feather"] < 5_000 < 100_000 < sizes[".arrow"]


def test_columns_have_the_types_that_they_have_in_parquet() -> None:
    rows = [
        {"s": "007", "i": 1, "f": 0.5, "b": True, "mixed": 1},
        {"s": "", "i": 2, "f": 1.5, "b": False, "mixed": "1"},
    ]
    schema = pa.ipc.open_file(written("arrow", block(rows))).schema
    assert [str(field.type) for field in schema] == ["string", "int64", "double", "bool", "extension<arrow.json>"]


@pytest.mark.parametrize("codec", ["lz4", "zstd"])
def test_compressed_columns_are_read(codec: str) -> None:
    sink = io.BytesIO()
    table = pa.table({"t": ["long " * 100] * 50})
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression=codec)) as writer:
        writer.write_table(table)
    assert [row["t"] for row in read("arrow", sink.getvalue())] == ["long " * 100] * 50


def test_streams_from_before_2019_are_read() -> None:
    sink = io.BytesIO()
    table = pa.table({"t": ["a", "b"]})
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(use_legacy_format=True)) as writer:
        writer.write_table(table)
    assert sink.getvalue()[:4] != b"\xff\xff\xff\xff"
    assert read("arrow", sink.getvalue()) == [{"t": "a"}, {"t": "b"}]


def test_one_huge_batch_is_handed_out_in_pieces() -> None:
    sink = io.BytesIO()
    table = pa.table({"t": ["x" * 10_000] * 10_000})
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=10_000)
    blocks = list(format_named("arrow").read(io.BytesIO(sink.getvalue()), ReadSettings("file")))
    assert max(block.batch.nbytes for block in blocks if isinstance(block, ArrowBlock)) <= 16 << 20
    assert [line for block in blocks for line in block.lines] == list(range(1, 10_001))


@pytest.mark.parametrize("laid", NAMES)
@pytest.mark.parametrize("cut", [7, 100, -1, -20])
def test_a_damaged_file_is_refused_in_one_line(laid: str, cut: int, tmp_path: Path) -> None:
    path = tmp_path / "a.arrow"
    content = written(laid, block(FIXED_ROWS))
    path.write_bytes(content[:cut])
    if laid == "arrow-stream" and cut == -1:
        path.write_bytes(content[: len(content) // 2])
    with pytest.raises(DataError) as failure:
        rows_of(path)
    assert str(failure.value).startswith(f"{path}: broken Arrow IPC: ")
    assert "\n" not in failure.value.what


def test_offsets_that_lead_astray_are_refused_before_a_value_is_read() -> None:
    content = bytearray(written("arrow", block([{"t": "abcdefgh"}, {"t": "ijkl"}])))
    place = content.index(b"\x00\x00\x00\x00\x08\x00\x00\x00\x0c\x00\x00\x00")
    content[place + 4 : place + 8] = b"\xff\xff\xff\x7f"
    with pytest.raises(DataError, match="broken Arrow IPC"):
        read("arrow", bytes(content))


@pytest.mark.filterwarnings("ignore:Feather V1")
def test_the_first_feather_is_named_and_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.feather"
    pa.feather.write_feather(pa.table({"a": [1]}), path, version=1)
    with pytest.raises(DataError, match="Feather V1"):
        rows_of(path)


def test_a_file_under_another_name_is_recognised(tmp_path: Path) -> None:
    for laid in NAMES:
        path = tmp_path / f"{laid}.jsonl"
        path.write_bytes(written(laid, block(FIXED_ROWS)))
        with pytest.raises(DataError) as failure:
            rows_of(path)
        assert failure.value.what == "this is Arrow IPC, not jsonl"
        assert failure.value.fix == "--from arrow"
        assert rows_of(path, "arrow") == dumped(FIXED_ROWS)


def test_text_is_no_arrow_whatever_its_name_says(tmp_path: Path) -> None:
    path = tmp_path / "a.arrow"
    path.write_text('{"a": 1}\n')
    with pytest.raises(DataError, match="broken Arrow IPC: it begins neither"):
        rows_of(path)


def test_rows_that_nobody_changes_are_handed_on_as_columns(tmp_path: Path) -> None:
    write_rows(tmp_path / "a.arrow", FIXED_ROWS)
    for before, after in ((".arrow", ".parquet"), (".parquet", ".feather"), (".feather", ".arrows")):
        source = Dataset.open(tmp_path / f"a{before}", dialect="tilth")
        assert isinstance(next(source.batches()).block, ArrowBlock)
        convert(source, tmp_path / f"a{after}")
        assert rows_of(tmp_path / f"a{after}") == dumped(FIXED_ROWS)
    first = pa.ipc.open_file(tmp_path / "a.arrow").schema
    assert pa.ipc.open_stream(tmp_path / "a.arrows").schema.equals(first, check_metadata=True)


@pytest.mark.parametrize("name", ["folder.arrow", "pipe.feather", "link.arrows", "device.parquet"])
def test_only_a_real_file_is_opened(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    kind = path.stem
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero" if kind == "device" else tmp_path / "nothing")
    with pytest.raises(UsageError) as failure:
        rows_of(path)
    assert str(path) in str(failure.value)
    if kind == "link":
        assert "which is not there" in failure.value.what
