"""Folders: a model, an adapter, a checkpoint that is whole or torn, data sets, and everything in any other."""

import json
from pathlib import Path

import pytest

from tests.artifacts.made import CONFIG, write_checkpoint, write_model, write_safetensors
from tilth.artifacts import Artifact, Survey, survey


def whole(path: Path) -> Artifact:
    found = survey(path).whole
    assert found is not None
    return found


def kinds(found: Survey) -> dict[str, str]:
    return {entry.path: entry.artifact.kind if entry.artifact else entry.note for entry in found.entries}


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def test_a_complete_model_is_one(tmp_path: Path) -> None:
    found = whole(write_model(tmp_path / "model"))
    assert (found.kind, found.missing, found.broken, found.unsafe) == ("model", [], [], [])
    assert found.facts["parameters"] == 704
    assert found.facts["architecture"] == "LlamaForCausalLM"
    assert found.facts["chat_template"] == "ChatML; generation prompt"
    assert found.next.startswith("tilth train sft")


@pytest.mark.parametrize(
    ("lost", "said"),
    [("model.safetensors", "weights"), ("tokenizer.json", "tokenizer"), ("chat_template.jinja", "chat template")],
)
def test_what_a_model_lacks_is_named(lost: str, said: str, tmp_path: Path) -> None:
    (write_model(tmp_path / "model") / lost).unlink()
    assert any(said in reason for reason in whole(tmp_path / "model").missing)


def test_a_model_whose_tokenizer_is_larger_than_its_embeddings_is_broken(tmp_path: Path) -> None:
    (write_model(tmp_path / "model") / "config.json").write_text(json.dumps({**CONFIG, "vocab_size": 1}))
    assert whole(tmp_path / "model").broken == ["the tokenizer has 2 tokens and the model embeddings for 1"]


def test_an_adapter_is_told_with_its_model_and_a_wrong_rank_is_seen(tmp_path: Path) -> None:
    config = {"peft_type": "LORA", "r": 4, "base_model_name_or_path": "../base", "target_modules": ["q_proj"]}
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "adapter_config.json").write_text(json.dumps(config))
    write_safetensors(
        tmp_path / "a" / "adapter_model.safetensors", {"q.lora_A.weight": (8, 4), "q.lora_B.weight": (4, 8)}
    )
    found = whole(tmp_path / "a")
    assert (found.kind, found.facts["rank"], found.facts["parameters"]) == ("adapter", 4, 64)
    assert found.missing == ["../base: the model that it lies over is not at that place on this machine"]
    assert found.broken == ["its config says rank 4, its weights have rank 8"]


def test_a_complete_checkpoint_can_be_gone_on_from(tmp_path: Path) -> None:
    found = whole(write_checkpoint(tmp_path / "checkpoint-10", 10, 20))
    assert found.kind == "checkpoint"
    assert found.facts["complete"] == "yes, training can go on from it"
    assert found.facts["steps"] == "10 of 20"
    assert not (found.missing or found.broken)


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda folder: (folder / "trainer_state.json").unlink(), "torn: trainer_state.json"),
        (lambda folder: cut(folder / "model.safetensors"), "model.safetensors: cut short"),
        (lambda folder: (folder / "optimizer.pt").write_bytes(b""), "optimizer.pt: empty"),
        (lambda folder: (folder / "optimizer.pt").write_bytes(b"PK\x03\x04" + bytes(99)), "optimizer.pt: no whole zip"),
        (lambda folder: cut(folder / "trainer_state.json"), "trainer_state.json: broken JSON"),
    ],
)
def test_a_torn_checkpoint_is_said_to_be_torn(harm, said: str, tmp_path: Path) -> None:
    harm(write_checkpoint(tmp_path / "checkpoint-10", 10, 20))
    found = whole(tmp_path / "checkpoint-10")
    assert found.facts["complete"] == "no, it is torn"
    assert any(reason.startswith(said) for reason in found.broken)


def test_a_checkpoint_without_its_optimizer_is_good_for_use_and_not_to_go_on(tmp_path: Path) -> None:
    (write_checkpoint(tmp_path / "checkpoint-10", 10, 20) / "optimizer.pt").unlink()
    found = whole(tmp_path / "checkpoint-10")
    assert (found.facts["complete"], found.broken) == ("no", [])
    assert found.missing == ["optimizer.pt: without it training can start from here, and not go on"]


def test_the_output_of_a_run_warns_of_the_torn_checkpoint_that_would_be_resumed(tmp_path: Path) -> None:
    for step in (5, 10, 15):
        write_checkpoint(tmp_path / f"checkpoint-{step}", step, 20)
    (tmp_path / "checkpoint-15" / "trainer_state.json").unlink()
    found = whole(tmp_path)
    assert found.kind == "training-output"
    assert found.facts["checkpoints"] == ["checkpoint-5", "checkpoint-10", "checkpoint-15 (torn)"]
    assert found.facts["newest_whole"] == "checkpoint-10"
    assert found.unsafe[0] == "resume_from_checkpoint=True takes checkpoint-15, which is torn: name checkpoint-10"


def test_a_checkpoint_of_ours_is_complete_with_its_mark_and_torn_without(tmp_path: Path) -> None:
    folder = tmp_path / "step-00000010"
    folder.mkdir()
    write_safetensors(folder / "weights.safetensors", {"a": (4,)})
    assert "torn" in whole(folder).broken[0]
    (folder / "COMPLETE").write_text(json.dumps({"step": 10, "files": {"weights.safetensors": "x", "gone.json": "y"}}))
    found = whole(folder)
    assert (found.kind, found.facts["steps"]) == ("tilth-checkpoint", 10)
    assert found.missing == ["gone.json: a part of the checkpoint"]


def test_data_sets_in_folders_are_told_with_their_splits_and_gaps(tmp_path: Path) -> None:
    (tmp_path / "hub" / "data").mkdir(parents=True)
    for name in ("train-00000-of-00003.parquet", "train-00002-of-00003.parquet", "test-00000-of-00001.parquet"):
        (tmp_path / "hub" / "data" / name).write_bytes(b"PAR1")
    (tmp_path / "splits").mkdir()
    for name in ("train.jsonl", "test.jsonl.gz"):
        (tmp_path / "splits" / name).write_text("{}\n")
    hub = whole(tmp_path / "hub")
    assert (hub.kind, hub.facts["splits"]) == ("hub-dataset", {"test": 1, "train": 2})
    assert hub.missing[0] == "data/train-00001-of-00003.parquet: rows"
    assert whole(tmp_path / "splits").facts["splits"] == {"train": 1, "test": 1}


def test_any_other_folder_is_listed_and_what_is_one_thing_in_it_is_one_line(tmp_path: Path) -> None:
    write_model(tmp_path / "base")
    write_checkpoint(tmp_path / "out" / "checkpoint-1", 1, 1)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "rows.jsonl").write_text("{}\n")
    (tmp_path / "notes.txt").write_text("nothing")
    (tmp_path / ".git").mkdir()
    (tmp_path / "nothing").mkdir()
    found = survey(tmp_path)
    assert found.whole is None
    assert kinds(found) == {
        "notes.txt": "text",
        ".git/": "not looked into",
        "base/": "model",
        "data/rows.jsonl": "rows",
        "nothing/": "empty",
        "out/": "training-output",
    }


def test_a_run_of_a_recipe_and_what_it_trained_are_told(tmp_path: Path) -> None:
    run = tmp_path / "runs" / "mine"
    for step in ("01-read", "02-sft"):
        (run / "steps" / step).mkdir(parents=True)
        (run / "steps" / step / "step.json").write_text("{}")
    (run / "recipe.yaml").write_text("name: mine\ninputs: []\nsteps: []\n")
    assert whole(run).facts["steps"] == ["01-read", "02-sft"]
    assert "the run did not get to its end" in whole(run).missing[0]
    trained = tmp_path / "sft"
    write_model(trained / "model")
    (trained / "train_log.jsonl").write_text('{"step": 1, "loss": 3.0}\n{"step": 2, "loss": 1.0}\n')
    record = {"run": "x", "weights": {"all": 704}, "method": "full", "result": "model"}
    (trained / "training.json").write_text(json.dumps(record))
    found = whole(trained)
    assert (found.kind, found.missing) == ("tilth-training-output", [])
    assert found.facts["loss"] == "3 at first, 1 at last, 1 at best"
