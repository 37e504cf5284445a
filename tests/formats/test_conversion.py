"""Converting changes what is asked for and nothing else."""

from pathlib import Path

import pytest

from tilth.errors import DataError, UsageError
from tilth.formats import Dataset, convert

LINES = (
    b'{ "instruction" : "a",  "output": "b", "score": 1.50 }\n'
    b'{"output":"d","instruction":"c","input":"\\u00e9","id":"007"}\n'
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "in.jsonl"
    path.write_bytes(LINES)
    return path


def test_lines_are_copied_where_the_dialect_stays(source: Path, tmp_path: Path) -> None:
    assert convert(Dataset.open(source), tmp_path / "out.jsonl").rows == 2
    assert (tmp_path / "out.jsonl").read_bytes() == LINES
    assert convert(Dataset.open(source), tmp_path / "same.jsonl", to_dialect="alpaca").rows == 2
    assert (tmp_path / "same.jsonl").read_bytes() == LINES


def test_another_dialect_holds_the_same_records(source: Path, tmp_path: Path) -> None:
    convert(Dataset.open(source), tmp_path / "out.jsonl", to_dialect="tilth")
    before, after = (next(Dataset.open(path).batches()) for path in (source, tmp_path / "out.jsonl"))
    assert before.ids == after.ids
    assert [record["extra"] for record in after.records] == [{"score": 1.5}, {"id": "007"}]


def test_what_would_be_lost_is_listed_and_nothing_is_written(source: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError) as failure:
        convert(Dataset.open(source), tmp_path / "out.jsonl", to_dialect="squad")
    assert failure.value.what.startswith("2 rows would lose something, so nothing was written:")
    assert f"type: 2 rows, first at {source}:1: " in failure.value.what
    assert [entry.name for entry in tmp_path.iterdir()] == ["in.jsonl"]


def test_the_input_is_never_the_output(source: Path) -> None:
    with pytest.raises(UsageError, match="the output is the input"):
        convert(Dataset.open(source), source, overwrite=True)
    assert source.read_bytes() == LINES


def test_a_row_that_breaks_half_way_leaves_no_output(source: Path, tmp_path: Path) -> None:
    with source.open("ab") as file:
        file.write(b'{"instruction": "a", "output": "b"}\n' * 9000 + b"{broken\n")
    data = Dataset.open(source)
    with pytest.raises(DataError, match=r"in\.jsonl:9003: "):
        convert(data, tmp_path / "out.csv")
    assert [entry.name for entry in tmp_path.iterdir()] == ["in.jsonl"]


def test_rows_go_to_standard_output_when_asked(source: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    convert(Dataset.open(source), "-", format="csv")
    assert capfdbinary.readouterr().out.startswith(b"instruction,input:json,id:json,output,score:json,:order\n")


def test_splits_that_become_one_file_are_named(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    for split in ("train", "test"):
        (folder / f"{split}.jsonl").write_bytes(LINES)
    together = convert(Dataset.open(folder), tmp_path / "out.jsonl")
    assert together.rows == 4
    assert together.notes == ["the splits train and test become one; --to hf keeps them apart, in a folder"]
    assert convert(Dataset.open(folder), tmp_path / "apart", format="hf").notes == []


def test_what_stands_around_rows_cannot_be_rejected_with_them(tmp_path: Path) -> None:
    document = tmp_path / "in.json"
    document.write_text('{"version": "1", "data": [{"text": "a"}]}')
    with pytest.raises(DataError) as failure:
        convert(Dataset.open(document), tmp_path / "out.csv")
    assert failure.value.fix == "--allow-loss envelope"
