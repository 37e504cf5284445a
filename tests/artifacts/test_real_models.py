"""What transformers, PEFT, datasets and torch really write is recognised, and a pickle is told like its safetensors."""

import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.artifacts.made import seen
from tilth.artifacts import Artifact, survey

os.environ.setdefault("OMP_NUM_THREADS", "1")
TEXTS = [f"Where is the {what}? It is in the {where}." for what in ("spade", "rake") for where in ("shed", "barn")]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model, an adapter, a run with two checkpoints, weights as pickles, tokenized sets."""
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    peft, datasets = pytest.importorskip("peft"), pytest.importorskip("datasets")
    from tilth.trainers.tiny import build_tiny

    folder = tmp_path_factory.mktemp("project")
    build_tiny(iter(TEXTS), folder / "base", 0)
    model = transformers.AutoModelForCausalLM.from_pretrained(folder / "base")
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder / "base")
    ids = tokenizer(TEXTS, padding=True)["input_ids"]
    rows = datasets.Dataset.from_list([{"input_ids": row, "labels": row} for row in ids])
    rows.save_to_disk(folder / "tokens")
    datasets.DatasetDict({"train": rows, "test": rows}).save_to_disk(folder / "splits")
    settings = transformers.TrainingArguments(
        output_dir=str(folder / "out"), max_steps=2, save_steps=1, logging_steps=1, report_to=[], use_cpu=True
    )
    trainer = transformers.Trainer(model=model, args=settings, train_dataset=rows, processing_class=tokenizer)
    trainer.train()
    trainer.save_metrics("train", {"train_loss": 1.5})
    model.save_pretrained(folder / "shards", max_shard_size="600KB")
    torch.save(model.state_dict(), folder / "pytorch_model.bin")
    torch.save(model.state_dict(), folder / "old.bin", _use_new_zipfile_serialization=False)
    torch.save(model, folder / "whole.pt")
    torch.save({"input_ids": torch.ones(3, 5, dtype=torch.long)}, folder / "tokens.pt")
    lora = peft.LoraConfig(r=4, target_modules="all-linear", task_type="CAUSAL_LM")
    peft.get_peft_model(model, lora).save_pretrained(folder / "adapter")
    return folder


def whole(path: Path) -> Artifact:
    found = survey(path).whole
    assert found is not None
    return found


def numbers(model: Path) -> Any:
    return whole(model).facts["parameters"]


def test_everything_in_the_project_is_recognised(project: Path) -> None:
    found = {entry.path: entry.artifact.kind if entry.artifact else entry.note for entry in survey(project).entries}
    assert found == {
        "adapter/": "adapter",
        "base/": "model",
        "old.bin": "torch-weights",
        "out/": "training-output",
        "pytorch_model.bin": "torch-weights",
        "shards/": "model",
        "splits/": "saved-splits",
        "tokens.pt": "torch-tokens",
        "tokens/": "saved-dataset",
        "whole.pt": "torch-weights",
    }


def test_a_saved_model_is_complete_and_one_in_shards_has_as_many_parameters(project: Path) -> None:
    found = whole(project / "base")
    assert not (found.missing or found.broken or found.unsafe)
    assert numbers(project / "base") == numbers(project / "shards")
    next((project / "shards").glob("model-00002-*")).unlink()
    assert any("model-00002" in reason for reason in whole(project / "shards").missing)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "old.bin"])
def test_a_pickled_state_is_told_like_the_safetensors_of_the_same_model(name: str, project: Path) -> None:
    found = seen(project / name)
    assert found.facts["parameters"] == numbers(project / "base")
    assert found.facts["dtypes"] == {"F32": 21}  # the tied embedding under both of its names
    assert "can run code" in found.unsafe[0]


def test_the_conversion_that_is_suggested_gives_the_same_weights(project: Path) -> None:
    command = seen(project / "pytorch_model.bin").next.replace("python ", f"{sys.executable} ", 1)
    subprocess.run(command, shell=True, check=True, cwd=project)
    found = seen(project / "model.safetensors")
    assert not found.broken
    assert found.facts["tensors"] == 21
    (project / "model.safetensors").unlink()


def test_a_cut_pickle_of_weights_is_seen_to_be_cut(project: Path, tmp_path: Path) -> None:
    for name in ("pytorch_model.bin", "old.bin"):
        data = (project / name).read_bytes()
        assert seen(tmp_path / name, data[: len(data) // 2]).broken


def test_a_pickled_module_is_told_with_the_code_that_it_brings(project: Path) -> None:
    found = seen(project / "whole.pt")
    assert found.facts["parameters"] != 0
    assert "transformers.models.llama" in found.unsafe[0]
    assert found.next == ""


def test_checkpoints_of_the_trainer_are_complete_and_torn_ones_are_not(project: Path) -> None:
    out = whole(project / "out")
    assert out.facts["checkpoints"] == ["checkpoint-1", "checkpoint-2"]
    assert not out.broken
    checkpoint = project / "out" / "checkpoint-2"
    assert str(whole(checkpoint).facts["complete"]).startswith("yes")
    arguments = seen(checkpoint / "training_args.bin")
    assert (arguments.facts["max_steps"], arguments.facts["learning_rate"]) == (2, 5e-05)
    optimizer = checkpoint / "optimizer.pt"
    optimizer.write_bytes(optimizer.read_bytes()[:-100_000])
    assert "checkpoint-2 (torn)" in whole(project / "out").facts["checkpoints"]


def test_an_adapter_of_peft_is_told(project: Path) -> None:
    found = whole(project / "adapter")
    assert (found.facts["method"], found.facts["rank"]) == ("LORA", 4)
    assert "q_proj" in found.facts["targets"]
    assert not found.broken


def test_saved_data_sets_are_told_with_their_rows(project: Path) -> None:
    assert whole(project / "tokens").facts["rows"] == 4
    assert "tokenized" in whole(project / "tokens").purpose
    assert whole(project / "splits").facts["rows"] == {"train": 4, "test": 4}


def test_a_state_dict_with_a_payload_between_its_tensors_names_it(project: Path, tmp_path: Path) -> None:
    import torch

    class Payload:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.system, (f"touch {tmp_path / 'canary'}",)

    torch.save({"weight": torch.zeros(2, 2), "more": Payload()}, tmp_path / "pytorch_model.bin")
    found = seen(tmp_path / "pytorch_model.bin")
    assert "system('touch" in found.unsafe[0]
    assert found.facts["names"] == ["weight [2, 2]"]
    assert found.next == ""
    assert not (tmp_path / "canary").exists()
    assert pickle.dumps(Payload())  # the payload is a real one: loading these bytes would touch the canary
