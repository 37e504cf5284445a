"""The README of a trained model: what it started from, what it learned from, and how it did, in real numbers."""

import json
from pathlib import Path
from typing import Any

_OBJECTIVES = {"sft": "supervised fine-tuning", "dpo": "direct preference optimisation (DPO)"}


def write_model_card(folder: Path, record: dict[str, Any]) -> None:
    """Write `README.md` into a model folder from the run's `training.json`; nothing in it is estimated."""
    (folder / "README.md").write_text(model_card(record), encoding="utf-8")


def model_card(record: dict[str, Any]) -> str:
    """The card's text: front matter as model hubs read it, then tables."""
    start, options, facts, data = record["start"], record["options"], record["facts"], record["data"]
    base = start["model"] if start["on_hub"] else None
    front = ["library_name: peft" if record["method"] == "lora" else "library_name: transformers"]
    front += ["pipeline_tag: text-generation"]
    front += [f"base_model: {json.dumps(base)}"] if base else []
    what = "LoRA adapter" if record["method"] == "lora" else "model"
    numbers = [
        ("rows learned from", data["train"]["rows"]),
        ("tokens learned", data["train"]["learned_tokens"]),
        ("rows watched (validation)", data["validation"]["rows"]),
        ("rows set aside", sum(record["set_aside"].values())),
        ("optimizer steps", facts["steps"]),
        ("loss, first step", _number(facts["first_loss"])),
        ("loss, last step", _number(facts["last_loss"])),
        ("loss on validation rows, at the end", _number(facts.get("eval_loss"))),
        ("margin on validation pairs, at the end", _number(facts.get("eval_margin"))),
        ("seconds", facts["seconds"]),
    ]
    choices = [
        (name, options[name])
        for name in ("epochs", "learning_rate", "batch_size", "gradient_accumulation", "warmup", "seed")
    ]
    choices += [("beta", record["beta"])] if "beta" in record else []
    choices += [("lora_rank", options["lora_rank"]), ("lora_alpha", options["lora_alpha"])] * (
        record["method"] == "lora"
    )
    choices += [
        ("max_length", record["max_length"]),
        ("computed on", f"{record['computed_on']}, {record['computed_in']}"),
    ]
    lines = ["---", *front, "---", "", f"# {what.capitalize()} from {_OBJECTIVES[record['operation']]}", ""]
    lines += [f"Started from `{start['model']}`; {_share(record['weights'])}.", ""]
    if start["is_tiny"]:
        lines += [
            "It began as `tiny`, random weights: good for trying a recipe, no use as a model.",
            "",
        ]
    lines += ["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in numbers if value is not None), ""]
    lines += ["| option | value |", "|---|---|", *(f"| {name} | {value} |" for name, value in choices), ""]
    if record["set_aside"]:
        lines += [
            "Rows set aside: " + ", ".join(f"{count} {code}" for code, count in record["set_aside"].items()) + ".",
            "",
        ]
    lines += [
        "Only the answers and the token that ends them were learned. The chat template that was used in training is "
        f"saved with the tokenizer (sha256 `{record['chat_template']['sha256']}`); another template at inference "
        "gives the model text of a shape that it has never seen.",
        "",
        "`train_log.jsonl` beside this folder has every step, `training.json` every option and version.",
        "",
    ]
    return "\n".join(lines)


def _share(weights: dict[str, int]) -> str:
    if weights["all"] == weights["trained"]:
        return f"all {weights['all']:,} weights were trained"
    return f"{weights['trained']:,} of {weights['all']:,} weights were trained"


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:.4f}"
