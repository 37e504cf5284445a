"""Preference optimisation on top of a fine-tuned model, full and LoRA."""

import json
from pathlib import Path
from typing import Any

import pytest

from tilth.formats import Dataset
from tilth.judgement import Outcome
from tilth.trainers import dpo, evaluate
from tilth.trainers.train_log import read_train_log

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=[("tuned", "full"), ("adapted", "lora"), ("adapted", "full")], ids=str)
def preferring(
    request: pytest.FixtureRequest, little_world: Dataset, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Outcome]:
    start, method = request.param
    folder = tmp_path_factory.mktemp("runs") / "dpo"
    options: dict[str, Any] = {"model": str(request.getfixturevalue(start)[0]), "method": method, "device": "cpu"}
    return folder, dpo.run(little_world, dpo.options({**options, "epochs": 8, "save_every_steps": None}), folder)


def test_the_margin_rises_on_pairs_that_were_held_out(
    preferring: tuple[Path, Outcome], little_world: Dataset, tmp_path: Path
) -> None:
    folder, outcome = preferring
    lines = read_train_log(folder)
    assert lines[0]["margin"] == pytest.approx(0.0, abs=1e-3), "the reference is the model as it starts"
    assert lines[0]["loss"] == pytest.approx(0.6931, abs=1e-3)
    assert outcome.facts["eval_margin"] > 0
    found = evaluate.run(little_world, evaluate.options({"tuned": str(folder), "prompts": 1}), tmp_path).facts
    assert found["preferences"]["pairs"] == 8
    assert found["preferences"]["margin"] > 0
    assert found["preferences"]["accuracy"] > 0.5


def test_the_margin_in_the_log_is_beta_times_the_one_that_evaluate_measures(
    preferring: tuple[Path, Outcome], little_world: Dataset, tmp_path: Path
) -> None:
    folder, outcome = preferring
    options = evaluate.options({"tuned": str(folder), "part": "validation", "prompts": 0})
    measured = evaluate.run(little_world, options, tmp_path).facts["preferences"]["margin"]
    assert outcome.facts["eval_margin"] == pytest.approx(0.1 * measured, rel=1e-3)


def test_rows_that_are_no_pairs_travel_on(preferring: tuple[Path, Outcome], little_world: Dataset) -> None:
    _, outcome = preferring
    assert outcome.rows_kept == little_world.count()
    assert outcome.facts["rows"] == {"train": 32, "validation": 8}


def test_the_folder_knows_where_it_started(preferring: tuple[Path, Outcome]) -> None:
    folder, _ = preferring
    record = json.loads((folder / "training.json").read_text())
    assert record["operation"] == "dpo" and record["beta"] == 0.1
    assert record["start"]["is_tiny"] is True
    assert (folder / record["start"]["base"]).is_dir()
