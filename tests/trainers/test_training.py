"""What holds for every kind of training: arithmetic, silence, and clear words for a user's mistake."""

import json
from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest

from tests.trainers.rows import split_data, where_is_it
from tilth.cli.border import run
from tilth.errors import UsageError
from tilth.formats import Dataset
from tilth.judgement import Outcome
from tilth.trainers import dpo, sft
from tilth.trainers.train_log import read_train_log

slow = pytest.mark.slow


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return split_data(
        tmp_path_factory.mktemp("data") / "places", train=where_is_it(32), validation=where_is_it(36)[32:]
    )


def losses(folder: Path) -> list[float]:
    return [line["loss"] for line in read_train_log(folder) if "loss" in line]


@slow
def test_accumulated_gradients_give_the_loss_of_one_large_batch(data: Dataset, tmp_path: Path) -> None:
    options: dict[str, Any] = {"max_steps": 4, "device": "cpu", "save_every_steps": None}
    sft.run(data, sft.options({**options, "batch_size": 8}), tmp_path / "at-once")
    sft.run(data, sft.options({**options, "batch_size": 1, "gradient_accumulation": 8}), tmp_path / "one-by-one")
    assert losses(tmp_path / "one-by-one") == pytest.approx(losses(tmp_path / "at-once"), rel=1e-5)


@slow
def test_a_merged_adapter_computes_what_the_adapter_does(adapted: tuple[Path, Outcome]) -> None:
    import torch
    from peft import PeftModel

    from tilth.trainers.models import ModelSource, find_model, load_model

    folder = adapted[0]
    merged = load_model(find_model(str(folder)), "cpu", "float32").eval()
    base = load_model(ModelSource("base", str(folder / "base")), "cpu", "float32")
    beside: Any = PeftModel.from_pretrained(base, str(folder / "adapter")).eval()
    ids = torch.arange(4, 60).unsqueeze(0)
    with torch.no_grad():
        assert float((merged(input_ids=ids).logits - beside(input_ids=ids).logits).abs().max()) < 1e-3
        with beside.disable_adapter():
            assert float((merged(input_ids=ids).logits - beside(input_ids=ids).logits).abs().max()) > 1e-2


@slow
def test_training_writes_nothing_to_stdout_and_no_noise_to_stderr(
    data: Dataset, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    sft.run(data, sft.options({"max_steps": 2, "device": "cpu"}), tmp_path / "run")
    assert capfd.readouterr() == ("", "")


@slow
def test_a_new_run_in_the_folder_of_an_old_one_leaves_nothing_of_it(data: Dataset, tmp_path: Path) -> None:
    options: dict[str, Any] = {"max_steps": 1, "device": "cpu"}
    sft.run(data, sft.options(options), tmp_path / "run")
    sft.run(data, sft.options({**options, "method": "lora"}), tmp_path / "run")
    assert {path.name for path in (tmp_path / "run").iterdir()} == {
        "base",
        "adapter",
        "train_log.jsonl",
        "training.json",
    }
    assert len(losses(tmp_path / "run")) == 1


@slow
def test_a_model_that_was_removed_is_trained_again(data: Dataset, tmp_path: Path) -> None:
    options = sft.options({"max_steps": 1, "device": "cpu"})
    sft.run(data, options, tmp_path / "run")
    rmtree(tmp_path / "run" / "model")
    sft.run(data, options, tmp_path / "run")
    assert (tmp_path / "run" / "model" / "model.safetensors").is_file()


@slow
def test_a_model_is_not_trained_into_the_folder_that_it_lies_in(tuned: tuple[Path, Outcome], data: Dataset) -> None:
    folder = tuned[0]
    for model in (folder, folder / "base", folder / "model"):
        with pytest.raises(UsageError, match="the model to start from lies in the folder"):
            sft.run(data, sft.options({"model": str(model), "max_steps": 1}), folder)
    assert (folder / "training.json").exists()


@slow
def test_bfloat16_can_be_asked_for(data: Dataset, tmp_path: Path) -> None:
    options = {"max_steps": 2, "device": "cpu", "dtype": "bfloat16", "method": "lora", "gradient_checkpointing": True}
    outcome = sft.run(data, sft.options(options), tmp_path / "run")
    assert outcome.facts["steps"] == 2


@slow
def test_another_chat_template_is_used_and_saved_with_the_model(data: Dataset, tmp_path: Path) -> None:
    from tilth.trainers.models import find_model, load_tokenizer

    template = tmp_path / "plain.jinja"
    template.write_text(
        "{{ bos_token }}{% for message in messages %}{{ message.role | upper }}: {{ message.content }}"
        "{% if message.role == 'assistant' %}{{ eos_token }}{% endif %}\n{% endfor %}"
        "{% if add_generation_prompt %}ASSISTANT:{% endif %}"
    )
    options = {"max_steps": 1, "device": "cpu", "chat_template": str(template)}
    sft.run(data, sft.options(options), tmp_path / "run")
    assert load_tokenizer(find_model(str(tmp_path / "run"))).chat_template == template.read_text()


@slow
def test_mistakes_are_told_before_training_begins(data: Dataset, tmp_path: Path) -> None:
    for options, message in (
        ({"model": "no-such-model"}, "no model is called no-such-model"),
        ({"method": "lora", "lora_targets": ["q_prj"]}, r"no layer called q_prj\n  try  q_proj"),
        ({"chat_template": "absent.jinja"}, "there is no chat template absent.jinja"),
    ):
        with pytest.raises(UsageError, match=message):
            sft.run(data, sft.options(options), tmp_path / "run")
    assert not (tmp_path / "run" / "training.json").exists()


@slow
@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ("dpo rows.jsonl", 2, "it takes preference records"),
        ("sft rows.jsonl --method lora --lora-targets q_prj", 2, "try  q_proj"),
        ("sft long.jsonl", 1, "too-long"),
    ],
)
def test_a_mistake_on_the_command_line_leaves_no_folder(
    words: str,
    code: int,
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("rows.jsonl").write_text(json.dumps(where_is_it(1)[0]) + "\n")
    Path("long.jsonl").write_text(json.dumps({**where_is_it(1)[0], "output": "word " * 3000}) + "\n")
    assert run(["train", *words.split(), "-o", "run"]) == code
    assert says in capsys.readouterr().err
    assert not Path("run").exists()


def test_options_that_make_no_sense_are_refused_by_name() -> None:
    for given, message in (
        ({"epochs": 0}, "sft: epochs is 0"),
        ({"batchsize": 4}, "sft has no option batchsize\n  try  batch_size"),
        ({"method": "qlora"}, "sft: method is 'qlora'"),
    ):
        with pytest.raises(UsageError, match=message):
            sft.options(given)
    with pytest.raises(UsageError, match="dpo: beta is -1"):
        dpo.options({"beta": -1})
