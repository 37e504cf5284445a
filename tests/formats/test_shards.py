"""Rows into several files: cut by rows or size, read back by their glob, replaced as a set."""

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.formats.hostile import FIXED_ROWS, dumped
from tilth.cli.border import run
from tilth.errors import UsageError
from tilth.formats import Dataset, RowBlock, convert, open_output, write_rows
from tilth.formats.container import WriteSettings
from tilth.formats.sharding import Sharding

SUFFIXES = [".jsonl", ".jsonl.zst", ".csv.gz", ".yaml", ".json", ".parquet", ".arrow", ".arrows.xz", ".feather"]
NUMBERS = [{"number": number, "text": "x" * 100} for number in range(1000)]


def rows_of(path: Path) -> list[bytes]:
    return dumped(row for batch in Dataset.open(path, dialect="tilth").batches() for row in batch.rows)


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def source(folder: Path, rows: list[dict[str, Any]] = NUMBERS) -> Dataset:
    write_rows(folder / "in.jsonl", rows, overwrite=True)
    return Dataset.open(folder / "in.jsonl", dialect="tilth")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_shards_hold_the_rows_in_order_whatever_the_container(suffix: str, tmp_path: Path) -> None:
    rows = FIXED_ROWS * 3
    convert(source(tmp_path, rows), tmp_path / f"out-{{shard}}{suffix}", sharding=Sharding(rows=4))
    assert names(tmp_path) == ["in.jsonl", *(f"out-{index:05d}-of-00006{suffix}" for index in range(6))]
    assert rows_of(tmp_path / f"out-*{suffix}") == dumped(rows)


@pytest.mark.parametrize("suffix", [".jsonl", ".parquet"])
def test_shards_come_to_about_the_size_that_was_asked_for(suffix: str, tmp_path: Path) -> None:
    convert(source(tmp_path), tmp_path / f"out-{{shard}}{suffix}", sharding=Sharding(bytes=25_000))
    sizes = [Dataset.open(file, dialect="tilth").count() for file in sorted(tmp_path.glob(f"out-*{suffix}"))]
    assert sum(sizes) == 1000
    assert all(180 <= size <= 260 for size in sizes[:-1])


def test_whichever_limit_comes_first_counts(tmp_path: Path) -> None:
    convert(source(tmp_path), tmp_path / "out-{shard}.jsonl", sharding=Sharding(rows=700, bytes=50_000))
    assert len(names(tmp_path)) == 4


def test_a_row_that_is_larger_than_a_shard_has_one_of_its_own(tmp_path: Path) -> None:
    convert(source(tmp_path, NUMBERS[:5]), tmp_path / "out-{shard}.jsonl", sharding=Sharding(bytes=1))
    assert len(names(tmp_path)) == 6


def test_all_columnar_shards_have_the_columns_of_the_whole_set(tmp_path: Path) -> None:
    rows = [*({"a": number} for number in range(10)), {"a": "x", "late": True}]
    convert(source(tmp_path, rows), tmp_path / "out-{shard}.parquet", sharding=Sharding(rows=5))
    schemas = {pq.read_schema(file).to_string() for file in tmp_path.glob("out-*")}
    assert len(schemas) == 1
    assert rows_of(tmp_path / "out-*.parquet") == dumped(rows)


def test_no_rows_make_one_empty_shard(tmp_path: Path) -> None:
    for suffix in (".jsonl", ".parquet"):
        with open_output(tmp_path / f"out-{{shard}}{suffix}", settings=WriteSettings(sharding=Sharding(rows=5))):
            pass
    assert names(tmp_path) == ["out-00000-of-00001.jsonl", "out-00000-of-00001.parquet"]


def test_an_earlier_set_is_refused_or_replaced_as_a_whole(tmp_path: Path) -> None:
    data, target = source(tmp_path), tmp_path / "out-{shard}.jsonl"
    convert(data, target, sharding=Sharding(rows=100))
    with pytest.raises(UsageError) as failure:
        convert(data, target, sharding=Sharding(rows=500))
    assert str(failure.value).startswith(f"{tmp_path / 'out-00000-of-00010.jsonl'}: the output exists")
    (tmp_path / "out-of-scope.jsonl").write_text("mine")
    convert(data, target, sharding=Sharding(rows=500), overwrite=True)
    assert names(tmp_path) == ["in.jsonl", "out-00000-of-00002.jsonl", "out-00001-of-00002.jsonl", "out-of-scope.jsonl"]


def test_what_fails_half_way_leaves_the_earlier_set(tmp_path: Path) -> None:
    data, target = source(tmp_path), tmp_path / "out-{shard}.jsonl"
    convert(data, target, sharding=Sharding(rows=300))
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    output = open_output(target, overwrite=True, settings=WriteSettings(sharding=Sharding(rows=1)))
    with pytest.raises(KeyboardInterrupt), output:
        output.write(RowBlock(NUMBERS[:5], range(1, 6)))
        raise KeyboardInterrupt
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_the_earlier_set_comes_back_when_the_new_one_cannot_be_put_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, target = source(tmp_path), tmp_path / "out-{shard}.jsonl"
    convert(data, target, sharding=Sharding(rows=300))
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    replace = Path.replace

    def fails_at_the_third(self: Path, other: Path) -> Path:
        if other.name == "out-00002-of-00010.jsonl":
            raise OSError(5, "Input/output error")
        return replace(self, other)

    monkeypatch.setattr(Path, "replace", fails_at_the_third)
    with pytest.raises(Exception, match="input/output error; nothing was changed"):
        convert(data, target, sharding=Sharding(rows=100), overwrite=True)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["-o", "out.jsonl", "--shard-rows", "5"], "{shard} stands once, in the name of the file"),
        (["-o", "out-{shard}.jsonl"], "how large they are is not said"),
        (["-o", "{shard}/{shard}.jsonl", "--shard-rows", "5"], "{shard} stands once, in the name of the file"),
        (["-o", "-", "--shard-rows", "5"], "several files do not go to standard output"),
        (["-o", "out-{shard}.jsonl", "--shard-size", "many"], "--shard-size many is no size"),
        (["-o", "out-{shard}.jsonl", "--shard-size", "0"], "--shard-size 0 is no size"),
        (["-o", "in-{shard}.jsonl", "--shard-rows", "5", "--overwrite"], "the output is the input"),
    ],
)
def test_what_cannot_be_cut_is_said_in_one_line(
    words: list[str], answer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_rows("in-00000-of-00001.jsonl", NUMBERS[:10])
    assert run(["convert", "in-00000-of-00001.jsonl", *words]) == 2
    assert answer in capsys.readouterr().err
    assert names(tmp_path) == ["in-00000-of-00001.jsonl"]


def test_the_manifest_of_a_set_names_all_of_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_rows("in.jsonl", NUMBERS)
    for size in (["--shard-rows", "100"], ["--shard-size", "60kB", "--overwrite"]):
        assert run(["convert", "in.jsonl", "-o", "out-{shard}.jsonl", "-q", *size]) == 0
    outputs = json.loads(Path("out.jsonl.manifest.json").read_text())["outputs"]
    assert [each["path"] for each in outputs] == [f"out-{index:05d}-of-00003.jsonl" for index in range(3)]


def test_operations_write_shards_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [{"instruction": f"number {number % 30}", "output": f"answer {number % 30}"} for number in range(60)]
    write_rows("in.jsonl", rows)
    assert run(["dedup", "in.jsonl", "-o", "out-{shard}.jsonl", "--shard-rows", "10", "-q"]) == 0
    assert len(rows_of(Path("out-*-of-00003.jsonl"))) == 30
    assert len(rows_of(Path("out.jsonl.set-aside.jsonl"))) == 30
