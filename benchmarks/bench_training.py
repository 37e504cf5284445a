"""How long fine-tuning takes, start-up included: `python benchmarks/bench_training.py [ROWS]`. Reports, never fails.

Beside Tilth runs the shortest TRL script for the same rows, the same model and the same number of steps. That script
judges no row, writes no log and no checkpoint; the difference is what those cost.
"""

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WORDS = ["the", "router", "parcel", "refund", "invoice", "account", "please", "where", "order", "reset", "lamp"]

TILTH = """
import sys
from pathlib import Path
from tilth.formats import Dataset
from tilth.trainers import sft
data, out = sys.argv[1:3]
options = sft.options({"epochs": 1, "device": "cpu", "save_every_steps": SAVE})
sft.run(Dataset.open(data, dialect="tilth"), options, Path(out))
"""

PLAIN_TRL = """
import os, sys
os.environ["HF_HUB_OFFLINE"] = "1"
from datasets import load_dataset
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import SFTConfig, SFTTrainer
data, base, out = sys.argv[1:4]
rows = load_dataset("json", data_files=data + "/train.jsonl", split="train", cache_dir=out + "/cache")
rows = rows.map(
    lambda row: {
        "prompt": [{"role": "user", "content": row["instruction"]}],
        "completion": [{"role": "assistant", "content": row["output"]}],
    },
    remove_columns=rows.column_names,
)
args = SFTConfig(out, num_train_epochs=1, use_cpu=True, bf16=False, report_to="none", save_strategy="no",
                 gradient_checkpointing=False, disable_tqdm=True, learning_rate=3e-3)
trainer = SFTTrainer(AutoModelForCausalLM.from_pretrained(base), args, train_dataset=rows,
                     processing_class=AutoTokenizer.from_pretrained(base))
trainer.train()
trainer.save_model(out)
"""


def write_rows(folder: Path, count: int) -> None:
    """Questions and answers of random words."""
    chance = random.Random(0)
    folder.mkdir()
    with (folder / "train.jsonl").open("w") as file:
        for _ in range(count):
            question, answer = (" ".join(chance.choices(WORDS, k=chance.randint(8, 30))) for _ in range(2))
            file.write(json.dumps({"type": "instruction", "instruction": question, "output": answer}) + "\n")


def timed(name: str, script: str, *arguments: str) -> None:
    """Run a script in a process of its own and print what it cost."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True)
    seconds = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    outcome = "" if done.returncode == 0 else f"  failed: {done.stderr.strip().splitlines()[-1]}"
    print(f"{name:<34} {seconds:7.1f} s wall  {cpu:7.1f} s CPU{outcome}", flush=True)


def main(count: int) -> None:
    """Time Tilth with and without checkpoints, then the script."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        write_rows(place / "data", count)
        print(f"{count} rows, one epoch, batch 8, the built-in model, CPU")
        data = str(place / "data")
        timed("tilth, no checkpoint", TILTH.replace("SAVE", "None"), data, str(place / "a"))
        timed("tilth, a checkpoint every 10 steps", TILTH.replace("SAVE", "10"), data, str(place / "b"))
        timed("the shortest TRL script", PLAIN_TRL, data, str(place / "a" / "base"), str(place / "c"))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
