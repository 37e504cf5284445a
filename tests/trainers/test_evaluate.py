"""Base against tuned on held-out rows."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from tests.trainers.rows import instruction, split_data
from tilth.errors import UsageError
from tilth.formats import Dataset
from tilth.judgement import Outcome
from tilth.trainers import evaluate
from tilth.trainers.evaluation_page import evaluation_page

slow = pytest.mark.slow
Run = tuple[Path, Outcome]


@pytest.fixture(scope="module")
def compared(tuned: Run, little_world: Dataset, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome]:
    folder = tmp_path_factory.mktemp("evaluation")
    options = evaluate.options({"tuned": str(tuned[0]), "prompts": 3, "max_new_tokens": 24})
    return folder, evaluate.run(little_world, options, folder)


@slow
def test_the_tuned_model_finds_the_answers_likelier(compared: Run) -> None:
    answers = json.loads((compared[0] / "evaluation.json").read_text())["answers"]
    assert answers["tuned"]["loss"] < 0.5 * answers["base"]["loss"]
    assert answers["tuned"]["bits_per_byte"] < answers["base"]["bits_per_byte"]
    assert answers["base"]["tokens"] == answers["tuned"]["tokens"] > 0
    assert answers["tuned"]["perplexity"] == pytest.approx(math.exp(answers["tuned"]["loss"]))


@slow
def test_the_loss_is_the_one_that_a_plain_forward_pass_gives(compared: Run, tuned: Run, little_world: Dataset) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = str(tuned[0] / "model")
    tokenizer: Any = AutoTokenizer.from_pretrained(folder)
    model: Any = AutoModelForCausalLM.from_pretrained(folder)
    total, count = 0.0, 0
    for batch in little_world.part("test").batches():
        for row in batch.records:
            if row["type"] != "instruction":
                continue
            asked = [{"role": "user", "content": row["instruction"]}]
            prompt = tokenizer.apply_chat_template(asked, add_generation_prompt=True)["input_ids"]
            answer = tokenizer(row["output"] + tokenizer.eos_token, add_special_tokens=False)["input_ids"]
            with torch.no_grad():
                logits = model(input_ids=torch.tensor([prompt + answer])).logits[0].log_softmax(-1)
            for at, token in enumerate(answer):
                total -= float(logits[len(prompt) + at - 1, token])
                count += 1
    found = compared[1].facts["answers"]["tuned"]
    assert found["tokens"] == count
    assert found["loss"] == pytest.approx(total / count, rel=1e-4)


@slow
def test_the_validation_loss_of_the_training_is_the_loss_that_evaluate_measures(
    tuned: Run, little_world: Dataset, tmp_path: Path
) -> None:
    options = evaluate.options({"tuned": str(tuned[0]), "part": "validation", "prompts": 0})
    measured = evaluate.run(little_world, options, tmp_path).facts["answers"]["tuned"]["loss"]
    assert tuned[1].facts["eval_loss"] == pytest.approx(measured, rel=1e-3)


@slow
def test_answers_stand_side_by_side(compared: Run) -> None:
    folder, outcome = compared
    pairs = json.loads((folder / "evaluation.json").read_text())["generations"]
    assert len(pairs) == 3
    for pair in pairs:
        assert pair["prompt"] and pair["expected"].startswith("The ")
        assert pair["tuned"]["text"] != pair["base"]["text"]
        assert pair["tuned"]["stopped"]
    page = (folder / "evaluation.md").read_text()
    assert pairs[0]["expected"] in page and "| loss per token |" in page
    assert outcome.rows_kept == outcome.rows_in


@slow
def test_a_base_can_be_named(tuned: Run, adapted: Run, little_world: Dataset, tmp_path: Path) -> None:
    options = {"tuned": str(tuned[0]), "base": str(adapted[0]), "prompts": 0, "part": "validation"}
    facts = evaluate.run(little_world, evaluate.options(options), tmp_path).facts
    assert facts["base"]["model"] == str(adapted[0])
    assert facts["answers"]["tuned"]["loss"] < facts["answers"]["base"]["loss"]
    below = {"tuned": str(tuned[0]), "base": str(tuned[0] / "base"), "prompts": 0}
    assert evaluate.run(little_world, evaluate.options(below), tmp_path).facts["answers"]["base"]["rows"] == 8


@slow
def test_a_row_that_cannot_be_read_counts_for_neither_and_is_set_aside(tuned: Run, tmp_path: Path) -> None:
    data = split_data(
        tmp_path / "data",
        train=[instruction("a", "b")],
        test=[instruction("Where?", "Here."), instruction("x", "<|im_end|>")],
    )
    outcome = evaluate.run(data, evaluate.options({"tuned": str(tuned[0]), "prompts": 0}), tmp_path / "out")
    assert [row.reason.code for row in outcome.set_aside] == ["control-string"]
    assert outcome.facts["answers"]["tuned"]["rows"] == 1


def test_a_model_without_a_known_start_needs_a_base(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    data = split_data(tmp_path / "data", test=[instruction("a", "b")])
    with pytest.raises(UsageError, match="cannot tell which model"):
        evaluate.run(data, evaluate.options({"tuned": str(tmp_path)}), tmp_path / "out")


def test_a_model_that_is_not_there_is_told_before_its_base_is_asked_for(tmp_path: Path) -> None:
    data = split_data(tmp_path / "data", test=[instruction("a", "b")])
    with pytest.raises(UsageError, match="no model is called absent"):
        evaluate.run(data, evaluate.options({"tuned": "absent"}), tmp_path / "out")


def test_hostile_texts_stay_inside_their_block() -> None:
    text = "```\n# forged heading\n\x1b]52;c;AAAA\x07 \u202e"
    side = {"text": text, "tokens": 3, "stopped": False}
    page = evaluation_page(
        {
            "part": "test",
            "base": {"model": "a"},
            "tuned": {"model": "b"},
            "answers": None,
            "preferences": None,
            "set_aside": 0,
            "generations": [{"file": "f", "line": 1, "prompt": text, "expected": text, "base": side, "tuned": side}],
        }
    )
    assert "\x1b" not in page and "\u202e" not in page
    assert page.count("````text\n```\n# forged heading") == 4
