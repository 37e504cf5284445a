"""Folders as data sets: splits, shards, the card and the saved sets of Hugging Face, read by what they say they are."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tilth.errors import DataError, TilthError, UsageError
from tilth.formats import Dataset, write_rows


def rows(*names: str) -> list[dict[str, Any]]:
    return [{"text": name} for name in names]


def opened(path: Path) -> Dataset:
    return Dataset.open(path, dialect="tilth")


def texts(data: Dataset) -> list[str]:
    return [row["text"] for batch in data.batches() for row in batch.rows]


def parts(data: Dataset) -> dict[str, list[str]]:
    return {name: texts(part) for name, part in data.parts.items()}


def laid(folder: Path, files: Mapping[str, str]) -> Path:
    """A folder with files of one row each, in whatever format their suffix says."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        write_rows(folder / name, rows(*text.split()))
    return folder


def card(folder: Path, yaml: str) -> None:
    (folder / "README.md").write_text(f"---\n{yaml}---\n\n# A data set\n")


HUB = {
    "data/train-00000-of-00002.parquet": "a b",
    "data/train-00001-of-00002.parquet": "c",
    "data/test-00000-of-00001.parquet": "d",
    "data/extra-00000-of-00001.parquet": "e",
}


def test_the_layout_of_the_hub_is_read_split_by_split(tmp_path: Path) -> None:
    data = opened(laid(tmp_path, HUB))
    assert parts(data) == {"train": ["a", "b", "c"], "test": ["d"], "extra": ["e"]}
    assert texts(data) == ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize(
    "data_files",
    [
        "- split: train\n    path: data/train-*\n  - split: held_out\n    path: data/test-*\n",
        "- split: train\n    path: [data/train-00000*, data/train-00001*]\n  - {split: held_out, path: data/test-*}\n",
        "\n    train: data/train-*\n    held_out: [data/test-*]\n",
    ],
)
def test_a_card_names_the_files_of_each_split(data_files: str, tmp_path: Path) -> None:
    laid(tmp_path, HUB)
    card(tmp_path, f"license: mit\nconfigs:\n- config_name: default\n  data_files:\n  {data_files}")
    assert parts(opened(tmp_path)) == {"train": ["a", "b", "c"], "held_out": ["d"]}


TWO = """configs:
- config_name: easy
  data_files: easy/*.jsonl
- config_name: hard
  data_dir: hard
  data_files: '*.jsonl'
"""


def test_of_several_configurations_one_is_chosen_by_its_name(tmp_path: Path) -> None:
    laid(tmp_path, {"easy/a.jsonl": "a", "hard/b.jsonl": "b"})
    card(tmp_path, TWO.replace("easy", "simple", 1))  # FOLDER/easy is a folder itself, FOLDER/simple is not
    with pytest.raises(UsageError) as failure:
        opened(tmp_path)
    assert str(failure.value) == (
        f"{tmp_path}: its card names 2 configurations: simple, hard\n  try  {tmp_path / 'simple'}"
    )
    assert texts(opened(tmp_path / "simple")) == ["a"]
    assert texts(opened(tmp_path / "hard")) == ["b"]


def test_a_default_configuration_is_taken_and_the_others_are_named(tmp_path: Path) -> None:
    laid(tmp_path, {"easy/a.jsonl": "a", "hard/b.jsonl": "b"})
    card(tmp_path, TWO + "  default: true\n")
    data = opened(tmp_path)
    assert texts(data) == ["b"]
    assert "configuration hard of its card; there are also easy" in data.notes


@pytest.mark.parametrize("path", ["../other/*.jsonl", "/etc/*", "https://example.com/a.jsonl", "hf://datasets/a/b"])
def test_a_card_cannot_point_out_of_its_folder(path: str, tmp_path: Path) -> None:
    laid(tmp_path, {"inside/a.jsonl": "a", "other/b.jsonl": "b"})
    card(tmp_path / "inside", f"configs:\n- config_name: default\n  data_files: '{path}'\n")
    with pytest.raises(DataError, match="which is not in the folder"):
        opened(tmp_path / "inside")


def test_a_card_that_names_no_files_is_said_so(tmp_path: Path) -> None:
    laid(tmp_path, {"a.jsonl": "a"})
    card(tmp_path, "configs:\n- config_name: default\n  data_files: data/train-*\n")
    with pytest.raises(DataError, match=r"its card names data/train-\*, and no file is named like that"):
        opened(tmp_path)


@pytest.mark.parametrize("broken", ["configs: [\n", "a: !!python/object:os.system x\n", "x: &a [*a]\n"])
def test_a_card_with_broken_yaml_leaves_the_names_of_the_files(broken: str, tmp_path: Path) -> None:
    laid(tmp_path, HUB)
    card(tmp_path, broken)
    data = opened(tmp_path)
    assert list(data.parts) == ["train", "test", "extra"]
    assert any("README.md" in note and "the names of the files count" in note for note in data.notes)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["train-00000-of-00003.jsonl", "train-00002-of-00003.jsonl"], "1 of 3 shards are missing: 00001"),
        (["train-00000-of-00001.jsonl", "train-00000-of-00002.jsonl"], "shards of two sets: one of 1 files, one of 2"),
        (["train-00000-of-00001.jsonl", "train-00000-of-00001.csv"], "shard 00000 of 00001 is there twice"),
    ],
)
def test_shards_that_are_not_all_there_are_refused(names: list[str], message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError) as failure:
        opened(laid(tmp_path, dict.fromkeys(names, "a")))
    assert message in str(failure.value)


@pytest.mark.parametrize(
    "files",
    [
        {"out-00000-of-00002.jsonl.gz": "a", "out-00001-of-00002.jsonl.gz": "b"},
        {"part-9.jsonl": "a", "part-10.jsonl": "b"},
        {
            "part-00000-3f1c0a5e-0000-4000-8000-000000000000-c000.snappy.parquet": "a",
            "part-00001-3f1c0a5e-0000-4000-8000-000000000000-c000.snappy.parquet": "b",
            "_SUCCESS.csv": "x",
        },
        {"data/0000.parquet": "a", "data/0001.parquet": "b"},
        {"data/all.jsonl": "a b", "data/all.jsonl.rejects.jsonl": "x"},
    ],
)
def test_a_folder_of_shards_is_one_set_that_was_never_split(files: dict[str, str], tmp_path: Path) -> None:
    data = opened(laid(tmp_path, files))
    assert texts(data) == ["a", "b"]
    assert data.parts == {}


def test_a_folder_for_each_split_is_read(tmp_path: Path) -> None:
    data = opened(laid(tmp_path, {"train/1.csv": "a", "train/2.csv": "b", "dev/1.csv": "c"}))
    assert parts(data) == {"train": ["a", "b"], "validation": ["c"]}


def test_what_stands_beside_the_data_is_no_data(tmp_path: Path) -> None:
    laid(tmp_path, {"train.jsonl": "a", "val.jsonl.zst": "b", "train.jsonl.rejects.jsonl": "x", "rejects.jsonl": "x"})
    for name in ("train.jsonl.manifest.json", "LICENSE.txt", "dataset_infos.json"):
        (tmp_path / name).write_text("{}")
    card(tmp_path, "license: mit\n")
    assert parts(opened(tmp_path)) == {"train": ["a"], "validation": ["b"]}


def test_an_empty_shard_is_passed_over(tmp_path: Path) -> None:
    laid(tmp_path, {"part-1.parquet": "a", "part-3.parquet": "b"})
    pq.write_table(pa.table({"text": pa.array([], pa.string())}), tmp_path / "part-2.parquet")
    assert texts(opened(tmp_path)) == ["a", "b"]


def test_a_single_file_is_the_set_only_where_a_card_says_that_the_folder_is_one(tmp_path: Path) -> None:
    laid(tmp_path, {"support.jsonl": "a b"})
    with pytest.raises(UsageError, match=r"the folder holds support\.jsonl; expected"):
        opened(tmp_path)
    card(tmp_path, "license: mit\n")
    data = opened(tmp_path)
    assert texts(data) == ["a", "b"]
    assert "support.jsonl is the only file of data in the folder" in data.notes


def test_files_of_two_kinds_are_not_put_together(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"the folder holds faq\.jsonl, tickets\.csv; expected files named train"):
        opened(laid(tmp_path, {"faq.jsonl": "a", "tickets.csv": "b"}))


def test_a_glob_says_when_shards_are_missing(tmp_path: Path) -> None:
    laid(tmp_path, {f"out-0000{number}-of-00007.jsonl": str(number) for number in range(3)})
    data = opened(tmp_path / "out-*.jsonl")
    assert texts(data) == ["0", "1", "2"]
    assert "3 of the 7 shards of out" in data.notes
    laid(tmp_path, {"out-00000-of-00008.jsonl": "x"})
    with pytest.raises(DataError, match="shards of two sets: one of 7 files, one of 8"):
        opened(tmp_path / "out-*.jsonl")


def saved(folder: Path, *files: list[str], **state: Any) -> Path:
    """What `save_to_disk` leaves, by hand."""
    folder.mkdir(parents=True)
    names = [f"data-{number:05d}-of-{len(files):05d}.arrow" for number in range(len(files))]
    for name, content in zip(names, files, strict=True):
        features = {
            "text": {"dtype": "string", "_type": "Value"},
            "label": {"names": ["no", "yes"], "_type": "ClassLabel"},
        }
        table = pa.table({"text": content, "label": [0] * len(content)})
        metadata = {"huggingface": json.dumps({"info": {"features": features}})}
        with pa.ipc.new_stream(folder / name, table.schema.with_metadata(metadata)) as writer:
            writer.write_table(table.replace_schema_metadata(metadata))
    (folder / "state.json").write_text(json.dumps({"_data_files": [{"filename": name} for name in names], **state}))
    (folder / "dataset_info.json").write_text("{}")
    return folder


def test_what_save_to_disk_left_is_read(tmp_path: Path) -> None:
    data = opened(saved(tmp_path / "set", ["a", "b"], ["c"]))
    assert texts(data) == ["a", "b", "c"]
    assert data.parts == {}
    assert 'the integers in "label" have names, which are not filled in: 0 no, 1 yes' in data.notes


def test_a_saved_set_of_splits_is_read(tmp_path: Path) -> None:
    saved(tmp_path / "train", ["a"])
    saved(tmp_path / "odd", ["b"])
    (tmp_path / "dataset_dict.json").write_text('{"splits": ["odd", "train"]}')
    assert parts(opened(tmp_path)) == {"odd": ["b"], "train": ["a"]}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda folder: (folder / "data-00000-of-00001.arrow").unlink(), "which is not there"),
        (lambda folder: (folder / "state.json").write_text("{"), "this is not JSON"),
        (
            lambda folder: (folder / "state.json").write_text('{"_data_files": [{"filename": "../a"}]}'),
            "not a list of fi",
        ),
        (lambda folder: (folder / "state.json").write_text('{"_data_files": 5}'), "not a list of files"),
        (lambda folder: (folder / "dataset_dict.json").write_text('{"splits": ["../x"]}'), "not a list of names"),
        (lambda folder: (folder / "dataset_dict.json").write_text('{"splits": ["gone"]}'), "there is no such file"),
    ],
)
def test_a_damaged_saved_set_is_refused_in_one_line(
    change: Callable[[Path], object], message: str, tmp_path: Path
) -> None:
    folder = saved(tmp_path / "set", ["a"])
    change(folder)
    with pytest.raises(TilthError) as failure:
        opened(folder)
    assert message in failure.value.what


def test_a_saved_set_whose_rows_are_chosen_by_a_file_of_indices_is_refused(tmp_path: Path) -> None:
    folder = saved(tmp_path / "set", ["a"], _indices_data_files=[{"filename": "indices.arrow"}])
    with pytest.raises(DataError, match="chosen by a file of indices"):
        opened(folder)


def test_links_into_the_cache_of_the_hub_are_followed(tmp_path: Path) -> None:
    laid(tmp_path / "blobs", {"train.parquet": "a"})
    (tmp_path / "snapshot" / "data").mkdir(parents=True)
    link = tmp_path / "snapshot" / "data" / "train-00000-of-00001.parquet"
    link.symlink_to(tmp_path / "blobs" / "train.parquet")
    card(
        tmp_path / "snapshot",
        "configs:\n- config_name: default\n  data_files:\n  - {split: train, path: data/train-*}\n",
    )
    assert parts(opened(tmp_path / "snapshot")) == {"train": ["a"]}
