"""Data sets written as folders of Hugging Face, and what its own library reads in them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.formats.hostile import FIXED_ROWS, dumped
from tilth.cli.border import run
from tilth.errors import TilthError, UsageError
from tilth.formats import Dataset, convert, write_rows
from tilth.formats.conversion import Converted
from tilth.formats.sharding import Sharding

FOLDERS = ["hf", "save-to-disk"]


def rows_of(data: Dataset) -> list[bytes]:
    return dumped(row for batch in data.batches() for row in batch.rows)


def opened(path: Path) -> Dataset:
    return Dataset.open(path, dialect="tilth")


def written(source: Path, target: Path, format: str, **options: Any) -> Converted:
    return convert(opened(source), target, format=format, **options)


def files(folder: Path) -> list[str]:
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())


@pytest.fixture
def splits(tmp_path: Path) -> Path:
    folder = tmp_path / "splits"
    folder.mkdir()
    write_rows(folder / "train.jsonl", [{"text": "a", "n": 1}, {"text": "b", "n": 2}, {"text": "c", "n": 3}])
    write_rows(folder / "test.jsonl", [{"text": "d", "n": "four"}])
    return folder


@pytest.mark.parametrize("format", FOLDERS)
def test_any_rows_survive_a_folder(format: str, tmp_path: Path) -> None:
    write_rows(tmp_path / "in.jsonl", FIXED_ROWS)
    written(tmp_path / "in.jsonl", tmp_path / "out", format)
    data = opened(tmp_path / "out")
    assert rows_of(data) == dumped(FIXED_ROWS)


@pytest.mark.parametrize("format", FOLDERS)
def test_splits_stay_splits_and_have_the_same_columns(format: str, splits: Path, tmp_path: Path) -> None:
    written(splits, tmp_path / "out", format, sharding=Sharding(rows=2))
    data = opened(tmp_path / "out")
    assert {name: rows_of(part) for name, part in data.parts.items()} == {
        name: rows_of(part) for name, part in opened(splits).parts.items()
    }
    kinds = {str(batch.block.batch.schema.field("n").type) for batch in data.batches()}  # type: ignore[attr-defined]
    assert kinds == {"extension<arrow.json>"}


def test_the_layout_is_that_of_the_hub(splits: Path, tmp_path: Path) -> None:
    written(splits, tmp_path / "mine", "hf", sharding=Sharding(rows=2))
    assert files(tmp_path / "mine") == [
        "README.md",
        "data/test-00000-of-00001.parquet",
        "data/train-00000-of-00002.parquet",
        "data/train-00001-of-00002.parquet",
    ]
    card = (tmp_path / "mine" / "README.md").read_text()
    assert card.startswith(
        "---\nconfigs:\n- config_name: default\n  data_files:\n"
        "  - split: train\n    path: data/train-*\n  - split: test\n    path: data/test-*\n"
        'dataset_info:\n  features:\n  - name: text\n    dtype: string\n  - name: "n"\n    dtype: json\n'
        "  splits:\n  - name: train\n"
    )
    assert "    num_examples: 3\n" in card
    assert card.endswith("---\n\n# mine\n")


def test_the_layout_is_that_of_save_to_disk(splits: Path, tmp_path: Path) -> None:
    written(splits, tmp_path / "split", "save-to-disk")
    assert json.loads((tmp_path / "split" / "dataset_dict.json").read_text()) == {"splits": ["train", "test"]}
    written(splits / "train.jsonl", tmp_path / "whole", "save-to-disk")
    assert files(tmp_path / "whole") == ["data-00000-of-00001.arrow", "dataset_info.json", "state.json"]
    states = [json.loads((tmp_path / name / "state.json").read_text()) for name in ("split/train", "whole")]
    assert states[0]["_data_files"] == states[1]["_data_files"] == [{"filename": "data-00000-of-00001.arrow"}]
    assert states[0]["_fingerprint"] != states[1]["_fingerprint"], "another schema is another set"


def test_what_a_card_said_besides_is_kept_word_for_word(splits: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    written(splits / "test.jsonl", folder, "hf")
    card = folder / "README.md"
    card.write_text(
        "---\nlicense: cc-by-4.0   # as agreed\nconfigs:\n- config_name: default\n  data_files: gone/*\n"
        "tags:\n- support\n\ndataset_info:\n  features: []\nlanguage: [no, de]\n---\n"
        "# Support desk\n\nCollected by hand.\n"
    )
    (folder / ".gitattributes").write_text("*.parquet filter=lfs\n")
    written(splits, folder, "hf", overwrite=True)
    text = card.read_text()
    assert text.startswith("---\nlicense: cc-by-4.0   # as agreed\ntags:\n- support\n\nlanguage: [no, de]\nconfigs:\n")
    assert text.endswith("---\n# Support desk\n\nCollected by hand.\n")
    assert "gone" not in text
    assert (folder / ".gitattributes").read_text() == "*.parquet filter=lfs\n"
    assert list(opened(folder).parts) == ["train", "test"]


@pytest.mark.parametrize("format", FOLDERS)
def test_an_earlier_folder_is_replaced_only_when_asked_and_as_a_whole(
    format: str, splits: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()  # an empty one may be there
    written(splits, folder, format, sharding=Sharding(rows=1))
    with pytest.raises(UsageError, match="out: the output exists"):
        written(splits, folder, format)
    written(splits / "test.jsonl", folder, format, overwrite=True)
    assert rows_of(opened(folder)) == rows_of(opened(splits / "test.jsonl"))
    assert [name for name in files(tmp_path) if "tilth-tmp" in name] == []


@pytest.mark.parametrize("format", FOLDERS)
@pytest.mark.parametrize("name", ["notes.txt", ".git/config", "data/mine.csv", "train/more/a.arrow"])
def test_a_folder_that_holds_something_else_is_never_replaced(
    format: str, name: str, splits: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    written(splits, folder, format)
    (folder / name).parent.mkdir(exist_ok=True, parents=True)
    (folder / name).write_text("mine")
    before = files(folder)
    with pytest.raises(UsageError) as failure:
        written(splits, folder, format, overwrite=True)
    assert failure.value.what == f"the folder holds {name}, which would be gone"
    assert files(folder) == before


@pytest.mark.parametrize("format", FOLDERS)
def test_a_failure_leaves_the_earlier_folder(format: str, splits: Path, tmp_path: Path) -> None:
    written(splits, tmp_path / "out", format)
    before = files(tmp_path / "out")
    (splits / "test.jsonl").write_text('{"text": "fine"}\n' * 5000 + "{\n")
    with pytest.raises(TilthError):
        written(splits, tmp_path / "out", format, overwrite=True)
    assert files(tmp_path / "out") == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "splits"]


def test_without_an_exchange_in_one_step_a_folder_is_replaced_in_two(
    splits: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tilth.formats.folders.publishing._exchanged", lambda one, other: False)
    written(splits, tmp_path / "out", "hf")
    written(splits / "test.jsonl", tmp_path / "out", "hf", overwrite=True)
    assert files(tmp_path / "out") == ["README.md", "data/train-00000-of-00001.parquet"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "splits"]


def test_columns_from_elsewhere_are_handed_on_with_the_names_of_their_labels(tmp_path: Path) -> None:
    features = {"label": {"names": ["no", "yes"], "_type": "ClassLabel"}}
    metadata = {"huggingface": json.dumps({"info": {"features": features}})}
    table = pa.table({"label": pa.array([1, 0], pa.int8())}).replace_schema_metadata(metadata)
    pq.write_table(table, tmp_path / "in.parquet")
    written(tmp_path / "in.parquet", tmp_path / "out", "hf")
    (file,) = (tmp_path / "out" / "data").iterdir()
    assert pq.read_table(file).schema.equals(table.schema, check_metadata=True)
    assert "features:" not in (tmp_path / "out" / "README.md").read_text()


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["dedup", "in.jsonl", "-o", "out", "--to", "hf"], "only convert writes hf"),
        (["convert", "in.jsonl", "-o", "in.jsonl", "--to", "hf", "--overwrite"], "the output is the input"),
        (["convert", "in.jsonl", "-o", "other.jsonl", "--to", "hf", "--overwrite"], "this is a file, and the output"),
        (["convert", "folder", "-o", "folder", "--to", "hf", "--overwrite"], "the output is the input"),
        (
            ["convert", "folder/data", "-o", "folder", "--to", "hf", "--overwrite"],
            "the output holds the in",
        ),
        (["convert", "folder/data/*", "-o", "folder", "--to", "hf", "--overwrite"], "the output holds the input"),
        (["convert", "in.jsonl", "-o", "-", "--to", "hf"], "hf"),
    ],
)
def test_what_cannot_be_a_folder_is_said_in_one_line(
    words: list[str], answer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [{"instruction": "a", "output": "b"}]
    write_rows("in.jsonl", rows)
    write_rows("other.jsonl", rows)
    written(tmp_path / "in.jsonl", tmp_path / "folder", "hf")
    assert run(words) == 2
    assert answer in capsys.readouterr().err


def test_other_configurations_are_not_written_over(splits: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    written(splits, folder, "hf")
    card = folder / "README.md"
    card.write_text(card.read_text().replace("config_name: default", "config_name: easy"))
    with pytest.raises(UsageError, match="its card names configurations that would be gone: easy"):
        written(splits, folder, "hf", overwrite=True)


def test_rows_that_are_rejected_lie_in_the_folder_and_are_no_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("in.jsonl").write_text('{"a": 1}\n{\n{"a": 2}\n')
    for _ in range(2):
        assert run(["convert", "in.jsonl", "-o", "out", "--to", "hf", "--on-error", "reject", "--overwrite", "-q"]) == 3
    assert files(Path("out")) == ["README.md", "data/train-00000-of-00001.parquet", "manifest.json", "rejects.jsonl"]
    assert rows_of(opened(Path("out"))) == [b'{"a":1}', b'{"a":2}']


READS = """
import json, os, sys
import datasets
datasets.disable_progress_bars()
hub, disk = sys.argv[1:]
sets = {"hub": datasets.load_dataset(hub), "disk": datasets.load_from_disk(disk)}
print(json.dumps({name: {split: list(data) for split, data in found.items()} for name, found in sets.items()}))
"""


@pytest.mark.slow
def test_the_library_of_hugging_face_reads_equal_rows(tmp_path: Path) -> None:
    pytest.importorskip("datasets")
    rows = [
        {
            "text": row["answer"],
            "ok": row["ok"] == "no",
            "score": row["zero"],
            "n": 5,
            "mixed": row["n"],
            "deep": {"a": [row["id"]]},
        }
        for row in FIXED_ROWS
        if row
    ]
    (tmp_path / "in").mkdir()
    for name, content in (("train", rows), ("test", rows[:2]), ("validation", rows[2:3])):
        write_rows(tmp_path / "in" / f"{name}.jsonl", content)
    written(tmp_path / "in", tmp_path / "hub", "hf", sharding=Sharding(rows=4))
    written(tmp_path / "in", tmp_path / "disk", "save-to-disk", sharding=Sharding(rows=4))
    surroundings = {
        **os.environ,
        "HF_DATASETS_CACHE": str(tmp_path / "cache"),
        "HF_HUB_OFFLINE": "1",
        "HF_HOME": str(tmp_path / "home"),
    }
    done = subprocess.run(
        [sys.executable, "-c", READS, tmp_path / "hub", tmp_path / "disk"],
        env=surroundings,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    expected = {"train": dumped(rows), "validation": dumped(rows[2:3]), "test": dumped(rows[:2])}
    assert {split: dumped(each) for split, each in found["hub"].items()} == expected
    assert {split: dumped(each) for split, each in found["disk"].items()} == expected
