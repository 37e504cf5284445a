"""What goes into any format comes out again: value, type, order of keys, null and absent."""

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings

from tests.formats.hostile import FIXED_ROWS, block, dumped, read, tables, written
from tilth.formats import Dataset, convert, write_rows
from tilth.formats.opening import format_named

FORMATS = ["jsonl", "csv", "yaml", "parquet", "arrow", "arrow-stream", "feather"]
_RELAXED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])


def rows_of(path: Path) -> list[bytes]:
    data = Dataset.open(path, dialect="tilth")
    return dumped(row for batch in data.batches() for row in batch.rows)


@pytest.mark.parametrize("name", FORMATS)
@settings(_RELAXED, max_examples=80)
@given(tables())
@example(FIXED_ROWS)
@example([{}])
@example([{}, {"a": "x"}])
@example([{"a": None}, {}])
def test_a_format_gives_back_the_rows_that_it_was_given(name: str, rows: list[dict[str, Any]]) -> None:
    assert dumped(read(name, written(name, block(rows)))) == dumped(rows)


@settings(_RELAXED, max_examples=15)
@given(tables())
@example(FIXED_ROWS)
def test_rows_survive_a_journey_through_every_format(rows: list[dict[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "start.jsonl"
        write_rows(path, rows)
        for step, suffix in enumerate(["csv", "feather", "yaml", "arrow", "parquet", "arrows", "jsonl"]):
            target = Path(folder) / f"{step}.{suffix}"
            assert convert(Dataset.open(path, dialect="tilth"), target).rows == len(rows)
            path = target
        assert rows_of(path) == dumped(rows)
        assert path.read_bytes() == (Path(folder) / "start.jsonl").read_bytes()


@pytest.mark.parametrize("compression", ["", ".gz", ".zst"])
@pytest.mark.parametrize("name", FORMATS)
def test_a_compressed_file_holds_the_same_rows(name: str, compression: str, tmp_path: Path) -> None:
    path = tmp_path / f"rows{format_named(name).suffixes[0]}{compression}"
    assert write_rows(path, FIXED_ROWS) == len(FIXED_ROWS)
    assert rows_of(path) == dumped(FIXED_ROWS)


@pytest.mark.parametrize("name", FORMATS)
def test_many_blocks_with_late_keys_keep_their_order(name: str) -> None:
    early = [{"a": str(number), "c": number} for number in range(5000)]
    late = [{"a": "x", "b": None, "c": 1}, {"c": 2, "a": "y"}]
    content = written(name, block(early), block(late), block(early))
    assert dumped(read(name, content)) == dumped([*early, *late, *early])


@pytest.mark.parametrize("name", FORMATS)
def test_equal_rows_give_equal_bytes(name: str) -> None:
    assert written(name, block(FIXED_ROWS)) == written(name, block(FIXED_ROWS))
