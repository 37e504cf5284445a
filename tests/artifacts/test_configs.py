"""Configs, templates, logs, results and recipes: a small real one of each kind, with what is said about it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.artifacts.made import CHATML, CONFIG, TOKENIZER, TOKENIZER_CONFIG, seen
from tilth.artifacts import recognise

AXOLOTL = """\
base_model: meta-llama/Llama-3.2-1B
trust_remote_code: true
datasets:
  - path: data/train.jsonl
    type: alpaca
  - path: tatsu-lab/alpaca
adapter: qlora
lora_r: 32
sequence_len: 2048
micro_batch_size: 2
num_epochs: 3
learning_rate: 2e-4
"""
FACTORY = """\
model_name_or_path: Qwen/Qwen2.5-0.5B
stage: sft
finetuning_type: lora
dataset: identity,alpaca_en_demo
template: qwen
cutoff_len: 2048
num_train_epochs: 3.0
"""
TORCHTUNE = """\
model:
  _component_: torchtune.models.llama3_2.lora_llama3_2_1b
tokenizer:
  _component_: torchtune.models.llama3.llama3_tokenizer
dataset:
  _component_: my_package.load_rows
checkpointer:
  _component_: torchtune.training.FullModelHFCheckpointer
epochs: 1
"""
MERGE = """\
models:
  - model: a/one
  - model: b/two
merge_method: slerp
base_model: a/one
dtype: bfloat16
"""
LITELLM = """\
model_list:
  - model_name: mine
    litellm_params: {model: openai/mine, api_key: sk-abcdefghijklmnop}
"""
COMPOSE = """\
services:
  vllm:
    image: vllm/vllm-openai:latest
    command: --model /models/mine --trust-remote-code
"""
LM_EVAL = {
    "results": {"arc_easy": {"alias": "arc_easy", "acc,none": 0.5, "acc_stderr,none": 0.01, "acc_norm,none": 0.25}},
    "configs": {},
    "model_name": "mine",
    "config": {"limit": 10},
}
STATE = {
    "global_step": 40,
    "max_steps": 100,
    "epoch": 0.4,
    "num_train_epochs": 1,
    "best_model_checkpoint": "out/checkpoint-20",
    "log_history": [{"step": 10, "loss": 2.5}, {"step": 20, "eval_loss": 2.0}, {"step": 40, "loss": 1.5}],
}
TILTH_EVALUATION = {
    "part": "test",
    "base": {"model": "tiny"},
    "tuned": {"model": "out"},
    "answers": {"base": {"loss": 5.0, "rows": 8}, "tuned": {"loss": 2.0, "rows": 8}},
    "generations": [],
}
NOTEBOOK = {
    "nbformat": 4,
    "metadata": {"kernelspec": {"display_name": "Python 3"}},
    "cells": [
        {"cell_type": "markdown", "source": ["# Fine-tuning\n", "text"]},
        {
            "cell_type": "code",
            "execution_count": 1,
            "outputs": [{"output_type": "display_data", "data": {"text/html": "<b>"}}],
        },
    ],
}
CARD = "---\nlicense: mit\nconfigs:\n- config_name: default\n  data_files: data/train.parquet\n---\n# A set\n"
LOG = "".join(
    json.dumps({"step": n, "epoch": n / 10, "loss": 3 - n / 10, "learning_rate": 1e-4}) + "\n" for n in range(9)
)
FACTORY_LOG = json.dumps({"current_steps": 5, "total_steps": 20, "loss": 1.0, "lr": 1e-4}) + "\n"

CASES: list[tuple[str, str | dict[str, Any], str, dict[str, Any]]] = [
    ("config.json", CONFIG, "model-config", {"architecture": "LlamaForCausalLM", "context_length": 4096}),
    ("generation_config.json", {"temperature": 0.7, "eos_token_id": [1, 2]}, "generation-config", {"stops_at": "1, 2"}),
    ("params.json", {"dim": 4096, "n_layers": 32}, "params", {"layers": 32}),
    ("tokenizer.json", TOKENIZER, "tokenizer", {"type": "BPE", "vocabulary": 2}),
    ("tokenizer_config.json", TOKENIZER_CONFIG, "tokenizer-config", {"eos_token": "<|end|>"}),
    ("special_tokens_map.json", {"eos_token": {"content": "</s>"}}, "special-tokens", {"eos_token": "</s>"}),
    ("added_tokens.json", {"<|x|>": 7}, "added-tokens", {"tokens": 1}),
    ("vocab.json", {"a": 0, "b": 1}, "vocabulary", {"tokens": 2}),
    ("vocab.txt", "[PAD]\n[UNK]\nthe\n", "vocabulary", {"tokens": 3}),
    ("merges.txt", "#version: 0.2\na b\nab c\n", "merges", {"merges": 2}),
    ("chat_template.jinja", CHATML, "jinja-template", {"chat_template": "ChatML; generation prompt"}),
    ("alpaca.json", {"prompt_input": "{instruction} {input}"}, "prompt-template", {"places": ["instruction", "input"]}),
    ("prompt.txt", "### Question:\n{question}\n\n### Answer:", "prompt-template", {"places": ["question"]}),
    ("adapter_config.json", {"peft_type": "LORA", "r": 8, "lora_alpha": 9}, "adapter-config", {"rank": 8, "alpha": 9}),
    ("quantize_config.json", {"bits": 4, "group_size": 128, "desc_act": False}, "quantization-config",
     {"quantization": "GPTQ, 4 bits, groups of 128"}),
    ("quant_config.json", {"w_bit": 4, "q_group_size": 64, "version": "GEMM"}, "quantization-config",
     {"quantization": "AWQ, 4 bits, groups of 64, GEMM"}),
    ("trainer_state.json", STATE, "trainer-state",
     {"steps": "40 of 100", "loss": "2.5 at first, 1.5 at last, 1.5 at best"}),
    ("train_log.jsonl", LOG, "training-log", {"lines": 9, "steps": 8}),
    ("trainer_log.jsonl", FACTORY_LOG, "training-log", {"steps": 5}),
    ("axolotl.yaml", AXOLOTL, "training-recipe", {"for": "Axolotl", "method": "qlora", "rank": "32"}),
    ("sft.yaml", FACTORY, "training-recipe", {"for": "LLaMA-Factory", "data": ["identity", "alpaca_en_demo"]}),
    ("tune.yaml", TORCHTUNE, "training-recipe", {"for": "torchtune", "epochs": "1"}),
    ("merge.yaml", MERGE, "merge-recipe", {"method": "slerp", "models": ["a/one", "b/two"]}),
    ("ds_config.json", {"zero_optimization": {"stage": 3}}, "launch-config", {"zero_stage": "3"}),
    ("recipe.yaml", "name: a\ninputs: [{path: x.jsonl}]\nsteps: [clean, dedup: {threshold: 0.8}]\n", "tilth-recipe",
     {"steps": ["clean", "dedup"]}),
    ("results_2026.json", LM_EVAL, "evaluation",
     {"model": "mine", "arc_easy": "acc 0.5, acc_norm 0.25", "rows_limited_to": "10"}),
    ("all_results.json", {"eval_loss": 2.25, "eval_runtime": 3}, "trainer-results", {"eval_loss": "2.25"}),
    ("evaluation.json", TILTH_EVALUATION, "tilth-evaluation", {"loss": "5 -> 2", "rows": 8}),
    ("Modelfile", "FROM ./tiny.gguf\nPARAMETER temperature 0.7\n", "modelfile", {"starts_from": "./tiny.gguf"}),
    ("config.yaml", LITELLM, "litellm-config", {"models": ["mine -> openai/mine"]}),
    ("vllm.yaml", "model: mine\nmax-model-len: 4096\n", "serving-config", {"model": "mine"}),
    ("docker-compose.yml", COMPOSE, "serving-script", {"for": "vLLM", "models": ["/models/mine"]}),
    ("serve.sh", "#!/bin/sh\nllama-server -m tiny.gguf --port 8080\n", "serving-script", {"models": ["tiny.gguf"]}),
    ("dataset_info.json", {"mine": {"file_name": "mine.json"}, "hub": {"hf_hub_url": "a/b"}}, "llama-factory-data",
     {"data_sets": 2, "local": ["mine"], "on_a_hub": 1}),
    ("dataset_info.json", {"features": {"text": {"dtype": "string", "_type": "Value"}}, "license": "mit"},
     "dataset-info", {"columns": ["text (string)"]}),
    ("state.json", {"_data_files": [{"filename": "a.arrow"}]}, "dataset-state", {"files": ["a.arrow"]}),
    ("dataset_dict.json", {"splits": ["train"]}, "dataset-splits", {"splits": ["train"]}),
    ("train.ipynb", NOTEBOOK, "notebook", {"title": "Fine-tuning", "cells": 2, "of_code": 1}),
    ("README.md", CARD, "card", {"of": "a data set", "license": "mit", "config default": ["data/train.parquet"]}),
    ("x.manifest.json", {"tilth": "0.1", "python": "3.11", "inputs": [{"path": "a"}], "counts": {"kept": 3}},
     "tilth-manifest", {"counts": {"kept": 3}}),
    ("training.json", {"run": "x", "weights": {"all": 9}, "method": "full", "result": "model"}, "tilth-training",
     {"parameters": 9}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "kind", "facts"), CASES, ids=[f"{case[0]}-{case[2]}" for case in CASES])
def test_a_file_is_recognised_and_told(
    name: str, content: Any, kind: str, facts: dict[str, Any], tmp_path: Path
) -> None:
    found = seen(tmp_path / name, content)
    assert found.kind == kind
    assert {fact: found.facts.get(fact) for fact in facts} == facts
    assert not found.broken


MISSING = {
    "config.json": "its weights",
    "tokenizer.json": "chat template",
    "tokenizer_config.json": "tokenizer.json: the tokenizer itself",
    "vocab.json": "merges.txt",
    "adapter_config.json": "adapter_model.safetensors",
    "trainer_state.json": "the last 60 of its steps",
    "axolotl.yaml": "data/train.jsonl",
    "recipe.yaml": "x.jsonl",
    "Modelfile": "./tiny.gguf",
    "state.json": "a.arrow",
    "dataset_dict.json": "train/",
    "README.md": "data/train.parquet",
    "training.json": "model/",
    "trainer_log.jsonl": "the last 15 of 20 steps",
}
UNSAFE = {
    "axolotl.yaml": "trust_remote_code",
    "tune.yaml": "my_package.load_rows",
    "config.yaml": "an API key is written in it",
    "docker-compose.yml": "trusts remote code",
    "train.ipynb": "HTML or JavaScript",
}


@pytest.mark.parametrize("name", MISSING)
def test_what_is_missing_beside_it_is_named(name: str, tmp_path: Path) -> None:
    content = next(case[1] for case in CASES if case[0] == name)
    assert any(MISSING[name] in reason for reason in seen(tmp_path / name, content).missing)


@pytest.mark.parametrize("name", UNSAFE)
def test_what_is_unsafe_about_it_is_named(name: str, tmp_path: Path) -> None:
    content = next(case[1] for case in CASES if case[0] == name)
    assert any(UNSAFE[name] in reason for reason in seen(tmp_path / name, content).unsafe)


@pytest.mark.parametrize("case", CASES, ids=[f"{case[0]}-{case[2]}" for case in CASES])
def test_a_file_that_is_cut_is_no_error(case: Any, tmp_path: Path) -> None:
    whole = case[1] if isinstance(case[1], str) else json.dumps(case[1])
    for length in range(1, len(whole), max(1, len(whole) // 25)):
        (tmp_path / case[0]).write_text(whole[:length])
        found = recognise_or_refuse(tmp_path / case[0])
        assert found is None or found.kind


def recognise_or_refuse(path: Path) -> Any:
    from tilth.errors import DataError

    try:
        return recognise(path)
    except DataError:
        return None


def test_a_cut_config_is_said_to_be_broken(tmp_path: Path) -> None:
    found = seen(tmp_path / "config.json", json.dumps(CONFIG)[:-20])
    assert found.broken and "broken JSON" in found.broken[0]


def test_code_that_comes_with_a_model_is_named(tmp_path: Path) -> None:
    auto_map = {"AutoModel": "modeling_x.X", "AutoConfig": "someone/else--configuration_x.X"}
    found = seen(tmp_path / "config.json", {**CONFIG, "auto_map": auto_map})
    assert "trust_remote_code" in found.unsafe[0]
    assert "someone/else" in found.unsafe[1]
    assert "modeling_x.py: code that it names" in found.missing


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (
            {"quant_method": "bitsandbytes", "load_in_4bit": True, "bnb_4bit_quant_type": "nf4"},
            "bitsandbytes, 4 bits, nf4",
        ),
        ({"quant_method": "fp8", "fmt": "e4m3"}, "FP8, e4m3"),
        ({"quant_method": "gptq", "bits": 4, "group_size": 128}, "GPTQ, 4 bits, groups of 128"),
        ({"quant_method": "awq", "bits": 4, "group_size": 128, "version": "gemm"}, "AWQ, 4 bits, groups of 128, gemm"),
        ({"quant_method": "compressed-tensors", "format": "float-quantized"}, "compressed-tensors, float-quantized"),
    ],
)
def test_quantization_in_a_config_is_one_line(config: dict[str, Any], said: str, tmp_path: Path) -> None:
    assert seen(tmp_path / "config.json", {**CONFIG, "quantization_config": config}).facts["quantization"] == said


@pytest.mark.parametrize(
    "rows",
    [
        '{"instruction": "a", "output": "b"}\n',
        '[{"model_type": "x", "architectures": ["y"]}]',
        '{"data": [{"question": "a", "answer": "b"}], "version": "1.1"}',
        '{"step": 1, "text": "a", "loss": 2}\n{"step": 2, "text": "b", "loss": 2}\n',
        "- instruction: a\n  output: b\n",
        "instruction,output\nmodel_type,b\n",
    ],
)
def test_rows_are_left_to_the_readers_of_rows(rows: str, tmp_path: Path) -> None:
    for suffix in (".json", ".jsonl", ".yaml", ".csv", ".txt"):
        (tmp_path / f"rows{suffix}").write_text(rows)
        assert recognise(tmp_path / f"rows{suffix}") is None
