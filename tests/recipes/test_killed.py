"""A recipe of all operations that judge or rewrite, killed in each step and resumed, ends with the same bytes."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.recipes.test_restored import LABELLED, MESSY, PREFERRED, overruled
from tilth.review.session import Session

OPTIONS: dict[str, dict[str, Any]] = {
    "decontaminate": {"against": ["bench.jsonl"]},
    "filter": {"drop": "answer_words > 300"},
    "mix": {"by": "type", "cap": 120},
    "outliers": {"signals": ["answer_words"]},
    "pii": {"action": "mask"},
    "preference-flips": {"threshold": 0.4},
    "reviewed": {"journal": "in.jsonl.review.sqlite"},
    "sample": {"rows": 100},
    "score": {"minimum": 20},
    "split": {"test": 0.2},
}
"""Options without which an operation says that it needs some, or leaves all rows alone."""


def start(folder: Path, output: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tilth", "run", "recipe.yaml", "-o", output]
    return subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)


def results(folder: Path) -> dict[str, bytes | dict[str, Any]]:
    """Every file of the steps; of summaries all but how long it took and whether it was done now."""
    found: dict[str, bytes | dict[str, Any]] = {}
    for path in sorted((folder / "steps").rglob("*")):
        if path.is_file() and path.name != ".lock":
            name = str(path.relative_to(folder))
            is_summary = path.name == "step.json"
            told = {**json.loads(path.read_bytes()), "seconds": 0, "reused": False} if is_summary else path.read_bytes()
            found[name] = told
    return found


@pytest.mark.slow
def test_a_recipe_of_all_operations_killed_in_each_step_ends_with_the_same_bytes(tmp_path: Path) -> None:
    names = [name for name in overruled() if name != "split"]
    kinds = {"instruction": MESSY, "classification": LABELLED, "preference": PREFERRED}
    rows = [{"type": kind, **row} for kind, some in kinds.items() for row in some]
    for name, some in (("in.jsonl", rows), ("bench.jsonl", MESSY[:2])):
        (tmp_path / name).write_text("".join(json.dumps(row) + "\n" for row in some))
    with Session(tmp_path / "in.jsonl", "jo") as session:
        session.decide(0, "reject", next_row=1)
    steps = [{name: OPTIONS.get(name, {})} for name in (*names, "split")]
    recipe = {"name": "all", "inputs": [{"path": "in.jsonl"}], "steps": steps}
    (tmp_path / "recipe.yaml").write_text(json.dumps(recipe))

    whole = start(tmp_path, "whole")
    _, told = whole.communicate()
    assert whole.returncode == 0, told

    for number, step in enumerate((*names, "split"), start=2):
        killed = start(tmp_path, "killed")
        assert killed.stderr
        for line in killed.stderr:
            if line.startswith(f"{number:02d}-{step}: running"):
                break
        os.kill(killed.pid, signal.SIGKILL)
        assert killed.wait() == -signal.SIGKILL
    resumed = start(tmp_path, "killed")
    _, told = resumed.communicate()
    assert resumed.returncode == 0, told
    assert "reused" in told
    assert results(tmp_path / "killed") == results(tmp_path / "whole")
    assert not list((tmp_path / "killed" / "steps").glob(".*.part"))
