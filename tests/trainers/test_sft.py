"""Fine-tuning of the built-in model, full and LoRA: it learns, it says so, and it loses no row."""

import json
from pathlib import Path

import pytest

from tests.trainers.rows import preference, split_data, where_is_it
from tilth.errors import TilthError, UsageError
from tilth.formats import Dataset
from tilth.judgement import Outcome
from tilth.trainers import sft
from tilth.trainers.train_log import read_train_log

pytestmark = pytest.mark.slow
Run = tuple[Path, Outcome]


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


@pytest.mark.parametrize("run", ["tuned", "adapted"])
def test_the_loss_falls(run: str, request: pytest.FixtureRequest) -> None:
    folder, _ = request.getfixturevalue(run)
    losses = [line["loss"] for line in read_train_log(folder) if "loss" in line]
    watched = [line["eval_loss"] for line in read_train_log(folder) if "eval_loss" in line]
    assert mean(losses[-5:]) < 0.8 * mean(losses[:5])
    assert watched[-1] < watched[0]


def test_every_row_is_kept_or_set_aside_with_a_reason(tuned: Run, little_world: Dataset) -> None:
    _, outcome = tuned
    assert outcome.rows_in == outcome.rows_kept + len(outcome.set_aside) == little_world.count()
    assert sorted(row.reason.code for row in outcome.set_aside) == ["control-string", "too-long"]
    # Pairs and held-out rows are not for this operation: they travel on.
    assert outcome.facts["rows"] == {"train": 56, "validation": 8}


def test_the_folder_tells_what_ran(tuned: Run) -> None:
    folder, outcome = tuned
    record = json.loads((folder / "training.json").read_text())
    assert record["start"] == {"model": "tiny", "base": "base", "on_hub": False, "is_tiny": True}
    assert record["set_aside"] == {"control-string": 1, "too-long": 1}
    assert record["data"]["train"]["rows"] == 56
    assert record["data"]["train"]["learned_tokens"] > 56 * 5
    assert record["options"]["seed"] == 0 and record["options"]["learning_rate"] > 0
    assert record["versions"]["trl"]
    assert record["facts"] == outcome.facts
    left = {path.name for path in folder.iterdir()}
    assert left == {"base", "model", "train_log.jsonl", "training.json"}, "no checkpoint, no token file stays behind"


def test_the_card_has_the_numbers_of_the_run(tuned: Run) -> None:
    folder, outcome = tuned
    card = (folder / "model" / "README.md").read_text()
    assert f"| loss, last step | {outcome.facts['last_loss']:.4f} |" in card
    assert "| rows learned from | 56 |" in card
    assert "1 control-string, 1 too-long" in card


@pytest.mark.parametrize("run", ["tuned", "adapted"])
def test_weights_are_safetensors_and_nothing_is_pickled(run: str, request: pytest.FixtureRequest) -> None:
    folder, _ = request.getfixturevalue(run)
    suffixes = {path.suffix for path in folder.rglob("*") if path.is_file()}
    assert suffixes <= {".safetensors", ".json", ".jsonl", ".jinja", ".md"}


def test_an_adapter_says_what_it_lies_over(adapted: Run) -> None:
    folder, _ = adapted
    assert json.loads((folder / "adapter" / "adapter_config.json").read_text())["base_model_name_or_path"] == "../base"
    record = json.loads((folder / "training.json").read_text())
    assert record["weights"]["trained"] < 0.2 * record["weights"]["all"]


def test_the_tuned_model_answers_and_stops(tuned: Run) -> None:
    from tilth.trainers._scoring import greedy_answers
    from tilth.trainers.encoder import encoder_of
    from tilth.trainers.models import find_model, load_model, load_tokenizer

    source = find_model(str(tuned[0]))
    tokenizer, model = load_tokenizer(source), load_model(source, "cpu", "float32").eval()
    encoder = encoder_of(tokenizer, "tuned")
    prompts = [encoder.prompt_ids([{"role": "user", "content": row["instruction"]}]) for row in where_is_it(72)[64:]]
    answers = greedy_answers(model, tokenizer, prompts, encoder.stop_ids, 40, 4)
    assert all(answer.stopped for answer in answers)
    assert all(answer.text.startswith("The ") and " is in the " in answer.text for answer in answers)


def test_a_finished_run_is_not_trained_again(tuned: Run, little_world: Dataset) -> None:
    folder, outcome = tuned
    before = (folder / "model" / "model.safetensors").stat().st_mtime_ns
    options = sft.options({"epochs": 12, "save_every_steps": 30, "device": "cpu"})
    again = sft.run(little_world, options, folder)
    assert again.facts == outcome.facts
    assert [row.id for row in again.set_aside] == [row.id for row in outcome.set_aside]
    assert (folder / "model" / "model.safetensors").stat().st_mtime_ns == before


def test_rows_that_nobody_can_learn_from_stop_the_run(tmp_path: Path) -> None:
    long = split_data(tmp_path / "long", train=[dict(where_is_it(1)[0], output="word " * 3000)])
    with pytest.raises(TilthError, match=r"can learn from none of 1 rows.*too-long"):
        sft.run(long, sft.options({}), tmp_path / "a")
    pairs = split_data(tmp_path / "pairs", train=[preference("a", "b", "c")])
    with pytest.raises(UsageError, match=r"finds no row to learn from.*instruction"):
        sft.run(pairs, sft.options({}), tmp_path / "b")


def test_a_loss_that_is_no_number_stops_the_run(little_world: Dataset, tmp_path: Path) -> None:
    options = sft.options({"learning_rate": 1e30, "warmup": 0, "max_steps": 12, "device": "cpu"})
    with pytest.raises(TilthError, match="diverged"):
        sft.run(little_world, options, tmp_path / "run")
    assert not (tmp_path / "run" / "training.json").exists()
