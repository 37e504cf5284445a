"""What a user's word for a model means, and what is said when it means nothing."""

import json
from pathlib import Path

import pytest

from tilth.errors import MissingExtraError, UsageError
from tilth.trainers import environment
from tilth.trainers.environment import require_training_stack
from tilth.trainers.models import base_of, find_model


def model_folder(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    return folder


def training_folder(folder: Path, result: str, base: str, *, on_hub: bool = False) -> Path:
    (folder / result).mkdir(parents=True)
    start = {"model": base, "base": base, "on_hub": on_hub, "is_tiny": base == "base"}
    (folder / "training.json").write_text(json.dumps({"start": start, "result": result}))
    return folder


def test_a_training_folder_means_the_model_that_was_trained_in_it(tmp_path: Path) -> None:
    folder = training_folder(tmp_path / "sft", "model", "base")
    model_folder(folder / "base")
    found = find_model(str(folder))
    assert found.weights == str(folder / "model")
    assert found.is_tiny and found.adapter is None
    assert base_of(folder).weights == str(folder / "base")


def test_an_adapter_is_found_together_with_what_it_lies_over(tmp_path: Path) -> None:
    folder = training_folder(tmp_path / "sft", "adapter", "base")
    model_folder(folder / "base")
    assert find_model(str(folder)).weights == str(folder / "base")
    assert find_model(str(folder)).adapter == folder / "adapter"


def test_a_training_folder_can_be_moved(tmp_path: Path) -> None:
    model_folder(tmp_path / "runs" / "start")
    folder = training_folder(tmp_path / "runs" / "sft", "model", "../start")
    assert Path(base_of(folder).weights).resolve() == (tmp_path / "runs" / "start")
    (tmp_path / "runs").rename(tmp_path / "moved")
    assert Path(base_of(tmp_path / "moved" / "sft").weights).resolve() == tmp_path / "moved" / "start"


def test_the_base_of_a_run_that_started_from_the_hub_is_that_name(tmp_path: Path) -> None:
    folder = training_folder(tmp_path / "sft", "model", "someone/some-model", on_hub=True)
    for found in (base_of(folder), find_model(str(folder / "base"))):
        assert (found.weights, found.on_hub) == ("someone/some-model", True)


def test_a_name_with_one_slash_is_one_on_the_hub_and_other_words_are_none(tmp_path: Path) -> None:
    assert find_model("someone/some-model").on_hub
    for word in ("some-model", "../nowhere/at/all", str(tmp_path / "absent"), "a/b/c"):
        with pytest.raises(UsageError, match="no model is called"):
            find_model(word)
    with pytest.raises(UsageError, match="holds no model"):
        find_model(str(tmp_path))


def test_tiny_is_no_model_before_a_run_has_built_it() -> None:
    with pytest.raises(UsageError, match=r"once a training run has built it\n  try  RUN_FOLDER/base"):
        find_model("tiny")


def test_a_missing_extra_is_named_before_anything_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "find_spec", lambda name: None if name == "trl" else object())
    with pytest.raises(MissingExtraError, match=r"pip install 'tilth\[train\]'") as caught:
        require_training_stack()
    assert caught.value.exit_code == 5
